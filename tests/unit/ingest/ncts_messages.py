"""Customs messages made for the tests, one small document per kind."""

from __future__ import annotations

from streams.ingest import ncts
from streams.ingest.adapter import Given, Message, Refusal
from streams.model.events import Event

GIVEN = Given("feed-1", 1_790_000_000_000)
MRN = "26LTKR1000T00591J8"
PREPARED = "2026-09-24T08:30:00"
HOLDER = """<HolderOfTheTransitProcedure><identificationNumber>LT300012345</identificationNumber>
  <name>UAB Vilnius Transit</name><Address><streetAndNumber>Gatve 1</streetAndNumber><postcode>01100</postcode>
  <city>Vilnius</city><country>LT</country></Address></HolderOfTheTransitProcedure>"""
DEPARTURE = "<CustomsOfficeOfDeparture><referenceNumber>LTKR1000</referenceNumber></CustomsOfficeOfDeparture>"
ARRIVAL = (
    "<CustomsOfficeOfDestinationActual><referenceNumber>LVRI0210</referenceNumber></CustomsOfficeOfDestinationActual>"
)
ITEM = """<ConsignmentItem><goodsItemNumber>1</goodsItemNumber>
  <declarationGoodsItemNumber>1</declarationGoodsItemNumber><Commodity><descriptionOfGoods>ball bearings</descriptionOfGoods>
  <CommodityCode><harmonizedSystemSubHeadingCode>848210</harmonizedSystemSubHeadingCode>
  <combinedNomenclatureCode>90</combinedNomenclatureCode></CommodityCode>
  <GoodsMeasure><grossMass>1250.5</grossMass><netMass>1200</netMass></GoodsMeasure></Commodity>
  <Packaging><typeOfPackages>BX</typeOfPackages><numberOfPackages>40</numberOfPackages></Packaging>
  <Packaging><typeOfPackages>CT</typeOfPackages><numberOfPackages>2</numberOfPackages></Packaging></ConsignmentItem>"""
CONSIGNMENT = f"""<Consignment><countryOfDispatch>LT</countryOfDispatch><countryOfDestination>KZ</countryOfDestination>
  <inlandModeOfTransport>3</inlandModeOfTransport><modeOfTransportAtTheBorder>3</modeOfTransportAtTheBorder>
  <grossMass>1250.5</grossMass><referenceNumberUCR>26LT-UCR-1</referenceNumberUCR>
  <Consignor><name>UAB Guolis</name><Address><city>Kaunas</city><country>LT</country></Address></Consignor>
  <Consignee><name>TOO Podshipnik</name><Address><city>Almaty</city><country>KZ</country></Address></Consignee>
  <TransportEquipment><sequenceNumber>1</sequenceNumber>
    <containerIdentificationNumber>CSQU3054383</containerIdentificationNumber>
    <Seal><sequenceNumber>1</sequenceNumber><identifier>LT-778</identifier></Seal></TransportEquipment>
  <DepartureTransportMeans><sequenceNumber>1</sequenceNumber><typeOfIdentification>30</typeOfIdentification>
    <identificationNumber>ABC 123</identificationNumber><nationality>LT</nationality></DepartureTransportMeans>
  <CountryOfRoutingOfConsignment><sequenceNumber>2</sequenceNumber><country>RU</country></CountryOfRoutingOfConsignment>
  <CountryOfRoutingOfConsignment><sequenceNumber>1</sequenceNumber><country>LV</country></CountryOfRoutingOfConsignment>
  <PreviousDocument><type>N830</type><referenceNumber>26LT00071000A42B30</referenceNumber></PreviousDocument>
  <SupportingDocument><type>N380</type><referenceNumber>INV-5</referenceNumber></SupportingDocument>
  <SupportingDocument><type>N954</type><referenceNumber>EUR-9</referenceNumber></SupportingDocument>
  <TransportDocument><type>N730</type><referenceNumber>CMR-77</referenceNumber></TransportDocument>
  <HouseConsignment><sequenceNumber>1</sequenceNumber><grossMass>1250.5</grossMass>{ITEM}</HouseConsignment></Consignment>"""


def message(name: str, body: str, *, sender: str = "LT300012345", to: str = "NTA.LT", phase: str = "NCTS5.1") -> str:
    """A message of phase 5: its header and the body given."""
    return (
        f'<ncts:{name} PhaseID="{phase}" xmlns:ncts="http://ncts.dgtaxud.ec"><messageSender>{sender}</messageSender>'
        f"<messageRecipient>{to}</messageRecipient><preparationDateAndTime>{PREPARED}</preparationDateAndTime>"
        f"<messageIdentification>M-1</messageIdentification><messageType>{name}</messageType>{body}</ncts:{name}>"
    )


def from_customs(name: str, body: str) -> str:
    """A message from customs to the trader."""
    return message(name, body, sender="NTA.LT", to="LT300012345")


def operation(inside: str) -> str:
    """The transit operation of a message."""
    return f"<TransitOperation>{inside}</TransitOperation>"


def declaration(
    *, consignment: str = CONSIGNMENT, inside: str = "<LRN>L-26/1</LRN><declarationType>T1</declarationType>"
) -> str:
    """A declaration, CC015C."""
    return message("CC015C", operation(inside) + DEPARTURE + HOLDER + consignment)


def release(inside: str = "<releaseDate>2026-09-24</releaseDate><limitDate>2026-10-02</limitDate>") -> str:
    """A release for transit, CC029C."""
    body = f"<LRN>L-26/1</LRN><MRN>{MRN}</MRN><declarationType>T1</declarationType>{inside}"
    return from_customs("CC029C", operation(body) + DEPARTURE + HOLDER + CONSIGNMENT)


EXPORT = f"""<ns2:CC515C xmlns:ns2="http://ecs.dgtaxud.ec"><messageSender>LT100</messageSender>
  <messageRecipient>NECA.LT</messageRecipient><preparationDateAndTime>{PREPARED}Z</preparationDateAndTime>
  <messageIdentification>X-1</messageIdentification><messageType>CC515C</messageType>
  <ExportOperation><LRN>E-1</LRN><declarationType>EX</declarationType></ExportOperation>
  <CustomsOfficeOfExport><referenceNumber>LTKA1000</referenceNumber></CustomsOfficeOfExport>
  <Exporter><identificationNumber>LT100</identificationNumber><name>UAB Guolis</name></Exporter>
  <Declarant><identificationNumber>LT200</identificationNumber></Declarant>
  <GoodsShipment><countryOfExport>LT</countryOfExport><countryOfDestination>KZ</countryOfDestination>
    <DeliveryTerms><incotermCode>FCA</incotermCode></DeliveryTerms>
    <Consignment><Consignee><name>TOO Podshipnik</name></Consignee></Consignment>
    <GoodsItem><declarationGoodsItemNumber>1</declarationGoodsItemNumber><Origin><countryOfOrigin>DE</countryOfOrigin></Origin>
      <Commodity><CommodityCode><harmonizedSystemSubHeadingCode>848210</harmonizedSystemSubHeadingCode></CommodityCode>
      <GoodsMeasure><netMass>12</netMass></GoodsMeasure></Commodity></GoodsItem></GoodsShipment></ns2:CC515C>"""

OLD_RELEASE = f"""<CC029B><MesSenMES3>NTA.LT</MesSenMES3><MesRecMES6>LT300012345</MesRecMES6>
  <DatOfPreMES9>20260924</DatOfPreMES9><TimOfPreMES10>0830</TimOfPreMES10><MesIdeMES19>P4</MesIdeMES19>
  <MesTypMES20>LT029B</MesTypMES20>
  <HEAHEA><RefNumHEA4>L-1</RefNumHEA4><DocNumHEA5>{MRN}</DocNumHEA5><TypOfDecHEA24>T1</TypOfDecHEA24>
    <CouOfDesCodHEA30>KZ</CouOfDesCodHEA30><CouOfDisCodHEA55>LT</CouOfDisCodHEA55><InlTraModHEA75>3</InlTraModHEA75>
    <IdeOfMeaOfTraAtDHEA78>ABC 123</IdeOfMeaOfTraAtDHEA78><TotGroMasHEA307>1000</TotGroMasHEA307>
    <IssDatHEA186>20260924</IssDatHEA186></HEAHEA>
  <TRAPRIPC1><NamPC17>UAB Vilnius Transit</NamPC17><CouPC125>LT</CouPC125><TINPC159>LT300012345</TINPC159></TRAPRIPC1>
  <CUSOFFDEPEPT><RefNumEPT1>LTKR1000</RefNumEPT1></CUSOFFDEPEPT>
  <CONRESERS><DatLimERS69>20261002</DatLimERS69></CONRESERS>
  <SEAINFSLI><SeaNumSLI2>1</SeaNumSLI2><SEAIDSID><SeaIdeSID1>LT-778</SeaIdeSID1></SEAIDSID></SEAINFSLI>
  <ITI><CouOfRouCodITI1>LV</CouOfRouCodITI1></ITI><ITI><CouOfRouCodITI1>RU</CouOfRouCodITI1></ITI>
  <GOOITEGDS><IteNumGDS7>1</IteNumGDS7><ComCodTarCodGDS10>848210</ComCodTarCodGDS10><GooDesGDS23>bearings</GooDesGDS23>
    <GroMasGDS46>1000</GroMasGDS46><TRACONCE2><NamCE27>TOO Podshipnik</NamCE27></TRACONCE2>
    <CONNR2><ConNumNR21>CSQU3054383</ConNumNR21></CONNR2>
    <PACGS2><KinOfPacGS23>BX</KinOfPacGS23><NumOfPacGS24>40</NumOfPacGS24></PACGS2></GOOITEGDS>
  <GOOITEGDS><IteNumGDS7>2</IteNumGDS7><GooDesGDS23>grease</GooDesGDS23></GOOITEGDS></CC029B>"""


def all_of(text: str | bytes) -> list[Event | Refusal]:
    """What the adapter makes of a text."""
    found = ncts.read(text.encode() if isinstance(text, str) else text, GIVEN)
    return [item for item in found if not isinstance(item, Message)]


def event_of(text: str | bytes) -> Event:
    """The only event of a text."""
    (found,) = all_of(text)
    assert isinstance(found, Event), found
    return found


def refusal_of(text: str | bytes) -> Refusal:
    """The only refusal of a text."""
    (found,) = all_of(text)
    assert isinstance(found, Refusal), found
    return found

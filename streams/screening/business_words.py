"""Words that firms share, in the languages in which firms are listed: each row is one meaning.

They say what a firm does or is, not which one it is; a translation (zavod, plant, usine) is the same word.
"""

from __future__ import annotations

from streams.screening.sounds import readings

_MEANINGS = """
    bank banka banco banque banka banki bankasi; company co comp kompaniya kompania compania compagnie compagnia sherkat cia firm firma kompaniia spolka;
    corporation corp korporatsiya korporatsia corporacion; group gruppa grupo groupe grup gruppe guruh tobi grp; holding holdings kholding;
    trade trading torgovyi torgovlya torgovaya torgovy handel comercio commerce ticaret bazargani sauda savdo comercial commercial kommercheskiy kommerts traders treyding treiding trejding;
    plant factory zavod zauyt works mill fabrika kombinat usine fabrica karkhane; institute institut instituto instytut enstitusu institution;
    bureau byuro biuro buro office ofis; design konstruktorskoe konstruktorskoye konstruktorskogo dizain; centre center tsentr centro merkezi ortalygy zentrum centr;
    research issledovatelskiy issledovatelski issledovatelsky issledovatelskoe issledovaniy issledovanii tahghighat recherche recherches investigacion studies;
    science scientific nauchno nauchnyi nauchny nauchniy nauka nauki nauk sciences scientifique; production proizvodstvennyi proizvodstvenny proizvodstvennaya proizvodstvennoe produktsiya manufacturing toolidi produccion proizvodstvo manufacture;
    enterprise enterprises predpriyatie predpriyatiye pidpryemstvo entreprise empresa kasiporny; association obedinenie obyedinenie obedineniye asotsiatsiya union soyuz soiuz;
    industry industries industrial promyshlennaya promyshlennost promyshlennyi industria industrie sanayi sanat sanati sanaye prom; machine machinery mashinostroitelnyi mashinostroitelny mashinostroeniya mashinostroyeniya building;
    technology technologies technological technical tekhnologii tekhnologiya tekhnologicheskiy tekhnologicheskii tekhnologicheskoe tekhnologiy tekhnicheskiy tech tekh technologie tecnologia tekhnika fanavari;
    energy energo energiya energia energie energeticheskaya enerji power; oil neft neftyanaya petroleum petrol naft petrolum; gas gaz gazovaya; coal ugol ugolnaya; metal metall metals metallurgical metallurgicheskiy;
    construction stroitelnaya stroitelstvo stroi stroy stroitelnyi construccion kurylys insaat; development razvitie razvitiya desarrollo developpement kalkinma;
    transport transportnaya trans transportation transporte transportno tasymal; logistics logistik logistika logistic lojistik; shipping sudokhodnaya denizcilik navigation maritime marine morskoy morskoi kashtirani;
    service services servis uslugi servicios xizmat khadamat; system systems sistemy sistema sistemas; information informatsionnyi informatsionnye informacion; communication communications svyaz svyazi;
    engineering inzhiniring injiniring inzhenernyi ingenieria mohandesi muhandislik; electronics electronic elektronika elektronnye elektronnyi electronica electronique; instrument instruments priborostroitelnyi priborostroeniya priborostroyeniya pribor;
    aviation aviatsionnyi aviatsionnaya aviatsionny avia aero aircraft aviacion havacilik; space kosmicheskiy kosmicheskaya kosmos cosmos; nuclear yadernyi atomnyi;
    state gosudarstvennyi gosudarstvenny gosudarstvennoe gosudarstvennaya gos memlekettik government; federal federalnoe federalnyi federalnaya federalny; national natsionalnyi natsionalnaya natsionalny natsionalnoe ulttyk nacional nationale milli melli nc nk;
    international internatsionalnyi mezhdunarodnyi mezhdunarodnaya internacional internationale intl khalykaralyk beynolmelal uluslararasi; general generalnyi obshchiy; central tsentralnyi tsentralnoe tsentralny centrale;
    capital kapital finance financial finans finansovyi finansovaya financiera; invest investment investments investitsii investitsionnyi inversiones yatirim sarmayegozari; insurance strakhovaya strakhovanie seguros sigorta bimeh;
    fund fond fondation foundation fundacion trust vakfi bonyad; management upravlenie upravleniye administration; consulting konsalting; solutions resheniya; equipment oborudovanie oborudovaniya; product products produkt produkty;
    agency agentstvo agencia; ministry ministerstvo; department departament directorate; committee komitet comite; organization organisation organizatsiya organizacion; society obshchestvo jamiyat societe sociedad;
    export eksport exportacion; import importacion; export-import; exchange obmen sarafi sarrafi birzha; house dom; city gorod shahr; port; sea; ship sudostroitelnyi sudostroitelnaya sudoremontnyi shipbuilding shipyard;
    chemical khimicheskiy khimicheskaya chemicals himik kimya; pharmaceutical farmatsevticheskaya; medical meditsinskiy meditsinskaya; agro agricultural selskokhozyaistvennyi; food pishchevoy; steel stal; mining gornyi gorno;
    university universitet universidad universite; academy akademiya academia; school shkola; special spetsialnyi spetsialnoe spetsialnaya; experimental opytno opytnyi eksperimentalnyi; defense defence oborona oborony;
    united obedinennaya obyedinennaya unida; joint sovmestnoe; new novyi novaya novoe nuevo; global globalnyi; world mir; first pervyi; great; north northern sever severnyi severo; south southern yug yuzhnyi; east eastern vostok vostochnyi; west western zapad zapadnyi;
    and und et i va ve; the; of; for; named imeni im; de; la; del; et; fi; branch filial; partners partnery partner; brothers; sons; supply snab; market; express ekspress; plus; pro; line lines; star; park; complex kompleks; automotive avtomobilnyi avto auto motor motors;
    forces; islamic islami eslami; revolutionary; army; front; party partiya; movement; security bezopasnost bezopasnosti; control; quality; software; digital tsifrovye; data; media; news; radio; television;
    ao; npo; npk; npp; npts npc; nii; tsnii; kb; okb; tskb; skb; rpc rpe rpa spe; nt; pk; tk; td; uk; gk; fgup; rd
"""
_PLACES = """
    russia rossiya russian rossiyskaya rossiyskiy rossiiskii rossii rus rossi ruski federation federatsii; kazakhstan qazaqstan kazakstan kazakh kazakhstana; kyrgyzstan kyrgyz; uzbekistan uzbek; tajikistan; turkmenistan;
    belarus belorusskiy byelorussia belarusi belarusian; ukraine ukraina ukrainy; azerbaijan; georgia; armenia; turkey turkiye turk turkish; china chinese kitai; dubai; uae emirates; iran iranian irana; iraq iraqi; syria syrian; korea korean; india; pakistan; germany deutschland; france; japan; london; hong kong; singapore;
    moscow moskva moskovskiy moskovskii moskovsky; petersburg peterburg; almaty alma-ata; astana nursultan; tashkent toshkent; bishkek; minsk minskiy; ural uralskiy; siberia sibir sibirskiy siberian; asia aziya asian; europe evropa european euro; eurasia evraziya eurasian evraziyskiy; caspian kaspiy; baltic baltika baltiyskiy; american america; africa; middle
"""


def _table(text: str) -> dict[str, int]:
    table: dict[str, int] = {}
    for number, row in enumerate(text.split(";")):
        for word in row.replace("-", " ").split():
            table.setdefault(word, number)
            for reading in readings(word)[:2]:
                table.setdefault(reading, number)
    return table


MEANINGS = _table(_MEANINGS)
"""Number of the meaning of a word, by its plain form and its phonemes."""
PLACES = _table(_PLACES)
"""The same for words of geography."""

"""XML and JSON of any sender are parsed without letting him choose what happens."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from streams.ingest import ncts_xml
from streams.model.events import Event
from tests.unit.ingest.ncts_messages import MRN, all_of, declaration, event_of, refusal_of, release


def as_json(element: Element, name: str) -> dict[str, Any]:
    """The JSON form of a message, as administrations that offer one write it."""

    def value(e: Element) -> Any:
        if not len(e):
            return e.text
        found: dict[str, Any] = {f"@{key}": text for key, text in e.attrib.items()}
        for child in e:
            if child.tag in found:
                many = found[child.tag]
                found[child.tag] = [*(many if isinstance(many, list) else [many]), value(child)]
            else:
                found[child.tag] = value(child)
        return found

    return {f"n1:{name}": value(element)}


@pytest.mark.parametrize(("name", "text"), [("CC015C", declaration()), ("CC029C", release())])
def test_the_json_form_of_a_message_gives_the_same_event(name: str, text: str) -> None:
    assert event_of(json.dumps(as_json(fromstring(text), name))) == event_of(text)  # noqa: S314  own text


@pytest.mark.parametrize(
    "attack",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd">',
        '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY % p "q"> %p;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_declaration_is_refused_before_anything_is_expanded(attack: str, encoding: str) -> None:
    refusal = refusal_of((attack + release().replace("UAB Guolis", "&b;")).encode(encoding))
    assert "document type declaration" in refusal.because and refusal.at.startswith("line ")


def test_an_entity_that_nothing_declares_is_refused() -> None:
    refusal = refusal_of(release().replace("UAB Guolis", "&b;"))
    assert "undefined entity" in refusal.because and refusal.at.startswith("line 6 column ")
    assert "&b;</name>" in refusal.because


@pytest.mark.parametrize("encoding", ["windows-1251", "UTF-8", "utf-16"])
def test_cyrillic_names_are_read_in_the_encodings_of_the_corridor(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + declaration().replace("TOO Podshipnik", "ТОО Подшипник")
    assert event_of(text.encode(encoding)).parties[2].name == "ТОО Подшипник"


@pytest.mark.parametrize("name", ["utf-7", "unicode_escape", "idna", "no-such"])
def test_other_encodings_are_refused(name: str) -> None:
    refusal = refusal_of(f'<?xml version="1.0" encoding="{name}"?>' + release())
    assert "unknown encoding" in refusal.because


def test_bytes_outside_the_declared_encoding_are_refused_with_their_place() -> None:
    refusal = refusal_of(release().encode().replace(b"UAB Guolis", b"UAB \xff"))
    assert "bytes that are not utf-8" in refusal.because and refusal.at.startswith("byte ")


def test_a_cut_message_is_refused_with_line_and_column() -> None:
    refusal = refusal_of(release()[:-30])
    assert "not well-formed XML" in refusal.because and refusal.at.startswith("line ")


def test_text_after_the_message_refuses_it() -> None:
    assert "not well-formed XML" in refusal_of(release() + "<more/>").because


def test_prefixes_and_namespaces_make_no_difference() -> None:
    plain = release().replace("ncts:", "").replace(' xmlns:ncts="http://ncts.dgtaxud.ec"', "")
    default = plain.replace("<CC029C", '<CC029C xmlns="urn:any"')
    assert event_of(plain) == event_of(default) == event_of(release())


def test_elements_nested_too_deep_are_refused() -> None:
    assert "nested too deep" in refusal_of("<a>" * 70 + "</a>" * 70).because
    assert "nested too deep" in refusal_of('{"CC015C":' * 70 + "1" + "}" * 70).because
    assert "not JSON" in refusal_of("[" * 100_000).because


def test_too_many_elements_and_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ncts_xml, "MOST_ELEMENTS", 10)
    assert "too many elements" in refusal_of("<a>" * 40).because
    monkeypatch.setattr(ncts_xml, "MOST_BYTES", 100)
    assert "expected at most 100" in refusal_of(release()).because


@pytest.mark.parametrize("bad", ["\\u0000", "\\u001b", "\\ud800"])
def test_control_characters_and_lone_surrogates_in_json_are_refused(bad: str) -> None:
    refusal = refusal_of('{"CC029C": {"messageSender": "x' + bad + '"}}')
    assert "control character" in refusal.because or "not JSON" in refusal.because


def test_what_holds_no_message_is_refused_by_the_name_of_its_root() -> None:
    refusal = refusal_of("<html><body/></html>")
    assert "'html'" in refusal.because and refusal.at == "/html"
    assert "holds no customs message" in refusal_of("{}").because
    assert "not well-formed" in refusal_of("").because


def test_no_json_attribute_can_pretend_to_be_a_path() -> None:
    text = json.dumps({"CC029C": {"@ at": "/elsewhere", "TransitOperation": {"@ at": "/elsewhere", "MRN": MRN}}})
    assert refusal_of(text).at == "/CC029C/messageSender"


def test_a_list_of_messages_in_json_is_read_one_by_one() -> None:
    one = as_json(fromstring(release()), "CC029C")  # noqa: S314  own text
    assert [isinstance(e, Event) for e in all_of(json.dumps([one, one]))] == [True, True]

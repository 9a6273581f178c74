"""Legal forms as classes: the same firm is ТОО, LLP or ЖШС depending on who writes.

A legal form never carries a match; the class only tells LLC from JSC among equal names. Forms are
compared in the plain ASCII writing of `letters.plain`, so that one table serves all scripts.
"""

from __future__ import annotations

from streams.screening.letters import plain

_CLASSES: dict[str, str] = {
    "LLC": """
        llc; l l c; llp; lp; ltd; limited; ltda; limited liability company; limited liability partnership;
        company limited; co ltd; co limited; pte ltd; pvt ltd; private limited; pty ltd; fze; fzco; fzc; fz
        llc; dmcc; wll; ооо; ooo; тоо; too; жшс; zhshs; jshs; jss; осоо; osoo; оссоо; жчк; zhchk; jchk; тов;
        tov; tzov; мчж; mchj; mchzh; ммс; mmc; мжш; дво; шпк; шпс; gmbh; mbh; gesmbh; gmbh co kg; ug; sarl; s
        a r l; sas; srl; s r l; sl; s l; slu; sro; s r o; bv; b v; bvba; kft; doo; d o o; sp z oo; sp z o o;
        spzoo; uab; ou; oue; sia; oy; ab; aps; asa; eood; ood; lda; sti; limited sirketi; общество с
        ограниченной ответственностью; товарищество с ограниченной ответственностью; жауапкершілігі шектеулі
        серіктестігі; жауапкершілігі шектеулі серіктестік; товариство з обмеженою відповідальністю; таварыства
        з абмежаванай адказнасцю; obshchestvo s ogranichennoy otvetstvennostyu; tovarishchestvo s
        ogranichennoy otvetstvennostyu; mas uliyati cheklangan jamiyati; masuliyati cheklangan jamiyat; mehdud
        mesuliyyetli cemiyyeti
    """,
    "JSC": """
        jsc; j s c; ojsc; cjsc; pjsc; opjsc; ао; ao; оао; oao; зао; zao; пао; pao; нао; ақ; ак; aq; ак; ат;
        пат; прат; жак; oak; аж; aj; asc; qsc; ag; a g; sa; s a; spa; s p a; nv; n v; as; a s; a sh; plc; inc;
        incorporated; corp; corporation; oyj; ad; sha; dd; d d; акционерное общество; открытое акционерное
        общество; закрытое акционерное общество; публичное акционерное общество; непубличное акционерное
        общество; акционерлік қоғамы; акционерлік қоғам; акціонерне товариство; joint stock company; public
        joint stock company; open joint stock company; closed joint stock company; aktsionernoe obshchestvo;
        aktsionernoye obshchestvo; publichnoe aktsionernoe obshchestvo; otkrytoe aktsionernoe obshchestvo;
        zakrytoe aktsionernoe obshchestvo; anonim sirketi; aksiyadorlik jamiyati
    """,
    "STATE": """
        фгуп; fgup; гуп; gup; муп; mup; ргп; rgp; кгп; kgp; фгку; фгбу; fgbu; рмк; рмқк; мкк; ргу; rgu; dp;
        гп; федеральное государственное унитарное предприятие; государственное унитарное предприятие;
        республиканское государственное предприятие; federal state unitary enterprise; state unitary
        enterprise; federalnoe gosudarstvennoe unitarnoe predpriyatie; мемлекеттік кәсіпорны; state enterprise
    """,
    "SOLE": """
        ип; ip; жк; zhk; ie; индивидуальный предприниматель; жеке кәсіпкер; individual entrepreneur;
        individualnyy predprinimatel; individualny predprinimatel; individualnyi predprinimatel; фоп; fop; к
        х; крестьянское хозяйство
    """,
    "BRANCH": """
        филиал; filial; branch; representative office; представительство; филиалы; өкілдігі; дочерняя
        организация; до
    """,
}

WEAK_SHORT = frozenset([
    "lp", "as", "sa", "ab", "ag", "ad", "dd", "ip", "ie", "dp", "sl", "ou", "oy", "do", "ak", "at", "aj", "ug",
    "gp", "sha", "sas", "pat",
])  # fmt: skip
"""Forms that are also words or names: taken off only at the very end or beginning, never in between."""


def _phrases() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for form, text in _CLASSES.items():
        for phrase in text.split(";"):
            tokens = tuple(plain(phrase).replace(".", " ").split())
            if tokens:
                found.setdefault(tokens, form)
    return found


_PHRASES = _phrases()
_BY_FIRST: dict[str, tuple[tuple[str, ...], ...]] = {}
for _phrase in sorted(_PHRASES, key=len, reverse=True):
    _BY_FIRST[_phrase[0]] = (*_BY_FIRST.get(_phrase[0], ()), _phrase)


def split_legal_form(tokens: tuple[str, ...]) -> tuple[tuple[str, ...], str | None, bool]:
    """Take the legal forms off a name: (what is left, class of the first form, whether it is beyond doubt).

    Forms stand in front, at the end or in between (`AO NK Q`); doubtful short ones count only at an end.
    """
    rest: list[str] = []
    form: str | None = None
    certain = False
    index = 0
    while index < len(tokens):
        phrase = _phrase_at(tokens, index)
        if phrase is None:
            rest.append(tokens[index])
            index += 1
            continue
        if form is None or form == "BRANCH":
            form = _PHRASES[phrase]
        certain = certain or phrase[0] not in WEAK_SHORT or len(phrase) > 1
        index += len(phrase)
    return tuple(rest), form, certain


def _phrase_at(tokens: tuple[str, ...], index: int) -> tuple[str, ...] | None:
    for phrase in _BY_FIRST.get(tokens[index], ()):
        end = index + len(phrase)
        if tokens[index:end] != phrase:
            continue
        at_an_end = index == 0 or end == len(tokens)
        if at_an_end or (len(phrase) == 1 and len(phrase[0]) > 2 and phrase[0] not in WEAK_SHORT) or len(phrase) > 2:
            return phrase
    return None

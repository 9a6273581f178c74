"""The story of a consignment as one HTML page that needs nothing beside it: verdict, picture, what is missing, findings, events.

Made to be read on a phone and to be printed; every text that comes from an event is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from streams.commands.explain_picture import ahead_of, label_of, marks_of, picture, stops_of
from streams.commands.explain_story import CONFIDENCE, MARKS, MEANINGS, condition_name, sources_of, tell
from streams.commands.explain_words import details, headline, who_can_supply
from streams.model.consignment import fold
from streams.model.decision import Decision, Finding
from streams.model.events import Event
from streams.model.moments import brussels_day, iso_time
from streams.model.reference import AnyRecord
from streams.rules.announce import TITLES
from streams.rules.law import Law

_COLOURS = {
    "BREACH": "#b42318", "NEEDS_WAIVER": "#b54708", "INSUFFICIENT_DATA": "#6941c6", "WAIVER_MET": "#027a48",
    "RED_FLAG": "#c4320a", "CLEAR": "#027a48",
}  # fmt: skip
_STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}
body{margin:0 auto;max-width:44rem;padding:1rem;font:16px/1.45 system-ui,sans-serif;color:#1f2933;background:#fff;overflow-wrap:anywhere}
h1{font-size:1.25rem;margin:0 0 .4rem}h2{font-size:1.05rem;margin:1.6rem 0 .5rem;border-bottom:1px solid #e4e7eb;padding-bottom:.2rem}
.chip{display:inline-block;color:#fff;border-radius:.3rem;padding:.1rem .5rem;font-weight:600;font-size:.9rem}
.card{border:1px solid #e4e7eb;border-left:4px solid var(--ink);border-radius:.3rem;padding:.6rem .8rem;margin:.6rem 0;break-inside:avoid}
.card p{margin:.35rem 0}ul{margin:.3rem 0;padding-left:1.2rem}ul.plain{list-style:none;padding-left:0}li{margin:.25rem 0}
.quiet{color:#52606d;font-size:.88rem}.gone{color:#7b8794;text-decoration:line-through}time{color:#52606d;font-variant-numeric:tabular-nums}
.mark{display:inline-block;width:1.2rem;font-weight:700}.MET{color:#027a48}.NOT_MET{color:#b42318}.NOT_KNOWN{color:#6941c6}
svg{width:100%;height:auto;display:block}
"""


def page(
    decision: Decision,
    events: Iterable[Event],
    law: Law,
    records: Mapping[str, AnyRecord],
    warnings: Iterable[str],
    now: int,
) -> str:
    """The page as HTML; ``now`` is the time of the judgement (ms UTC)."""
    told = list(events)
    body = [
        *_head(decision), *_way(told, law, now), *_lacking(decision), *_findings(decision, records), *_story(told),
        *_foot(decision, warnings, records, law, now),
    ]  # fmt: skip
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(decision.consignment_id)}: {decision.verdict}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _chip(verdict: str) -> str:
    return f'<span class="chip" style="background:{_COLOURS[verdict]}">{verdict.replace("_", " ")}</span>'


def _head(decision: Decision) -> Iterator[str]:
    yield f"<h1>{escape(decision.consignment_id)}</h1>"
    weight = f" Red flags together: {decision.weight:g} of 100." if decision.weight else ""
    yield f"<p>{_chip(decision.verdict)} {escape(MEANINGS[decision.verdict])}.{weight}</p>"


def _way(events: list[Event], law: Law, now: int) -> Iterator[str]:
    consignment = fold("", events)
    counted = sorted([*consignment.actual, *consignment.plans], key=lambda e: e.order)
    names = {e.place.unlocode: label_of(e.place) for e in counted if e.place is not None and e.place.unlocode}
    ahead = [names.get(label[:5], label) for label in ahead_of(consignment.legs)]

    def is_listed(event: Event) -> bool:
        return any(r.in_force(brussels_day(event.occurred_at)) for r in law.places.find(event.place).listed)

    drawn = picture(stops_of(counted, is_listed), marks_of(counted, now), ahead)
    if drawn:
        yield "<h2>Way and time</h2>"
        yield drawn
        yield '<p class="quiet">Red: a place that is listed on that day. Dashed: planned. Grey: on the planned way, not seen yet. Times are UTC.</p>'


def _lacking(decision: Decision) -> Iterator[str]:
    """What would change the verdict: what is missing, with whom to ask, and the conditions that are not met."""
    standing = [f for f in decision.findings if f.verdict != "CLEAR" and f.answered_by is None]
    missing = dict.fromkeys(m for f in standing for m in f.missing)
    unmet = dict.fromkeys(
        f"{condition_name(c.name)}: {c.because}" for f in standing for c in f.conditions if c.state == "NOT_MET"
    )
    if not missing and not unmet:
        return
    yield "<h2>What would change the verdict</h2><ul>"
    for wanted in missing:
        yield f"<li><b>{escape(wanted)}</b> is missing. Ask {escape(who_can_supply(wanted))}.</li>"
    for text in unmet:
        yield f"<li>{escape(text)}</li>"
    yield "</ul>"


def _findings(decision: Decision, records: Mapping[str, AnyRecord]) -> Iterator[str]:
    yield "<h2>What the rules say</h2>"
    if not decision.findings:
        yield "<p>No rule found anything.</p>"
    for finding in decision.findings:
        yield from _card(finding, records)


def _card(finding: Finding, records: Mapping[str, AnyRecord]) -> Iterator[str]:
    yield f'<div class="card" style="--ink:{_COLOURS[finding.verdict]}">'
    title = TITLES.get(finding.rule, "EU nexus" if finding.rule == "R01" else "")
    weight = f", weight {finding.weight}" if finding.verdict == "RED_FLAG" else ""
    plan = ", of a plan" if finding.planned else ""
    answered = f", answered by {finding.answered_by}" if finding.answered_by else ""
    yield f"<p><b>{finding.rule} {escape(title)}</b> {_chip(finding.verdict)}{weight}{plan}{escape(answered)}</p>"
    yield f"<p>{escape(finding.because)}</p>"
    if finding.conditions:
        yield '<ul class="plain">'
        for c in finding.conditions:
            mark = f'<span class="mark {c.state}">{MARKS[c.state]}</span>'
            yield f"<li>{mark}{escape(condition_name(c.name))}: {escape(c.because)}</li>"
        yield "</ul>"
    yield f'<p class="quiet">Law: {escape(finding.legal_basis)}</p>'
    for source in sources_of(finding, records):
        where = source.source or "the record is not among those at hand"
        note = f" ({'uncertain: ' if source.uncertain else ''}{source.note})" if source.note else ""
        yield f'<p class="quiet">[{escape(source.confidence or "?")}] {escape(source.record)}: {escape(where + note)}</p>'
    yield "</div>"


def _story(events: list[Event]) -> Iterator[str]:
    yield '<h2>What happened</h2><ul class="plain">'
    for told in tell(events):
        event = told.event
        more = "".join(f'<br><span class="quiet">{escape(line)}</span>' for line in details(event))
        name = f'<span class="gone">{escape(headline(event))}</span>' if told.fate else escape(headline(event))
        fate = f'<br><span class="quiet">{escape(told.fate)}</span>' if told.fate else ""
        late = event.recorded_at - event.occurred_at > 86_400_000
        known = f'<br><span class="quiet">known only on {iso_time(event.recorded_at)}</span>' if late else ""
        at = iso_time(event.occurred_at)[:16].replace("T", " ")
        yield f'<li><time>{at}</time> {name}{fate}{known}{more}<br><span class="quiet">{escape(event.uid)}</span></li>'
    yield "</ul>"


def _foot(
    decision: Decision, warnings: Iterable[str], records: Mapping[str, AnyRecord], law: Law, now: int
) -> Iterator[str]:
    for warning in dict.fromkeys((*decision.warnings, *warnings)):
        yield f"<p>Warning: {escape(warning)}</p>"
    tags = {s.confidence or "?" for f in decision.findings for s in sources_of(f, records)}
    letters = [x for x in CONFIDENCE if any(x in tag.split("/") for tag in tags)]
    sources = "; ".join(f"[{x}] {CONFIDENCE[x]}" for x in letters)
    yield f'<p class="quiet">Judged at {iso_time(now)} under law {escape(law.version[:12])}. {escape(sources)}</p>'

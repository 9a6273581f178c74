"""Transits under customs control: discharged, late, arrived and not discharged, enquired, never seen again."""

from __future__ import annotations

from datetime import timedelta

from streams.feed import cast
from streams.feed.journeys import EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless
from streams.feed.story import JsonEvent, Story

_OLD_CODES = ({"hs": "852580", "description": "Cameras"}, {"hs": "880330", "description": "Parts of aeroplanes"})
_BEARINGS = {"hs": "84821010", "dual_use": "", "description": "Ball bearings"}


def _opened(s: Story, line: JsonEvent | None = None, *, days: int = 12, mrn: str | None = None) -> EuGoods:
    """A lorry over the Middle Corridor whose transit was released with a limit of that many days."""
    run = EuGoods(s, "MIDDLE", line or harmless(s))
    run.book()
    run.leave()
    run.release(days=days, mrn=mrn)
    return run


def _judged_after(s: Story, days: float) -> None:
    """The clock of the judgement: that many days after the present."""
    s.now = s.at + timedelta(days=days)


@story(share=7)
def ghost_none(s: Story) -> None:
    """A transit discharged in time, all delivered."""
    run = _opened(s)
    run.travel()
    run.customs_note("ARRIVED_AT_DESTINATION", run.end)
    s.wait(20)
    run.customs_note("DISCHARGED", run.end)
    run.deliver()
    _judged_after(s, s.rng.choice((1, 40)))


@story(share=4)
def ghost_never_discharged(s: Story) -> None:
    """A transit released and never heard of again."""
    _opened(s, days=s.rng.randrange(5, 12))
    _judged_after(s, s.rng.randrange(18, 90))


@story(share=1)
def ghost_without_limit(s: Story) -> None:
    """A transit released without a limit date: when it is overdue nobody can tell, until it is discharged."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    run.book()
    run.leave()
    run.release()["customs"].pop("limit_date")
    run.travel()
    if s.rng.random() < 0.5:
        run.customs_note("DISCHARGED", run.end)


@story(share=3)
def ghost_high_priority(s: Story) -> None:
    """A transit of high priority goods, also under a code of HS 2017, never heard of again."""
    _opened(s, dict(s.rng.choice((_BEARINGS, *_OLD_CODES))))
    _judged_after(s, s.rng.randrange(20, 60))


@story(share=3)
def ghost_grace(s: Story) -> None:
    """Judged on the last day of the grace or on the first after it."""
    run = _opened(s, days=6)
    limit = s.at.date() + timedelta(days=6)
    del run
    last = (limit + timedelta(days=3)).isoformat()
    first = (limit + timedelta(days=4)).isoformat()
    day, time = s.rng.choice(((last, "12:00:00"), (last, "23:59:59"), (first, "00:00:00"), (first, "08:00:00")))
    s.go_to(day, time, "BE")
    s.now = s.at


@story(share=3)
def ghost_late_discharge(s: Story) -> None:
    """A transit discharged weeks after its limit."""
    run = _opened(s, days=8)
    s.wait(24 * 25)
    run.customs_note("DISCHARGED", run.end)
    _judged_after(s, s.rng.choice((0.5, 30)))


@story(share=3)
def ghost_message_late(s: Story) -> None:
    """Discharged in time, but the message comes weeks later."""
    run = _opened(s, days=8)
    s.wait(24 * 5)
    run.customs_note("DISCHARGED", run.end, late=24 * 20)
    _judged_after(s, 30)


@story(share=3)
def ghost_arrived(s: Story) -> None:
    """Arrived at destination within the limit, the discharge is still awaited."""
    run = _opened(s, days=10)
    limit_eve = s.at + timedelta(days=9)
    s.wait(24 * 5)
    s.at = limit_eve
    run.customs_note("ARRIVED_AT_DESTINATION", run.end)
    s.now = s.at + timedelta(days=s.rng.choice((2, 6, 30)))


@story(share=2)
def ghost_arrived_late(s: Story) -> None:
    """Arrived only after the limit and never discharged."""
    run = _opened(s, days=6)
    s.wait(24 * 14)
    run.customs_note("ARRIVED_AT_DESTINATION", run.end)
    _judged_after(s, s.rng.choice((0.2, 20)))


@story(share=2)
def ghost_enquiry(s: Story) -> None:
    """Customs opens an enquiry before the limit has passed; it ends with a discharge or not."""
    run = _opened(s, days=20)
    s.wait(24 * 6)
    run.customs_note("ENQUIRY_OPENED", run.start)
    if s.rng.random() < 0.4:
        s.wait(40)
        run.customs_note("DISCHARGED", run.end)


@story(share=2)
def ghost_enquiry_retracted(s: Story) -> None:
    """An enquiry opened by mistake and taken back inside the limit."""
    run = _opened(s, days=20)
    s.wait(24 * 4)
    s.retract(run.customs_note("ENQUIRY_OPENED", run.start), 30)


@story(share=2)
def ghost_wrong_check_digit(s: Story) -> None:
    """The discharge names a number with a wrong check digit: it clears nothing."""
    run = _opened(s, days=7)
    s.wait(24 * 5)
    run.customs_note("DISCHARGED", run.end, mrn=cast.wrong_check(run.mrn))
    _judged_after(s, 20)


@story(share=2)
def ghost_other_number(s: Story) -> None:
    """The discharge names the number of another movement."""
    run = _opened(s, days=7)
    s.wait(24 * 5)
    run.customs_note("DISCHARGED", run.end, mrn=cast.mrn(s.rng, run.start[:2], s.at.year))
    _judged_after(s, 20)


@story(share=2)
def ghost_discharge_without_number(s: Story) -> None:
    """The discharge names no number: it closes the only open transit, but not one of two."""
    run = _opened(s, days=7)
    if s.rng.random() < 0.4:
        run.release(days=7, mrn=cast.mrn(s.rng, run.start[:2], s.at.year))
    s.wait(24 * 5)
    run.customs_note("DISCHARGED", run.end, mrn="")
    _judged_after(s, 20)


@story(share=2)
def ghost_two_transits(s: Story) -> None:
    """Two transits of one consignment: one is discharged, the other is not."""
    run = _opened(s, days=7)
    s.wait(30)
    run.customs_note("DISCHARGED", "ROCND")
    run.mrn = cast.mrn(s.rng, "RO", s.at.year)
    run.release(days=9)
    if s.rng.random() < 0.5:
        s.wait(50)
        run.customs_note("DISCHARGED", run.end)
    _judged_after(s, 25)


@story(share=1.5)
def ghost_invalidated(s: Story) -> None:
    """The declaration is invalidated: the transit does not take place."""
    run = _opened(s, days=7)
    s.wait(20)
    run.customs_note("INVALIDATED", run.start)
    _judged_after(s, 30)


@story(share=2)
def ghost_discharge_retracted(s: Story) -> None:
    """The discharge was written for another lorry and is taken back."""
    run = _opened(s, days=7)
    s.wait(24 * 4)
    s.retract(run.customs_note("DISCHARGED", run.end), 60)
    _judged_after(s, 20)


@story(share=2)
def ghost_limit_extended(s: Story) -> None:
    """The release is corrected: another limit date."""
    run = EuGoods(s, "MIDDLE", harmless(s))
    run.book()
    run.leave()
    told = run.release(days=6)
    later = (s.at.date() + timedelta(days=s.rng.choice((6, 30)))).isoformat()
    s.replace(told, 20, customs={**told["customs"], "limit_date": later})
    _judged_after(s, 16)

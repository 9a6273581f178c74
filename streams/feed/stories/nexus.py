"""Who of the EU is in it: nobody, only the insurer, only the place of discharge, or it cannot be told."""

from __future__ import annotations

from streams.feed import cast
from streams.feed.journeys import Coal
from streams.feed.scenario import story
from streams.feed.stories.coal import WAIVER
from streams.feed.story import Story


@story(share=3, first=WAIVER)
def no_nexus(s: Story) -> None:
    """Kazakh coal over Ust-Luga to Turkey or Morocco, nobody of the EU takes part and everybody is named."""
    Coal(
        s, unload=s.rng.choice(("TRISK", "MACAS", "INMUN")), owner=s.rng.choice((None, cast.firm(s.rng, "RU")))
    ).whole()


@story(share=2, first=WAIVER)
def nexus_insurer_only(s: Story) -> None:
    """Of the EU there is only the insurer."""
    Coal(s, unload="TRISK", insurer=s.rng.choice(("NL", "FI", "DE")), owner=None).whole()


@story(share=1.5, first=WAIVER)
def nexus_flag_only(s: Story) -> None:
    """Of the EU there is only the flag of the ship."""
    Coal(s, unload="MACAS", flag=s.rng.choice(("MT", "CY", "GR")), owner=cast.firm(s.rng, "RU")).whole()


@story(share=1.5, first=WAIVER)
def nexus_bank_or_ship_owner(s: Story) -> None:
    """Of the EU there is only the bank, or the owner of the ship by nationality."""
    run = Coal(s, unload="INMUN", owner=None)
    bank = cast.in_role("BANK", cast.firm(s.rng, "AT"))
    owner = cast.in_role("SHIP_OWNER", {**cast.firm(s.rng, "AE"), "nationality": "GR"})
    run.book(parties=[*run.parties(), s.rng.choice((bank, owner))])
    run.rail()
    run.through_port()
    run.sea()
    run.deliver()


@story(share=1.5, first=WAIVER)
def nexus_landed_in_eu(s: Story) -> None:
    """A Swiss buyer and nobody of the EU, but the coal is landed in the EU."""
    Coal(s, buyer="CH", owner=None).whole()


@story(share=1.5, first=WAIVER)
def nexus_destination_is_none(s: Story) -> None:
    """A Swiss buyer and nobody of the EU; an EU destination still lies ahead and is no nexus."""
    run = Coal(s, buyer="CH", owner=None)
    run.book()
    run.rail()
    run.through_port()
    run.sail()
    s.tell("ARRIVED", run.unload, transport=run.ship, classifier="ESTIMATED", source="operator-17")


@story(share=2, first=WAIVER)
def nexus_unknown(s: Story) -> None:
    """Nobody of the EU is named, and the insurer is not stated."""
    Coal(s, unload=s.rng.choice(("TRISK", "MACAS")), insurer=None, owner=None).whole()

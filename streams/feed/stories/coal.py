"""Kazakh coal over listed and unlisted ports: the good case, the dates of the law, the place itself."""

from __future__ import annotations

from streams.feed.journeys import Coal, near
from streams.feed.scenario import story
from streams.feed.story import Story

WAIVER = "2025-07-26"
"""First day of a booking of which every dealing is under the coal waiver (in force from 2025-07-20)."""


@story(share=14, first=WAIVER)
def coal_good(s: Story) -> None:
    """Kazakh coal, Kazakh owner, over Ust-Luga to an EU buyer: covered by the waiver."""
    Coal(s).whole()


@story(share=3, first=WAIVER)
def coal_novorossiysk(s: Story) -> None:
    """Kazakh coal over Novorossiysk, reported under either of its two codes."""
    Coal(s, port=s.rng.choice(("RUNVS", "RUNOI")), unload=s.rng.choice(("ITRAN", "BGVAR", "ROCND"))).whole()


@story(share=3, first="2025-08-01", last="2026-06-10")
def coal_vysotsk_before_listing(s: Story) -> None:
    """Kazakh coal over Vysotsk, delivered before the port was listed on 24 July 2026."""
    Coal(s, port="RUVYS").whole()


@story(share=2, first="2026-07-28")
def coal_vysotsk_listed(s: Story) -> None:
    """Kazakh coal over Vysotsk after its listing: covered by the waiver."""
    Coal(s, port="RUVYS").whole()


@story(share=2, first="2026-07-01", last="2026-07-07")
def coal_vysotsk_around_listing(s: Story) -> None:
    """Kazakh coal of an unknown owner lying at Vysotsk while the port becomes listed."""
    run = Coal(s, port="RUVYS", owner=None, route=False)
    run.book()
    run.rail()
    s.go_to("2026-07-23", "20:00:00", "RU")
    run.arrive()
    run.tip()
    s.go_to("2026-07-24", s.rng.choice(("00:20:00", "00:40:00", "03:10:00", "23:00:00")), "RU")
    s.tell("DEPARTED", "RUVYS", transport=run.ship)
    run.land()
    run.deliver()


@story(share=2, first="2025-08-01")
def coal_murmansk_or_tuapse(s: Story) -> None:
    """Kazakh coal over Murmansk or Tuapse, which are listed from 24 April 2026."""
    Coal(s, port=s.rng.choice(("RUMMK", "RUTUA")), route=False).whole()


@story(share=3, first="2025-03-01")
def coal_taman(s: Story) -> None:
    """Kazakh coal over Taman or Vyborg, which are not listed."""
    Coal(s, port=s.rng.choice(("RUTAM", "RUVYG"))).whole()


@story(share=3)
def coal_riga_klaipeda(s: Story) -> None:
    """Kazakh coal over Riga or Klaipėda: no Russian port is used."""
    Coal(s, port=s.rng.choice(("LVRIX", "LTKLJ"))).whole()


@story(share=2)
def coal_aktau_baku(s: Story) -> None:
    """Kazakh coal over Aktau and Baku: Russia is not touched."""
    run = Coal(s, port="KZAAU", unload=s.rng.choice(("ITRAN", "ROCND")), route=False)
    run.book()
    s.wait(90)
    s.tell("LOADED", run.station, transport=run.train)
    s.wait(120)
    s.tell("ARRIVED", "KZAAU", transport=run.train)
    s.wait(30)
    s.tell("LOADED", "KZAAU", transport=run.ship)
    s.wait(40)
    s.tell("UNLOADED", "AZBAK", transport=run.ship)
    s.wait(90)
    s.tell("LOADED", "GEPTI", transport=run.ship)
    run.land()
    run.deliver()


@story(share=2, first="2025-03-01", last="2025-06-10")
def coal_before_waiver(s: Story) -> None:
    """Kazakh coal over Ust-Luga before the waiver came into force on 20 July 2025."""
    Coal(s).whole()


@story(share=2, first="2025-07-01", last="2025-07-08")
def coal_across_waiver_date(s: Story) -> None:
    """Loaded at Ust-Luga on 19 July 2025, departed on the 21st: the first dealing had no waiver."""
    run = Coal(s, route=False)
    run.book()
    s.wait(60)
    s.tell("LOADED", run.station, transport=run.train)
    s.go_to("2025-07-19", s.rng.choice(("10:00:00", "20:30:00")), "RU")
    s.tell("LOADED", "RUULU", transport=run.ship)
    s.go_to("2025-07-21", "11:00:00", "RU")
    s.tell("DEPARTED", "RUULU", transport=run.ship)
    run.land()
    run.deliver()


@story(share=2, first="2025-06-20", last="2025-07-08")
def coal_waiver_midnight(s: Story) -> None:
    """All dealings in the night to 20 July 2025: the day begins at midnight in Brussels, not in Moscow."""
    run = Coal(s, route=False)
    run.book()
    s.wait(60)
    s.tell("LOADED", run.station, transport=run.train)
    minute = s.rng.choice(("00:10:00", "00:50:00", "01:05:00", "02:30:00"))
    s.go_to("2025-07-20", minute, "RU")
    s.tell("LOADED", "RUULU", transport=run.ship)
    s.wait(3)
    s.tell("DEPARTED", "RUULU", transport=run.ship)
    run.land()
    run.deliver()


@story(share=2, last="2025-01-05")
def coal_before_port_ban(s: Story) -> None:
    """Kazakh coal over Ust-Luga before the port ban of 25 February 2025."""
    Coal(s).whole()


@story(share=2, first=WAIVER)
def coal_port_by_name(s: Story) -> None:
    """The port is told by a name or by coordinates instead of its code."""
    run = Coal(s)
    spot = s.rng.choice(
        (
            {"name": "Усть-Луга", "country": "RU"},
            {"name": "USTLUGA", "country": "RU"},
            {"name": "Coal terminal", "facility": "Ust Luga", "country": "RU"},
            near("RUULU", 59.69, 28.43),
        )
    )
    run.book()
    run.rail()
    s.tell("ARRIVED", spot, transport=run.train)
    s.wait(40)
    s.tell("LOADED", spot, transport=run.ship)
    s.wait(12)
    s.tell("DEPARTED", spot, transport=run.ship)
    run.land()
    run.deliver()


@story(share=1.5, first="2025-03-01")
def coal_port_far_coordinates(s: Story) -> None:
    """The ship is loaded at coordinates forty kilometres from the listed port."""
    run = Coal(s, port="RUVYG", route=False)
    run.book()
    run.rail()
    s.tell("LOADED", near("RUULU", 59.95, 29.1), transport=run.ship)
    s.wait(20)
    run.land()
    run.deliver()


@story(share=1.5, first="2025-03-01")
def coal_code_over_name(s: Story) -> None:
    """The code says St Petersburg, the name says Ust-Luga: the code decides."""
    run = Coal(s, port="RULED", route=False)
    run.book()
    run.rail()
    spot = {"unlocode": "RULED", "name": "Ust-Luga", "country": "RU"}
    s.tell("LOADED", spot, transport=run.ship)
    s.wait(10)
    s.tell("DEPARTED", spot, transport=run.ship)
    run.land()
    run.deliver()


@story(share=3, first="2025-03-01")
def coal_port_unknown(s: Story) -> None:
    """A ship is loaded at some Russian port and nobody says which."""
    run = Coal(s, route=False)
    run.book()
    run.rail()
    spot = s.rng.choice(({"country": "RU"}, {"name": "Primorsk", "country": "RU"}, None))
    s.tell("LOADED", spot, transport=run.ship, source="port-agent-ru")
    s.wait(14)
    s.tell("DEPARTED", spot, transport=run.ship, source="port-agent-ru")
    run.land()
    if s.rng.random() < 0.5:
        run.deliver()

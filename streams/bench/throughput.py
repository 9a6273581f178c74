"""`bench throughput`: the monitor beside the limit of its kind and beside two frameworks, on one feed and one broker.

Each contender runs as a process of its own, one after the other, on the same records of the same topics. It is watched from
outside: what its consumer group has committed, and the CPU time of its process.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from streams.bench.feed import Record, records
from streams.bench.process import ROOT, BenchFailed, Process, script
from streams.bench.site import Site, add_changelogs, load, sites, start_monitor, tell, watch
from streams.bench.stats import Figure, NotMeasurable, figure_of, median_figure, ratios_of
from streams.settings import KafkaSettings

CONTENDERS = ("limit", "monitor", "faust", "quix")
OTHERS = ("limit", "faust", "quix")
"""What the monitor is set against, in the order of the ratios."""
QUIX_PYTHON = ROOT / ".venv-quix" / "bin" / "python"


class Contest(Struct, frozen=True, kw_only=True):
    """What is measured: events in how many consignments, by whom, how often; seconds that each may take."""

    events: int = 200_000
    consignments: int = 50_000
    only: tuple[str, ...] = CONTENDERS
    repeat: int = 1
    timeout_s: float = 300.0
    quix_python: str = str(QUIX_PYTHON)
    seed: int = 1


def report_of(rounds: Sequence[Mapping[str, Figure]], contest: Contest) -> dict[str, object]:
    """The object of contract 5: each contender's figures (medians over the rounds), and the ratios."""
    out: dict[str, object] = {
        name: median_figure([r[name] for r in rounds]) for name in CONTENDERS if all(name in r for r in rounds)
    }
    out["ratios"] = ratios_of(rounds, "monitor", OTHERS) if "monitor" in out else {}
    out["feed"] = {"events": contest.events, "consignments": contest.consignments, "rounds": len(rounds)}
    return out


def run_contest(kafka: KafkaSettings, contest: Contest) -> dict[str, object]:
    """Measure and report; progress on standard error. Raises BenchFailed, KafkaTrouble."""
    check(kafka, contest)
    tell(f"feed: {contest.events} events of {contest.consignments} consignments")
    feed = records(contest.consignments, contest.events, contest.seed)
    rounds = []
    for number in range(contest.repeat):
        tell(f"round {number + 1} of {contest.repeat}")
        rounds.append(one_round(kafka, contest, feed))
    return report_of(rounds, contest)


def check(kafka: KafkaSettings, contest: Contest) -> None:
    """Whether what the contenders need is there, before anything is measured. Raises BenchFailed."""
    if "quix" in contest.only and not Path(contest.quix_python).exists():
        raise BenchFailed(
            f"{contest.quix_python} is missing: Quix Streams needs an older confluent-kafka and has an environment of its own; "
            "`make bench-setup` makes it, or leave it out with --only limit,monitor,faust"
        )
    if kafka.security_protocol != "PLAINTEXT" and {*contest.only} & {*OTHERS}:
        raise BenchFailed("the contenders beside the monitor speak to a plain broker only; use one, or --only monitor")


def one_round(kafka: KafkaSettings, contest: Contest, feed: Sequence[Record]) -> dict[str, Figure]:
    """Every contender once, on one copy of the feed. Raises BenchFailed, KafkaTrouble."""
    figures = {}
    with sites(kafka) as (site,), tempfile.TemporaryDirectory(prefix="bench-") as folder:
        add_changelogs(site, (f"{name}.state" for name in contest.only if name in {"limit", "faust"}))
        load(site, feed)
        for name in contest.only:
            figure = figures[name] = measure(site, name, contest, Path(folder))
            tell(f"  {name}: {figure.per_s:.0f} events/s, {figure.per_cpu_s:.0f} per CPU second")
    return figures


def measure(site: Site, name: str, contest: Contest, folder: Path) -> Figure:
    """One contender on the events of a site. Raises BenchFailed."""
    with start(site, name, contest, folder / f"{name}.log") as process:
        samples = watch(site, site.group(name), process, contest.events, contest.timeout_s)
    try:
        return figure_of(samples)
    except NotMeasurable as error:
        raise BenchFailed(f"{name}: {error}") from None


def start(site: Site, name: str, contest: Contest, log: Path) -> Process:
    """Start a contender."""
    if name == "monitor":
        return start_monitor(site, log)
    python = contest.quix_python if name == "quix" else sys.executable
    environ = site.environ(KAFKA_CLIENT_ID=name) | {
        "BENCH_BOOTSTRAP": site.kafka.bootstrap, "BENCH_PREFIX": site.prefix, "BENCH_GROUP": site.group(name),
        "TMPDIR": str(log.parent),
    }  # fmt: skip
    return Process(name, script(f"streams.bench.host_{name}", python=python), environ, log)

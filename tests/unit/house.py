"""The house rules as checkers over source texts: each takes modules by name and says what breaks it."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "model": 1, "screening": 2, "rules": 2, "flows": 2, "reference": 3, "kafka": 3, "embedded": 3, "processors": 4, "ingest": 4,
    "alerts": 4, "console": 5, "commands": 5, "feed": 5, "bench": 5, "cli": 5,
}  # fmt: skip
ANYWHERE = frozenset({"streams", "streams.errors"})
BESIDE = frozenset({
    "streams.settings", "streams.setting_defs", "streams.metrics", "streams.metric_defs", "streams.logs",
})  # fmt: skip
"""Importable from floor 3 on; themselves they use floor 1 at most."""
OUTSIDE_WORLD = frozenset({
    "asyncio", "concurrent", "ftplib", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
    "select", "selectors", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "subprocess",
    "sys", "tempfile", "threading", "time", "urllib",
})  # fmt: skip
"""Modules of clock, chance and I/O: none below floor 3."""
PURE_PACKAGES = frozenset({"anyascii", "msgspec", "rapidfuzz"})
"""Third-party packages that only compute."""
CLOCK_AND_IO_CALLS = frozenset({
    "open", "input", "print", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
})  # fmt: skip
MOST_LINES = 400
P90_LINES = 30

Modules = Mapping[str, str]
"""Source text by module name, such as ``streams.model.events``."""


@functools.cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def package_modules() -> dict[str, str]:
    """Every module of the package."""
    found = {}
    for path in sorted((ROOT / "streams").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text("utf-8")
    return found


def tracked_texts() -> dict[str, str]:
    """Every text file under version control (or, outside of a checkout, of the project's own folders) by path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [p for d in ("streams", "tests", "docs", "deploy", "schemas") for p in (ROOT / d).rglob("*")]
    found = {}
    for path in paths:
        if path.is_file():
            try:
                found[str(path.relative_to(ROOT))] = path.read_text("utf-8")
            except UnicodeDecodeError:
                continue  # not a text
    return found


def floor_of(module: str) -> int | None:
    """The floor of a module; None for what stands beside the house."""
    parts = module.split(".")
    return FLOORS.get(parts[1]) if len(parts) > 1 else None


def _imports(tree: ast.AST, modules: Modules) -> Iterator[tuple[int, str]]:
    """Line and name of every imported module, those under TYPE_CHECKING and within functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are refused by the linter"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield node.lineno, whole if whole in modules else str(node.module)


def upward_imports(modules: Modules) -> list[str]:
    """Imports from a higher floor."""
    out = []
    for name, source in modules.items():
        own = floor_of(name)
        for line, target in _imports(_parsed(source), modules):
            if not (target == "streams" or target.startswith("streams.")) or target in ANYWHERE:
                continue
            theirs = 3 if target in BESIDE else floor_of(target)
            limit = (3 if name in BESIDE and target in BESIDE else 1) if name in BESIDE else own
            if limit is not None and (theirs is None or theirs > limit):
                out.append(f"{name}:{line} imports {target}")
            elif name in ANYWHERE:
                out.append(f"{name}:{line} imports {target}; it is imported by all and imports nothing")
    return out


def circles(modules: Modules) -> list[str]:
    """Modules that import each other, directly or around a circle."""
    uses = {
        name: sorted({t for _, t in _imports(_parsed(source), modules) if t in modules and t != name})
        for name, source in modules.items()
    }
    done: set[str] = set()
    out: list[str] = []

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            out.append(" -> ".join([*path[path.index(name) :], name]))
        elif name not in done:
            for used in uses[name]:
                visit(used, [*path, name])
            done.add(name)

    for name in uses:
        visit(name, [])
    return out


def _below_floor_3(modules: Modules) -> Iterator[tuple[str, ast.Module]]:
    for name, source in modules.items():
        floor = floor_of(name)
        if name in ANYWHERE or (floor is not None and floor < 3):
            yield name, _parsed(source)


def clock_and_io(modules: Modules) -> list[str]:
    """Clock, chance or I/O below floor 3."""
    out = []
    for name, tree in _below_floor_3(modules):
        for line, target in _imports(tree, modules):
            if target.partition(".")[0] in OUTSIDE_WORLD:
                out.append(f"{name}:{line} imports {target}")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ".".join(ast.unparse(node.func).split(".")[-2:])
                if called in CLOCK_AND_IO_CALLS:
                    out.append(f"{name}:{node.lineno} calls {called}")
    return out


def third_party(modules: Modules) -> list[str]:
    """Third-party packages below floor 3, other than those that only compute."""
    known = sys.stdlib_module_names | PURE_PACKAGES | {"streams"}
    return [
        f"{name}:{line} imports {target}"
        for name, tree in _below_floor_3(modules)
        for line, target in _imports(tree, modules)
        if target.partition(".")[0] not in known
    ]


def long_files(texts: Mapping[str, str]) -> list[str]:
    """Python files of more than `MOST_LINES` lines."""
    counts = {name: len(text.splitlines()) for name, text in texts.items() if name.endswith(".py")}
    return [f"{name}: {count} lines" for name, count in counts.items() if count > MOST_LINES]


def function_lengths(modules: Modules) -> list[tuple[int, str]]:
    """Length in lines, from ``def`` to the end, and place of every function, shortest first."""
    return sorted(
        (node.end_lineno - node.lineno + 1, f"{name}:{node.lineno} {node.name}")
        for name, source in modules.items()
        for node in ast.walk(_parsed(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    )


def percentile_90(lengths: list[tuple[int, str]]) -> int:
    """The length that nine functions in ten do not exceed."""
    return lengths[int(len(lengths) * 0.9)][0] if lengths else 0


def undocumented(modules: Modules) -> list[str]:
    """Public modules, classes and functions without a docstring; magic methods say what they do by being magic."""
    out = []
    for name, source in modules.items():
        tree = _parsed(source)
        if ast.get_docstring(tree) is None:
            out.append(f"{name}: no docstring")
        bare = (node for node in _public(tree) if ast.get_docstring(node) is None)
        out.extend(f"{name}:{node.lineno} {node.name}: no docstring" for node in bare)
    return out


def _public(tree: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


# a letter in brackets keeps the patterns from finding themselves
_LEFTOVER = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X)\b")
_MACHINE = re.compile(r"(?<![\w.])/(?:[w]ork|[r]oot|[h]ome/\w+|[U]sers/\w+)/")


def leftovers(texts: Mapping[str, str]) -> list[str]:
    """Notes of unfinished work, and paths of somebody's machine."""
    out = []
    for name, text in texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            for pattern, what in ((_LEFTOVER, "unfinished work"), (_MACHINE, "a path of a machine")):
                found = pattern.search(line)
                if found:
                    out.append(f"{name}:{number}: {what}: {found[0]}")
    return out

"""The laws of the house: each is a function over a folder that names every breach as "path:line: what is wrong"."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import yaml

Node = TypeVar("Node", bound=ast.AST)

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
NOT_OURS = {".git", ".venv", "node_modules", "built", "var", "results", "migrations"}
NOT_OURS |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache", "__pycache__"}
WRITTEN = {".py", ".html", ".css", ".js", ".mjs", ".md", ".yaml", ".yml", ".toml", ".sh", ".txt", ".json", ".lock", ""}

NAMES_OF_NOTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "base",
    "manager",
    "managers",
    "service",
    "services",
}
INSTANT = re.compile(r"(^|_)(at|since|until|before)$")
DAY = re.compile(r"(^|_)(on|day|birthday)$")

CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "time.time",
    "time.time_ns",
}
CLOCK_OF_SQL = re.compile(r"\bnow\(\)|\b(clock|statement|transaction)_timestamp\(|\bcurrent_(timestamp|date)\b", re.I)

# Each pattern is written so that it does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b(?!/)")
UNTRUE_TESTS = re.compile(
    r"mark\.(?:sk" r"ip|sk" r"ipif|xf" r"ail)\b|pytest\.(?:sk" r"ip|xf" r"ail)\(|assert Tr" r"ue\b|unittest\.mo" r"ck"
)
SOMEBODYS_MACHINE = re.compile(r"(?<![\w.*:>}-])/(?:wo" r"rk|ho" r"me|ro" r"ot|o" r"pt|Us" r"ers)/\w|\.\./sha" r"red\b")
ADDRESS_OF_INDEX = re.compile(
    r"--(?:extra-)?index" r"-url|--find" r"-links\s|registry\.np" r"mjs|pypi\.o" r"rg|\"resol" r"ved\":"
)
ASSISTANTS = re.compile(
    r"\b(cla" r"ude|chat" r"gpt|co" r"pilot|language mo" r"del|sub-?age" r"nt|AI age" r"nt)s?\b", re.I
)
WAY_OUT = re.compile(r"(?:^|(?<=[\s\"'`(=:]))((?:\.\./)+[\w./-]*)")


def sizes(folder: Path) -> list[str]:
    """No file is longer than 400 lines, no function than 50; what cannot be seen at once is not understood."""
    breaches = []
    for path in _files(folder, ".py", ".html", ".css", ".js", ".mjs"):
        if (length := len(path.read_text().splitlines())) > LONGEST_FILE:
            breaches.append(f"{_shown(path, folder)}:1: {length} lines")
    for path, node in _nodes(folder, ast.FunctionDef, ast.AsyncFunctionDef):
        if (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION:
            breaches.append(f"{_shown(path, folder)}:{node.lineno}: {node.name} has {length} lines")
    return breaches


def module_names(folder: Path) -> list[str]:
    """A module is called after what it is about, never after being useful."""
    return [
        f"{_shown(path, folder)}:1: a name that says nothing"
        for path in _files(folder, ".py")
        if NAMES_OF_NOTHING & set(path.relative_to(folder).with_suffix("").parts)
    ]


def names_of_time(folder: Path) -> list[str]:
    """A field that holds an instant ends in `_at` (or since, until, before), one that holds a day in `_on`."""
    breaches = []
    for path, node in _nodes(folder, ast.ClassDef):
        for field, kind in _fields_of_time(node):
            if not (INSTANT if kind == "an instant" else DAY).search(field.id):
                breaches.append(
                    f"{_shown(path, folder)}:{field.lineno}: {field.id} holds {kind}, which it does not say"
                )
    return breaches


def clockless(folder: Path) -> list[str]:
    """Below the channels nobody looks at a clock, so that any year can be replayed: the instant is handed in."""
    breaches = []
    for path, node in _nodes(folder, ast.Attribute, ast.Call, ast.Constant, ast.keyword):
        first = path.relative_to(folder).parts[0]
        if first not in ("channels", "clock.py") and (what := _looks_at_clock(node)):
            breaches.append(f"{_shown(path, folder)}:{getattr(node, 'lineno', 1)}: {what}")
    return breaches


def pure_rules(folder: Path) -> list[str]:
    """`rules` and `schema` of a room know neither the database nor the framework."""
    breaches = []
    for path, node in _nodes(folder, ast.Import, ast.ImportFrom):
        place = path.relative_to(folder).with_suffix("").parts
        names = [alias.name for alias in node.names]
        imported = names if isinstance(node, ast.Import) else [f"{node.module}.{name}" for name in names]
        for name in imported if {"rules", "schema"} & set(place) else ():
            if name.startswith(("django", "psycopg")) or {"models", "queries", "commands"} & set(name.split(".")):
                breaches.append(f"{_shown(path, folder)}:{node.lineno}: a pure module imports {name}")
    return breaches


def no_signals(folder: Path) -> list[str]:
    """What follows from what is said by events; signals of the framework would say it behind the reader's back."""
    return [
        f"{_shown(path, folder)}:{node.lineno}: imports signals"
        for path, node in _nodes(folder, ast.ImportFrom, ast.Import)
        if re.search(r"django\.dispatch|\.signals\b|import signals", ast.unparse(node))
    ]


def finished(folder: Path) -> list[str]:
    """No mark of unfinished work, no test that is passed over or looks at a copy of our own code."""
    return [*_found(folder, UNFINISHED, "unfinished"), *_found(folder, UNTRUE_TESTS, "a test that proves nothing")]


def at_home_anywhere(folder: Path) -> list[str]:
    """Nothing refers to the machine, the index of packages or the tools of those who happened to write it."""
    breaches = [
        *_found(folder, SOMEBODYS_MACHINE, "a path of somebody's machine"),
        *_found(folder, ADDRESS_OF_INDEX, "the address of an index"),
        *_found(folder, ASSISTANTS, "a tool of the workplace"),
    ]
    for path, number, line in _lines(folder, ".md", ".yaml", ".yml", ".sh", ".toml", ""):
        for way in WAY_OUT.findall(line):
            places = [(start / way).resolve() for start in (path.parent, folder)]
            if not any(place.is_relative_to(folder.resolve()) and place.exists() for place in places):
                breaches.append(f"{_shown(path, folder)}:{number}: {way} leads to nowhere in this house")
    return breaches


def both_languages(folder: Path) -> list[str]:
    """Every sentence is said in Chinese and in English, with blanks that agree."""
    breaches = []
    for path in _files(folder, ".yaml"):
        if path.parent.name == "words" and path.name in ("zh.yaml", "en.yaml"):
            here, there = _sentences(path), _sentences(path.with_name("en.yaml" if path.stem == "zh" else "zh.yaml"))
            breaches += [f"{_shown(path, folder)}:1: {key} is said here alone" for key in here.keys() - there.keys()]
            for key in here.keys() & there.keys() if path.stem == "zh" else ():
                one, other = _blanks(here[key]), _blanks(there[key])
                if not (one <= other or other <= one):
                    breaches.append(f"{_shown(path, folder)}:1: {key} has other blanks in English")
    return sorted(breaches)


def _files(folder: Path, *kinds: str) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.is_symlink():
            continue
        if path.is_dir():
            yield from _files(path, *kinds)
        elif path.suffix in kinds and not path.name.startswith(".DS"):
            yield path


def _nodes(folder: Path, *kinds: type[Node]) -> Iterator[tuple[Path, Node]]:
    """The nodes of these kinds in all modules, without what stands alone as a sentence (documentation)."""
    for path in _files(folder, ".py"):
        nodes = list(ast.walk(ast.parse(path.read_text(), str(path))))
        sentences = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if isinstance(node, kinds) and (id(node) not in sentences or not isinstance(node, ast.Constant)):
                yield path, node


def _lines(folder: Path, *kinds: str) -> Iterator[tuple[Path, int, str]]:
    for path in _files(folder, *kinds):
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            yield path, number, line


def _found(folder: Path, pattern: re.Pattern[str], what: str) -> list[str]:
    return [f"{_shown(p, folder)}:{n}: {what}" for p, n, line in _lines(folder, *WRITTEN) if pattern.search(line)]


def _fields_of_time(node: ast.ClassDef) -> Iterator[tuple[ast.Name, str]]:
    for step in node.body:
        if isinstance(step, ast.Assign) and isinstance(step.value, ast.Call):
            kind = {"DateTimeField": "an instant", "DateField": "a day"}.get(_last(step.value.func))
            target = step.targets[0]
        elif isinstance(step, ast.AnnAssign):
            said = ast.unparse(step.annotation).removesuffix(" | None")
            kind = {"datetime": "an instant", "datetime.datetime": "an instant", "date": "a day"}.get(said)
            target = step.target
        else:
            continue
        if kind and isinstance(target, ast.Name):
            yield target, kind


def _looks_at_clock(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute) and any(ast.unparse(node).endswith(clock) for clock in CLOCKS):
        return f"{ast.unparse(node)} looks at the clock"
    if isinstance(node, ast.Call) and _last(node.func) == "Now":
        return "the database's clock"
    if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
        return f"{node.arg} looks at the clock"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CLOCK_OF_SQL.search(node.value):
        return "SQL that looks at the clock"
    return None


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _sentences(path: Path) -> dict[str, str]:
    read = yaml.safe_load(path.read_text()) if path.exists() else None
    return {str(key): str(value) for key, value in (read or {}).items()}


def _blanks(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def _shown(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder))

"""Whatever is said has words, and whoever says it fills in their blanks. Refusals without words: see test_refusals."""

import ast
import re
import string
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linli.kernel.words import LANGUAGES, lexicon

SOURCE = Path(__file__).resolve().parents[2] / "src" / "linli"
REFUSALS = {"Refusal", "Unauthenticated", "Forbidden", "Missing", "Conflict", "TooMany", "Unavailable"}
TAG = re.compile(r"""\{%\s*say\s+"([\w.]+)"(\|add:)?([^%]*)%\}""")
KEY = re.compile(r"^([^\s#:'\"][^:]*):(?:\s|$)", re.M)


def wordless(folder: Path) -> list[str]:
    """Keys that are said and that a language has no words for. A composed key asks for one that begins so."""
    return [
        f"{place}: {key}"
        for place, key, _ in _said(folder)
        if not all(_has_words(key, language) for language in LANGUAGES)
    ]


def unfilled(folder: Path) -> list[str]:
    """Sentences with blanks that nobody fills in: the user would see an error of ours instead."""
    breaches = []
    for place, key, given in _said(folder):
        left = _blanks(lexicon("zh").get(key, "")) - (given or set())
        if given is not None and left:
            breaches.append(f"{place}: {key} leaves {', '.join(sorted(left))} blank")
    return breaches


def said_twice(folder: Path) -> list[str]:
    """Keys that stand twice in one file: the second would silently take the place of the first."""
    breaches = []
    for path in sorted(folder.rglob("words/*.yaml")):
        keys = Counter(KEY.findall(path.read_text()))
        breaches += [f"{path.relative_to(folder)}: {key}" for key, times in keys.items() if times > 1]
    return breaches


def _said(folder: Path) -> Iterator[tuple[str, str, set[str] | None]]:
    """Where something is said: the place, the key (of a composed one the beginning), and the names that are filled in;
    None when they are handed on as a whole."""
    for path in sorted(folder.rglob("*.html")):
        for tag in TAG.finditer(path.read_text()):
            key = f"{tag[1]}*" if tag[2] else tag[1]
            yield str(path.relative_to(folder)), key, set(re.findall(r"(\w+)=", tag[3]))
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (keys := list(_keys(node))):
                names = [keyword.arg for keyword in node.keywords]
                given = None if None in names else {name for name in names if name}
                yield from ((f"{path.relative_to(folder)}:{node.lineno}", key, given) for key in keys)


def _keys(call: ast.Call) -> Iterator[str]:
    called = ast.unparse(call.func).removeprefix("words.").removeprefix("refusal.")
    if not call.args or (called != "say" and called not in REFUSALS):
        return
    first = call.args[0]
    for part in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value if called == "say" else f"refusal.{part.value}"
        elif isinstance(part, ast.JoinedStr) and isinstance(part.values[0], ast.Constant) and called == "say":
            yield f"{part.values[0].value}*"


def _has_words(key: str, language: str) -> bool:
    words = lexicon(language)
    if key.startswith("refusal."):
        return True  # a law of its own
    return any(known.startswith(key[:-1]) for known in words) if key.endswith("*") else key in words


def _blanks(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field}


@pytest.mark.parametrize("rule", [wordless, unfilled, said_twice], ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_law(rule: Callable[[Path], list[str]]) -> None:
    assert rule(SOURCE) == []


@pytest.mark.parametrize(
    ("rule", "name", "good", "bad"),
    [
        (wordless, "a.py", 'say("refusal.stale", "zh")', 'say("walks.gone", "zh")'),
        (wordless, "a.py", 'say(f"refusal.{code}")', 'say(f"walks.{code}")'),
        (wordless, "a.html", '{% say "refusal.stale" %}', '{% say "walks.gone" %}'),
        (unfilled, "a.py", 'raise TooMany("too_many", seconds=3)', 'raise TooMany("too_many", second=3)'),
        (unfilled, "a.py", 'raise TooMany("too_many", **data)', 'raise TooMany("too_many")'),
        (unfilled, "a.py", 'say("duration.hours.one", "en", amount=1)', 'say("duration.hours.one", "en")'),
        (unfilled, "a.html", '{% say "refusal.too_many" seconds=wait %}', '{% say "refusal.too_many" as sentence %}'),
        (said_twice, "words/zh.yaml", "here: 这里\nthere: 那里", "here: 这里\nhere: 那里"),
    ],
)
def test_the_law_tells_good_from_bad(
    rule: Callable[[Path], list[str]], name: str, good: str, bad: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(good)
    assert rule(tmp_path) == []
    path.write_text(bad)
    assert len(rule(tmp_path)) == 1

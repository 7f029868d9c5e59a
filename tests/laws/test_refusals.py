"""Whatever is refused is refused in words: every code that the house raises has its sentence in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from linli.kernel.words import LANGUAGES, lexicon

SOURCE = Path(__file__).resolve().parents[2] / "src" / "linli"
REFUSALS = {"Refusal", "Unauthenticated", "Forbidden", "Missing", "Conflict", "TooMany", "Unavailable"}


def wordless(folder: Path) -> list[str]:
    """Codes raised in a folder for which a language has no sentence. A composed code asks for one that begins so."""
    return [
        f"{path.relative_to(folder)}:{line}: {code}"
        for path in sorted(folder.rglob("*.py"))
        for line, code, beginning in _codes(ast.parse(path.read_text()))
        if not all(_said(f"refusal.{code}", beginning, language) for language in LANGUAGES)
    ]


def _codes(tree: ast.AST) -> Iterator[tuple[int, str, bool]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in REFUSALS or not node.args:
            continue
        first = node.args[0]
        for code in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield node.lineno, code.value, False
            elif isinstance(code, ast.JoinedStr) and isinstance(code.values[0], ast.Constant):
                yield node.lineno, str(code.values[0].value), True


def _said(key: str, beginning: bool, language: str) -> bool:
    words = lexicon(language)
    return any(known.startswith(key) for known in words) if beginning else key in words


def test_every_refusal_has_words() -> None:
    assert wordless(SOURCE) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise Missing("not_found")', 0),
        ('raise Missing("gone_for_a_walk")', 1),
        ('return Refusal("matters.ended" if ended else "matters.gone_for_a_walk")', 1),
        ('raise Refusal(f"matters.missing_{field}")', 0),
        ('raise refusal.Conflict(f"walk.missing_{field}")', 1),
        ("raise Refusal(code)", 0),
    ],
)
def test_the_law_tells_good_from_bad(source: str, found: int, tmp_path: Path) -> None:
    (tmp_path / "walk.py").write_text(source)
    assert len(wordless(tmp_path)) == found

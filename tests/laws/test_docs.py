"""The documents are true: what they name is there."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPECIFICATION = importlib.util.spec_from_file_location("check_docs", ROOT / "scripts" / "check_docs.py")
assert SPECIFICATION is not None and SPECIFICATION.loader is not None
check_docs = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(check_docs)

HOUSE = {
    "Makefile": "run:\n\techo\n",
    "src/lamp.py": 'lamp = os.environ["LAMP_OIL"]\n',
    "docs/why.md": "# Why a lamp\n",
    "GLOSSARY.md": "| 灯 | lamp | `lamp` |\n",
}
GOOD = "[why](docs/why.md#why-a-lamp) [out](https://example.org) `make run` `linli light on` `src/*.py` `LAMP_OIL=1`"


def test_the_documents_of_the_house() -> None:
    assert check_docs.main() == 0


def test_good_documents_pass(tmp_path: Path) -> None:
    _write(tmp_path, GOOD)
    assert check_docs.broken(tmp_path, _is_command) == []
    assert check_docs.unknown_words(tmp_path) == []


@pytest.mark.parametrize(
    "bad",
    [
        "[x](docs/gone.md)",
        "[x](docs/why.md#gone)",
        "`make gone`",
        "`linli gone`",
        "`src/gone.py`",
        "`GONE_OIL`",
        "    make gone",
        "    .venv/bin/linli light gone",
    ],
)
def test_what_is_not_there_is_found(bad: str, tmp_path: Path) -> None:
    _write(tmp_path, bad)
    assert len(check_docs.broken(tmp_path, _is_command)) == 1


def test_a_word_that_the_code_does_not_use_is_found(tmp_path: Path) -> None:
    _write(tmp_path, GOOD)
    (tmp_path / "GLOSSARY.md").write_text("| 烛 | candle | `candle` |\n")
    assert len(check_docs.unknown_words(tmp_path)) == 1


def _write(folder: Path, readme: str) -> None:
    for name, text in {**HOUSE, "README.md": readme + "\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def _is_command(name: str, part: str | None) -> bool:
    return name == "light" and part in (None, "on")

"""The floors: import-linter with the house's own contracts, on the house and on two small houses made for this."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "kernel/event.py": "",
    "people/models.py": "from linli.kernel import event",
    "matters/commands.py": "from linli.people import models",
    "indicators/projections.py": "from linli.kernel import event",
    "channels/web/pages.py": "from linli.matters import commands",
    "channels/api/routes.py": "from linli.matters import commands",
}
BAD = {
    "a lower floor imports an upper one": {"kernel/relay.py": "from linli.matters import commands"},
    "an organ imports its sibling": {"indicators/rules.py": "def f():\n    import linli.matters.commands"},
    "a channel imports another": {"channels/api/forms.py": "from linli.channels.web import pages"},
    "a room that is on no floor": {"attic/box.py": ""},
}


def test_the_house_keeps_its_floors() -> None:
    code, said = _lint(ROOT / "src")
    assert code == 0, said


def test_a_good_house_passes(tmp_path: Path) -> None:
    code, said = _lint(_house(tmp_path, GOOD))
    assert code == 0, said


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_house_is_found_out(fault: str, tmp_path: Path) -> None:
    code, said = _lint(_house(tmp_path, {**GOOD, **BAD[fault]}))
    assert code == 1, said


def _house(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / "linli" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    for place in [folder / "linli", *(path for path in (folder / "linli").rglob("*") if path.is_dir())]:
        (place / "__init__.py").touch()
    return folder


def _lint(source: Path) -> tuple[int, str]:
    """Exit code and words of import-linter on the package `linli` in `source`."""
    program = "import sys; sys.path.insert(0, sys.argv[1]); from importlinter.cli import lint_imports as lint\n"
    program += "sys.exit(lint(config_filename=sys.argv[2], no_cache=True))"
    command = [sys.executable, "-c", program, str(source), str(ROOT / "pyproject.toml")]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=source)
    return answer.returncode, answer.stdout + answer.stderr

"""The program `linli`: plain words for the person at the keyboard."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from django.db import OperationalError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState

from linli.channels.console.checks import missing_migrations
from linli.channels.console.failure import ConsoleFailure
from linli.channels.console.main import COMMANDS, linli, plain_words
from linli.kernel.refusal import Conflict


def test_help_lists_what_exists_and_loads_nothing() -> None:
    script = "import sys\nfrom linli.channels.console.main import linli\n"
    script += "try: linli(['--help'])\nfinally: print('loaded', 'django' in sys.modules, 'psycopg' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "loaded False False" in said
    existing = linli.list_commands(click.Context(linli))
    assert {"run", "work", "migrate", "check"} <= set(existing) <= set(COMMANDS)
    assert all(name in said for name in existing)


def test_every_listed_command_can_be_loaded(tmp_path: Path) -> None:
    for name in linli.list_commands(click.Context(linli)):
        surroundings = {**os.environ, "DATA_DIR": str(tmp_path / "var")}
        command = [sys.executable, "-m", "linli.channels.console", name, "--help"]
        answer = subprocess.run(command, env=surroundings, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        assert not (tmp_path / "var" / "postgres").exists(), "asking for help starts no database"


def test_an_unknown_command_is_a_sentence() -> None:
    answer = subprocess.run([sys.executable, "-m", "linli.channels.console", "dance"], capture_output=True, text=True)
    assert answer.returncode == 2
    assert "No such command 'dance'" in answer.stderr and "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (ConsoleFailure("the cellar is under water"), "linli: the cellar is under water"),
        (FileNotFoundError(2, "No such file or directory", "places.xlsx"), "No such file or directory: places.xlsx"),
        (OperationalError("connection refused"), "linli: the database does not answer: connection refused"),
    ],
)
def test_failures_of_the_user_are_sentences(problem: Exception, sentence: str) -> None:
    assert (plain_words(problem) or "").endswith(sentence)


def test_a_refusal_is_said_in_the_language_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Conflict("stale", version=3)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    chinese = plain_words(refusal)
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert chinese and chinese != plain_words(refusal)


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    assert plain_words(ZeroDivisionError()) is None


def test_a_model_without_migration_is_found() -> None:
    present = MigrationLoader(None, ignore_no_migrations=True).project_state()
    assert missing_migrations(present.clone()) == []
    present.add_model(ModelState("kernel", "Lamp", fields=[]))
    assert len(missing_migrations(present)) == 1

"""The program `linli`. Commands are loaded when they are called; each names the login that it works with."""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from linli.channels.console.failure import ConsoleFailure

HOUSE = Path(__file__).resolve().parents[4]
ROOM = "linli.channels.console"


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: where it lives ("module:function") and as whom it uses the database ("app", "owner"; None: not)."""

    target: str
    login: str | None
    summary: str


COMMANDS = {
    "run": Entry("processes:run", None, "Run everything: database, pages, worker."),
    "work": Entry("work:work", "app", "Relay events and run recurring jobs until told to stop."),
    "migrate": Entry("migrations:migrate", "owner", "Bring the database to the state that this version needs."),
    "check": Entry("checks:check", None, "Check what belongs to the program: migrations, methods."),
    "district": Entry("district:district", "owner", "Create districts and bring their divisions up to date."),
    "places": Entry("places:places", "app", "Import grids, buildings, entrances and dwellings."),
    "demo": Entry("demo:demo", "app", "The demo district: make it anew, show its accounts."),
    "evaluate": Entry("evaluate:evaluate", None, "Try the platform on a folder of real data."),
    "audit": Entry("audit:audit", "app", "Walk every chain of history and say whether it is whole."),
    "rebuild": Entry("rebuild:rebuild", "app", "Compute projections anew from history."),
    "account": Entry("account:account", "app", "Accounts of staff: invite, block, unlock."),
    "method": Entry("method:method", "app", "Work methods: check, adopt."),
}


class Console(click.Group):
    """The group `linli`: lists what exists, loads what is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [name for name, entry in COMMANDS.items() if find_spec(f"{ROOM}.{_module(entry)}")]

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].summary) for name in self.list_commands(context)])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        entry = COMMANDS[name]
        asks_for_help = bool({"--help", "-h"} & set(sys.argv[1:]))
        if entry.login and not asks_for_help:
            context.with_resource(database(entry.login))
        if entry.login:
            _set_up_django()
        module, _, function = entry.target.partition(":")
        command: click.Command = getattr(importlib.import_module(f"{ROOM}.{module}"), function)
        return command


@click.group(cls=Console, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="linli")
def linli() -> None:
    """Linli 邻里: an open platform on which a neighbourhood runs its affairs.

    DATA_DIR names the folder that keeps everything (default: var in the checkout); DATABASE_URL and
    OWNER_DATABASE_URL name a PostgreSQL other than the embedded one.
    """


def main() -> None:
    """Runs the program; failures that the person at the keyboard can mend end with a sentence and exit code 1."""
    try:
        sys.exit(linli.main(standalone_mode=False))
    except click.ClickException as mistake:
        mistake.show()
        sys.exit(mistake.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Exception as problem:
        if (sentence := plain_words(problem)) is None:
            raise
        click.echo(sentence, err=True)
        sys.exit(1)


@contextmanager
def database(login: str) -> Iterator[None]:
    """Lets this process find its database by `login`: the one named in the environment, else the embedded server.

    The embedded server is joined when it runs, else started and stopped again at the end.
    """
    from linli.channels.console import postgres, premises

    os.environ["LINLI_LOGIN"] = login
    requested = use_data_dir()
    if os.environ.get("OWNER_DATABASE_URL" if login == "owner" else "DATABASE_URL"):
        yield
        return
    server = postgres.start(requested)
    os.environ.update(DATABASE_URL=server.app_url, OWNER_DATABASE_URL=server.owner_url)
    try:
        yield
    finally:
        _close_connections()
        server.stop()
        premises.hand_over(server.data_dir)


def use_data_dir() -> Path:
    """The folder that keeps everything, as it is really used; also put into the environment, for settings."""
    from linli.channels.console import premises

    requested = Path(os.environ.get("DATA_DIR") or HOUSE / "var").resolve()
    used = premises.data_dir_for(requested)
    if used != requested:
        click.echo(f"The data lie in {used}: the servers' user cannot reach {requested}", err=True)
    os.environ["DATA_DIR"] = str(used)
    premises.prepare(used)
    if (used / "demo").exists():
        os.environ.setdefault("LINLI_DEMO", "1")
    return used


def plain_words(problem: Exception) -> str | None:
    """What to tell the person at the keyboard; None for a fault of the program, which deserves its traceback."""
    if isinstance(problem, ConsoleFailure):
        return f"linli: {problem}"
    if isinstance(problem, OSError) and problem.filename:
        return f"linli: {problem.strerror}: {problem.filename}"
    from django.db import OperationalError

    from linli.kernel.refusal import Refusal
    from linli.kernel.words import say

    if isinstance(problem, Refusal):
        language = "zh" if os.environ.get("LANG", "").startswith("zh") else "en"
        return f"linli: {say(f'refusal.{problem.code}', language, **problem.data)}"
    if isinstance(problem, OperationalError):
        return f"linli: the database does not answer: {str(problem).strip()}"
    return None


def _module(entry: Entry) -> str:
    return entry.target.partition(":")[0]


def _set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    django.setup()


def _close_connections() -> None:
    django_database: Any = sys.modules.get("django.db")
    if django_database is not None:
        django_database.connections.close_all()

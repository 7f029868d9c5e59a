"""`linli places`: bring grids, buildings, entrances and dwellings in from an Excel workbook."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from linli.channels.console.district import FILE, language, only
from linli.channels.console.failure import ConsoleFailure
from linli.kernel.actor import SYSTEM
from linli.kernel.registry import tenants
from linli.kernel.words import LANGUAGES, say
from linli.territory.arrangement import Arrangement, Fault
from linli.territory.commands import import_places
from linli.territory.commands.lists import plan_import
from linli.territory.coordinates import System
from linli.territory.workbook import DEFAULT_SYSTEM, read_workbook, sentence, write_template


@click.group()
def places() -> None:
    """Import grids, buildings, entrances and dwellings."""


@places.command("import")
@click.argument("file", type=FILE)
@click.option("--district", "code", help="The district's code, where there are several.")
@click.option(
    "--crs", type=click.Choice([system.value for system in System]), default=DEFAULT_SYSTEM.value, show_default=True,
    help="The coordinate system of rows that do not name one.",
)  # fmt: skip
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The date from which it holds; default: today.")
@click.option("--keep-good", is_flag=True, help="Import the rows without errors, leave out the others.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_workbook(
    file: Path, code: str | None, crs: str, on: datetime | None, keep_good: bool, dry_run: bool
) -> None:
    """Import the workbook FILE (see `linli places template`). Every error is listed; with errors nothing is imported.

    Importing a workbook again makes nothing twice: a place of the same name in the same place is the same place.
    """
    found = only(tenants.all_districts(), code)
    reading = read_workbook(file, System(crs))
    with tenants.district(found.code):
        plan = plan_import(reading.rows)
        faults = sorted([*reading.faults, *plan.faults], key=lambda fault: (fault.sheet, fault.row))
        _print_faults(faults)
        if faults and not keep_good:
            count = len({(fault.sheet, fault.row) for fault in faults})
            raise ConsoleFailure(say("refusal.territory.rows_at_fault", language(), count=count))
        if not dry_run and not plan.is_empty:
            from_on = on.date() if on else datetime.now(ZoneInfo(found.zone)).date()
            import_places(
                by=SYSTEM, at=datetime.now(UTC), rows=reading.rows, on=from_on, source=file.name, keep_good=keep_good
            )
    _print_plan(plan)


@places.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=Path("places.xlsx"))
@click.option("--language", "chosen", type=click.Choice(LANGUAGES), default="zh", show_default=True)
def template(file: Path, chosen: str) -> None:
    """Write an empty workbook to fill in, with a guide (default: places.xlsx)."""
    write_template(file, chosen)
    click.echo(str(file))


def _print_faults(faults: list[Fault]) -> None:
    for fault in faults:
        click.echo(sentence(fault, language()), err=True)


def _print_plan(plan: Arrangement) -> None:
    levels: dict[str, int] = {}
    for node in plan.new:
        levels[node.level] = levels.get(node.level, 0) + 1
    new = ", ".join(f"{say(f'territory.level.{level}', language())} {count}" for level, count in levels.items())
    data: dict[str, Any] = {"new": new or "0", "changed": plan.changed, "moved": len(plan.moved)}
    click.echo(say("territory.console.imported", language(), **data, unchanged=plan.unchanged))

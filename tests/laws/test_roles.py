"""Nobody sees what is not theirs: every address, query and table, as every role in two sibling grids, as residents and
as a user without a post, on committed data with the application login."""

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import get_resolver, path

from linli.channels.api.application import api
from linli.channels.web.visitor import actor as visitor
from linli.indicators import queries as indicators
from linli.kernel import relay
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.refusal import Refusal
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from linli.matters import photo_reading, portrait, queries, situation
from linli.matters.models import Matter, Note
from linli.people import directory
from linli.people.models import Absence, Account, Holding, Party, Session
from tests.cast import Scene
from tests.conftest import DISTRICT
from tests.laws import roles
from tests.laws.roles import NAMES, ROLES, SEES, Route, World, leaks, told

LEAVES = {"sign_out", "end_other_sessions"}  # these would end the sessions that the law itself asks with
OUTSIDERS = ("nobody", "stranger", "bob", "grid_worker1")  # to whom nothing of Anna's is theirs


@pytest.fixture(scope="module")
def world(_scene: Scene) -> World:
    with tenants.district(DISTRICT):
        made = roles.make_world(_scene)
        relay.drain(datetime.now(UTC))
        return made


@pytest.fixture(autouse=True)
def _here(world: World) -> Iterator[None]:
    with tenants.district(DISTRICT):
        yield


def house() -> list[Route]:
    return list(roles.routes(get_resolver("linli.urls").url_patterns))


# Addresses ----------------------------------------------------------------------------------------------------------


def test_the_law_knows_every_address(world: World) -> None:
    assert roles.uncovered(house(), roles.values(world)) == []
    assert len(house()) > 40


@pytest.mark.parametrize("role", ROLES)
def test_no_address_shows_a_role_what_is_not_theirs(world: World, role: str) -> None:
    client, known, found = world.client(role), roles.values(world), []
    for route in house():
        if route.name in LEAVES:
            continue
        for address in roles.addresses(route, known):
            for question in roles.questions(world) if not route.parameters else [""]:
                answer = client.get(address + question)
                assert answer.status_code < 500, (address, answer.status_code)
                # what was asked for stands in the field that it was typed into
                secrets = {s: who for s, who in world.secrets.items() if s not in _asked(address + question, world)}
                found += [f"{address}{question}: {secret}" for secret in leaks(role, told(answer), secrets)]
    assert found == []


@pytest.mark.parametrize("role", OUTSIDERS)
def test_no_address_lets_an_outsider_change_what_is_not_theirs(world: World, role: str) -> None:
    client, known, before = world.client(role), roles.values(world), _state(world)
    mine = (
        {str(world.matters["bob"]), str(world.photos["bob"]), str(world.parties["bob"])} if role != "nobody" else set()
    )
    data = {
        "note": "改一改",
        "rating": "5",
        "reason": "看一看",
        "party": str(world.parties.get(role, 0)),
        "name": "改名",
    }
    found = []
    for route in house():
        if route.name in LEAVES or not route.parameters:
            continue
        for address in roles.addresses(route, known):
            if mine & set(address.strip("/").split("/")) or route.name in ("follow", "reported"):
                continue
            body = {"move": "accept", "version": 3, "gives": {}} if address.startswith("/api/") else data
            kind = {"content_type": "application/json"} if address.startswith("/api/") else {}
            answer = client.post(address, body, **kind)
            assert answer.status_code < 500, (address, answer.status_code)
            found += [f"{address}: {secret}" for secret in leaks(role, told(answer), world.secrets)]
            assert _state(world) == before, address
    assert found == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("whose", SEES)
def test_a_matter_is_shown_to_those_and_only_those(world: World, role: str, whose: str) -> None:
    client, matter, photo = world.client(role), world.matters[whose], world.photos[whose]
    word = next(secret for secret, who in world.secrets.items() if who is SEES[whose] and len(secret) == 4)
    sees = role in SEES[whose]
    for address in (f"/api/v1/matters/{matter}", f"/api/v1/matters?q={word}", f"/matters/{matter}/"):
        assert (word in told(client.get(address))) is sees, address
    for address in (f"/api/v1/photos/{photo}", f"/photos/{photo}/small/"):
        assert (client.get(address).headers["Content-Type"] == "image/jpeg") is sees, address
    actor = world.actor(role)
    with scope(actor):
        assert Matter.objects.filter(pk=matter).exists() is sees
        assert Note.objects.filter(matter_id=matter).exists() is sees


def test_the_api_has_the_operations_that_the_law_has_thought_about() -> None:
    """Each with what it shows: a new one is a new question to this law."""
    shown = {
        "POST /api/v1/session": "a token to whoever proves who they are",
        "GET /api/v1/places": "places, which hold no personal data",
        "GET /api/v1/kinds": "kinds, the same to everybody",
        "POST /api/v1/photos": "the id of one's own upload",
        "GET /api/v1/photos/{photo}": "a photo to whoever sees its matter",
        "POST /api/v1/matters": "where one's own matter stands",
        "GET /api/v1/matters": "matters in reach, held, once held, or one's own",
        "GET /api/v1/matters/{matter}": "the same, one",
        "POST /api/v1/matters/{matter}/moves": "where it stands, to whoever may move it or follows it",
        "POST /api/v1/matters/{matter}/undo": "where it stands, to whoever moved it",
        "GET /api/v1/indicators": "figures of places in reach",
    }
    there = api.get_openapi_schema()["paths"]
    assert {f"{method.upper()} {address}" for address, methods in there.items() for method in methods} == set(shown)


# Queries ------------------------------------------------------------------------------------------------------------

NOW = datetime(2099, 1, 1, tzinfo=UTC)
Ask = Callable[[World, Actor], Any]


def _matters(world: World) -> list[int]:
    return list(world.matters.values())


def _each(function: Callable[..., Any], *lists: list[Any]) -> Ask:
    """Ask for each thing in turn; what is refused says nothing."""

    def ask(world: World, actor: Actor) -> list[Any]:
        answers = []
        for thing in lists[0]:
            try:
                answers.append(function(world, actor, thing))
            except Refusal as refusal:
                answers.append(refusal.data)
        return answers

    return ask


def _of_each_matter(function: Callable[[Actor, int], Any]) -> Ask:
    return lambda world, actor: _each(lambda _, by, one: function(by, one), _matters(world))(world, actor)


QUERIES: dict[ModuleType, dict[str, Ask | str]] = {
    queries: {
        "current_kinds": "kinds are public",
        "current_kind": "kinds are public",
        "visible_to": lambda world, actor: queries.visible_to(actor),
        "can_see": "says yes or no to a command that sees everything; see test_can_see_says_what_the_database_says",
        "access_matter": _of_each_matter(lambda actor, one: queries.access_matter(actor, one)),
        "listed": lambda world, actor: [
            queries.listed(actor, NOW, **asked).rows
            for asked in (
                {},
                {"held_by_me": True},
                {"reported_by_me": True},
                {"words": "蝴蝶琥珀"},
                {"words": "蜻蜓翡翠"},
            )
        ],
        "held_by": lambda world, actor: queries.held_by(actor),
        "counted_lights": lambda world, actor: queries.counted_lights(actor, NOW),
        "asking": lambda world, actor: queries.asking(actor),
        "counted_mine": lambda world, actor: queries.counted_mine(actor),
        "places_reported": lambda world, actor: queries.places_reported(actor),
        "followed": lambda world, actor: queries.followed(actor),
        "followed_face": _of_each_matter(lambda actor, one: queries.followed_face(actor, one)),
        "shared_by": lambda world, actor: queries.shared_by(actor, _matters(world)),
        "open_nearby": "the public face of matters: no words, no persons",
        "results": "the public face of matters: no words, no persons",
        "overdue_open": "a number",
        "light": "a colour",
    },
    portrait: {
        "portrait": _of_each_matter(lambda actor, one: portrait.portrait(actor, one, NOW)),
        "seconds_left": "a number",
    },
    photo_reading: {"photo_bytes": "opens a scope of its own; see test_a_matter_is_shown_to_those_and_only_those"},
    situation: dict.fromkeys(
        ("situation", "situations", "acting_posts", "facts_for", "candidates", "rules_of"),
        "places, and who fills which seat, which is public by office",
    ),
    indicators: {
        "measure_names": "names of measures",
        "series": lambda world, actor: indicators.series(actor, "opened", place=None, from_on=None, to_on=None),
        "sums": "figures for public pages, which hide small numbers themselves",
    },
    directory: {
        "shown_names": lambda world, actor: directory.shown_names(world.parties.values(), NOW),
        "people_list": lambda world, actor: [
            directory.people_list(NOW, search=search) for search in ("", *NAMES.values(), "13600009000", "13600009001")
        ],
        "person": lambda world, actor: [directory.person(party, NOW) for party in world.parties.values()],
        "my_details": lambda world, actor: directory.my_details(actor.party or 0),
        "my_sessions": lambda world, actor: directory.my_sessions(actor.party or 0, NOW),
        "posts_at": "who holds which post is public by office",
        "vacancies": "numbers of vacancies",
        "candidates": "who may stand in, by the name shown in office",
        "absences_of": lambda world, actor: [directory.absences_of(party, NOW) for party in world.parties.values()],
        "own_name": lambda world, actor: directory.own_name(actor),
    },
}


def untold(module: ModuleType, known: dict[str, Any]) -> list[str]:
    """Public functions of a module that the law has not thought about."""
    here = inspect.getmembers(module, inspect.isfunction)
    return [
        name
        for name, function in here
        if function.__module__ == module.__name__ and name[0] != "_" and name not in known
    ]


@pytest.mark.parametrize("module", QUERIES, ids=lambda module: module.__name__)
def test_the_law_knows_every_query(module: ModuleType) -> None:
    assert untold(module, QUERIES[module]) == []


@pytest.mark.parametrize("role", ROLES)
def test_no_query_shows_a_role_what_is_not_theirs(world: World, role: str) -> None:
    actor = world.actor(role)
    for module, functions in QUERIES.items():
        for name, ask in functions.items():
            if callable(ask):
                with scope(actor):
                    assert leaks(role, told(ask(world, actor)), world.secrets) == [], f"{module.__name__}.{name}"


@pytest.mark.parametrize("role", ROLES)
def test_can_see_says_what_the_database_says(world: World, role: str) -> None:
    actor = world.actor(role)
    for whose, matter in world.matters.items():
        with scope(SYSTEM):
            assert queries.can_see(actor, Matter.objects.get(pk=matter)) is (role in SEES[whose])


@pytest.mark.parametrize("role", ROLES)
def test_no_table_shows_a_role_what_is_not_theirs(world: World, role: str) -> None:
    with scope(world.actor(role)):
        found = {table: leaks(role, text, world.secrets) for table, text in roles.tables().items()}
    # An event and its delivery name photos by their ids, which open nothing by themselves.
    assert {table: secrets for table, secrets in found.items() if secrets and table != "kernel_event"} == {}
    assert all(UUID(secret) for secret in found["kernel_event"])


def test_outside_of_a_scope_every_table_is_silent(world: World) -> None:
    found = {table: leaks("nobody", text, world.secrets) for table, text in roles.tables().items()}
    assert {table for table, secrets in found.items() if secrets} <= {"kernel_event"}


# Good and bad -------------------------------------------------------------------------------------------------------


def _leaky(request: HttpRequest, matter: int) -> HttpResponse:
    with scope(SYSTEM):
        return HttpResponse(" ".join(Note.objects.filter(matter_id=matter).values_list("text", flat=True)))


def _tight(request: HttpRequest, matter: int) -> HttpResponse:
    with scope(visitor(request)):
        return HttpResponse(" ".join(Note.objects.filter(matter_id=matter).values_list("text", flat=True)))


urlpatterns = [path("leaky/<int:matter>/", _leaky, name="leaky"), path("tight/<int:matter>/", _tight, name="tight")]


def test_the_law_finds_a_page_that_looks_past_the_scope(world: World) -> None:
    client, known = world.client("bob"), roles.values(world)
    for route in roles.routes(urlpatterns):
        with override_settings(ROOT_URLCONF=__name__):
            shown = [told(client.get(address)) for address in roles.addresses(route, known)]
        found = [secret for text in shown for secret in leaks("bob", text, world.secrets)]
        assert found == (["蝴蝶琥珀"] if route.name == "leaky" else []) and any("蜻蜓翡翠" in text for text in shown)


def test_the_law_finds_an_address_and_a_query_that_nobody_thought_about() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    good, bad = path("matters/<int:matter>/", page, name="good"), path("diaries/<int:diary>/", page, name="bad")
    assert roles.uncovered(roles.routes([good]), {"matter": ["1"]}) == []
    assert roles.uncovered(roles.routes([bad]), {"matter": ["1"]}) == [
        "bad: diaries/<int:diary>/ has the parameter diary"
    ]
    assert untold(queries, dict.fromkeys(name for name, _ in inspect.getmembers(queries))) == []
    assert "listed" in untold(queries, {})


def _asked(address: str, world: World) -> set[str]:
    return {secret for secret in world.secrets if secret in unquote(address)}


def _state(world: World) -> Any:
    """What must not change: versions of matters and people, who holds what, who is signed in, who is away."""
    with scope(SYSTEM):
        return (
            list(Matter.objects.filter(pk__in=_matters(world)).order_by("pk").values_list("version", "state")),
            list(
                Party.objects.filter(pk__in=world.parties.values()).order_by("pk").values_list("pk", "version", "name")
            ),
            list(Holding.objects.order_by("pk").values_list("pk", "party_id", "until_at")),
            list(Session.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True)),
            list(Account.objects.filter(is_active=False).values_list("pk", flat=True)),
            list(Absence.objects.order_by("pk").values_list("pk", "until_at")),
        )

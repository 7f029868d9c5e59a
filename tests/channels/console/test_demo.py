"""The demo district: made once by the program itself in an installation of its own, then looked at."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.channels.console import cast, demo_pictures, postgres
from linli.channels.console.demo_names import invented_names
from linli.channels.console.demo_stories import Story, stories, timed
from linli.kernel.calendar import Calendar, seed
from linli.matters.photos import read_photo

UNTIL = datetime(2026, 3, 4, 3, 10, tzinfo=UTC)  # a Wednesday, 11:10 in Shuangyashan
ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(ZONE, *seed(range(2020, 2030)))
TOLD = stories()


class Made:
    """The demo, and the program that made it."""

    def __init__(self, data_dir: Path, server: postgres.Server) -> None:
        self.data_dir, self.url = data_dir, server.app_url

    def linli(self, *words: str) -> "subprocess.CompletedProcess[str]":
        ours = {"DATABASE_URL", "OWNER_DATABASE_URL", "LINLI_LOGIN", "LINLI_DEMO", "DJANGO_SETTINGS_MODULE", "LANG"}
        surroundings = {name: value for name, value in os.environ.items() if name not in ours}
        command = [sys.executable, "-m", "linli.channels.console", *words]
        return subprocess.run(
            command, env={**surroundings, "DATA_DIR": str(self.data_dir)}, capture_output=True, text=True
        )

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query finds in the district, on behalf of the machine, which sees everything."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SET LOCAL search_path = d230503; SET LOCAL linli.role = 'system'")
            connection.execute("SET LOCAL linli.reach = '{(,)}'")
            return connection.execute(query).fetchall()

    def one(self, query: str) -> object:
        [[value]] = self.rows(query)
        return value

    @cached_property
    def accounts(self) -> list[dict[str, object]]:
        answer = self.linli("demo", "accounts", "--json")
        assert answer.returncode == 0, answer.stderr
        return list(json.loads(answer.stdout))


@pytest.fixture(scope="module")
def made(data_dir: Path) -> Iterator[Made]:
    server = postgres.start(data_dir)
    demo = Made(data_dir, server)
    answer = demo.linli("demo", "reset", "--until", f"{UNTIL:%Y-%m-%dT%H:%M}")
    assert answer.returncode == 0, answer.stderr
    yield demo
    server.stop()


def test_the_places_are_all_there(made: Made) -> None:
    counts = dict(made.rows("SELECT level, count(*) FROM territory_place WHERE ended_on IS NULL GROUP BY level"))
    assert (counts["grid"], counts["building"], counts["dwelling"]) == (214, 285, 16_147)
    kinds = dict(made.rows("SELECT kind, count(*) FROM territory_place GROUP BY kind"))
    assert (kinds["subdistrict"], kinds["township"], kinds["community"], kinds["village"]) == (6, 1, 14, 7)


def test_matters_stand_in_every_state(made: Made) -> None:
    states = dict(made.rows("SELECT state, count(*) FROM matters_matter GROUP BY state"))
    assert set(states) == {"reported", "working", "waiting", "solved", "closed", "lapsed", "declined"}
    assert sum(states.values()) == len(TOLD) >= 50
    ratings = made.rows("SELECT DISTINCT rating FROM matters_matter WHERE rating IS NOT NULL")
    assert len(ratings) >= 4


def test_all_three_lights_are_on(made: Made) -> None:
    light = f"CASE WHEN due_at < '{UNTIL}' THEN 'red' WHEN yellow_at <= '{UNTIL}' THEN 'yellow' ELSE 'green' END"
    lights = dict(made.rows(f"SELECT {light}, count(*) FROM matters_matter WHERE ended_at IS NULL GROUP BY 1"))
    assert all(lights[colour] >= 3 for colour in ("green", "yellow", "red"))


def test_everything_that_can_happen_to_a_matter_happened(made: Made) -> None:
    moves = {move for [move] in made.rows("SELECT DISTINCT body->>'move' FROM kernel_event WHERE name ~ '^matters'")}
    assert moves >= {
        "take_on", "escalate", "raise_up", "send_down", "hand_over", "pause", "resume", "solve", "accept", "lapse",
        "reopen", "complain", "decline", "follow", "alarm", "remind",
    }  # fmt: skip
    assert made.one("SELECT count(*) FROM matters_photo WHERE matter_id IS NOT NULL") == sum(
        len(story.photos) + sum(len(step.photos) for step in story.then) for story in TOLD
    )
    assert made.one("SELECT count(*) FROM kernel_delivery") == 0


def test_nothing_happened_after_the_end_or_before_the_beginning(made: Made) -> None:
    first, last = made.rows("SELECT min(at), max(at) FROM kernel_event")[0]
    assert first == UNTIL - timedelta(days=60)
    assert isinstance(last, datetime) and UNTIL - timedelta(hours=20) < last <= UNTIL


def test_figures_agree_with_the_matters(made: Made) -> None:
    counted = "SELECT sum(total) FROM indicators_tally t JOIN indicators_measure m ON m.id = measure_id WHERE m.name = "
    assert made.one(f"{counted}'opened'") == len(TOLD)
    ended = "SELECT count(*) FROM kernel_event WHERE name = 'matters.matter.moved' AND body->>'outcome' <> ''"
    assert made.one(f"{counted}'closed'") == made.one(ended)


def test_history_is_whole(made: Made) -> None:
    assert made.linli("audit", "--district", "230503").returncode == 0


def test_accounts_are_those_of_the_documented_roles(made: Made) -> None:
    accounts = made.accounts
    assert [account["role"] for account in accounts] == [
        "resident", "building_head", "grid_worker", "grid_worker", "community_desk", "supervisor", "district_office",
        "administrator",
    ]  # fmt: skip
    assert all(set(account) == {"role", "name", "phone", "password", "place"} for account in accounts)
    assert made.one("SELECT count(*) FROM people_account") == len(cast.MEMBERS)


def test_the_resident_lives_in_the_grid_of_the_first_worker(made: Made) -> None:
    resident, _, first, second, *_ = (account["place"] for account in made.accounts)
    inside = f"SELECT home.path - grid.path FROM territory_place home, territory_place grid WHERE home.id = {resident}"
    below = f"{inside} AND home.path >= grid.path AND grid.id = "
    assert made.rows(f"{below}{first} AND home.path < grid.path + (1::bigint << 28)")
    parents = made.rows(f"SELECT parent_id, level FROM territory_place WHERE id IN ({first}, {second})")
    assert first != second and len(set(parents)) == 1 and parents[0][1] == "grid"


def test_a_vacancy_and_a_substitute_can_be_seen(made: Made) -> None:
    assert made.one("SELECT count(*) FROM people_absence WHERE substitute_id IS NOT NULL") == 1
    assert made.one("SELECT count(*) FROM people_absence WHERE substitute_id IS NULL") == 1
    empty = "SELECT count(*) FROM people_seat s WHERE NOT EXISTS (SELECT 1 FROM people_holding h WHERE"
    assert made.one(f"{empty} h.seat_id = s.id AND h.until_at IS NULL)") == 1
    filled = made.one("SELECT count(*) FROM people_seat WHERE post = 'grid_worker'")
    assert isinstance(filled, int) and 200 < filled < 214, "most grids have a worker, a few have none"


def test_a_district_that_is_no_demo_is_left_alone(made: Made) -> None:
    mark = made.data_dir / "demo"
    mark.unlink()
    answer = made.linli("demo", "reset")
    mark.touch()
    assert answer.returncode == 1 and "no demo" in answer.stderr and not answer.stderr.count("Traceback")
    assert made.one("SELECT count(*) FROM matters_matter") == len(TOLD)


@pytest.mark.parametrize("story", TOLD, ids=[story.what[:12] for story in TOLD])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_story_fits_into_the_past_whenever_that_ends(story: Story, data: st.DataObject) -> None:
    minutes = data.draw(st.integers(0, 3 * 365 * 24 * 60))
    until = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    instants = timed(story, until, CALENDAR, Random(data.draw(st.integers(0, 99))))
    assert all(before < after for before, after in pairwise(instants))
    assert until - timedelta(days=55) < instants[0] and instants[-1] <= until
    assert all(7 <= at.astimezone(ZONE).hour < 22 for at in instants), "people sleep"


def test_the_same_seed_gives_the_same_instants() -> None:
    for story in TOLD:
        assert timed(story, UNTIL, CALENDAR, Random(7)) == timed(story, UNTIL, CALENDAR, Random(7))


def test_names_are_invented_and_none_comes_twice() -> None:
    names = invented_names(Random(1), ["王海涛"])
    found = [next(names) for _ in range(2_000)]
    assert len(set(found)) == 2_000 and "王海涛" not in found
    again = invented_names(Random(1), ["王海涛"])
    assert [next(again) for _ in range(50)] == found[:50]


def test_every_picture_of_a_story_is_a_photo() -> None:
    for name in {name for story in TOLD for part in (story, *story.then) for name in part.photos}:
        assert read_photo(demo_pictures.picture(name)).width >= 640

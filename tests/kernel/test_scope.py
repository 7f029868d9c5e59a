"""The scope: without it protected tables are empty, with it they show what the actor may see. As the application."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from linli.kernel.actor import CLOCK, NOBODY, POLICY, SYSTEM, Actor, Post
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from linli.kernel.security import PARTY, REACH, SEATS, Protect
from tests.installation import DISTRICT, SCRATCH, owner_login

DESK = Post(seat=3, name="community_desk", place=1, low=16, high=32)
HEAD = Post(seat=4, name="building_head", place=2, low=40, high=41)
ANN = Actor("person", party=7)
DESK_WORKER = Actor("person", party=8, posts=(DESK, HEAD))
ROWS = {1: (16, 9, 0), 2: (31, 7, 0), 3: (32, 7, 0), 4: (40, 9, 0), 5: (99, 9, 3)}  # id: path, reporter, seat


@pytest.fixture(scope="module")
def _table(installation: str) -> Iterator[None]:
    protect = Protect(
        "test_letter", f"path <@ {REACH} OR reporter_id = {PARTY} OR seat_id = ANY ({SEATS})", check=f"path <@ {REACH}"
    )
    with owner_login(), tenants.district(SCRATCH), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE test_letter (id bigint PRIMARY KEY, path bigint, reporter_id bigint, seat_id bigint)"
        )
        cursor.execute(protect.sql)
        tenants.grant(connection.schema_name)
    yield
    with owner_login(), tenants.district(SCRATCH), connection.cursor() as cursor:
        cursor.execute(protect.reverse_sql)
        cursor.execute("DROP TABLE test_letter")


@pytest.fixture
def letters(_table: None) -> Iterator[None]:
    with tenants.district(SCRATCH):
        with scope(SYSTEM), connection.cursor() as cursor:
            cursor.execute("DELETE FROM test_letter")
            rows = [(number, *row) for number, row in ROWS.items()]
            cursor.executemany("INSERT INTO test_letter VALUES (%s, %s, %s, %s)", rows)
        yield


def _visible() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM test_letter")
        return {row[0] for row in cursor.fetchall()}


def test_without_a_scope_there_is_nothing(letters: None) -> None:
    assert _visible() == set()
    with transaction.atomic():
        assert _visible() == set()


@pytest.mark.parametrize(
    ("actor", "visible"),
    [
        (NOBODY, set()),
        (Actor("person"), set()),
        (ANN, {2, 3}),
        (DESK_WORKER, {1, 2, 4, 5}),
        (SYSTEM, set(ROWS)),
        (CLOCK, set(ROWS)),
        (POLICY, set(ROWS)),
    ],
)
def test_each_sees_what_is_theirs(letters: None, actor: Actor, visible: set[int]) -> None:
    with scope(actor):
        assert _visible() == visible
    assert _visible() == set()


def test_a_scope_that_failed_leaves_nothing_open(letters: None) -> None:
    with pytest.raises(ZeroDivisionError), scope(SYSTEM):
        raise ZeroDivisionError
    assert _visible() == set()
    with scope(ANN):
        assert _visible() == {2, 3}


def test_scopes_are_not_nested(letters: None) -> None:
    with scope(ANN):
        with pytest.raises(RuntimeError), scope(SYSTEM):
            raise AssertionError("not reached")
        assert _visible() == {2, 3}


def test_nothing_is_written_beyond_the_check(letters: None) -> None:
    with pytest.raises(ProgrammingError), scope(DESK_WORKER), connection.cursor() as cursor:
        cursor.execute("INSERT INTO test_letter VALUES (9, 99, 8, 0)")
    with scope(DESK_WORKER), connection.cursor() as cursor:
        cursor.execute("UPDATE test_letter SET seat_id = 1 WHERE id = 3")
        assert cursor.rowcount == 0
    with pytest.raises(ProgrammingError), scope(DESK_WORKER), connection.cursor() as cursor:
        cursor.execute("UPDATE test_letter SET path = 99 WHERE id = 1")


def test_the_owner_is_under_the_same_law(letters: None) -> None:
    with owner_login(), tenants.district(SCRATCH):
        assert _visible() == set()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE test_letter DISABLE ROW LEVEL SECURITY",
        "DROP POLICY scope ON test_letter",
        "CREATE POLICY everybody ON test_letter USING (true)",
        "SET ROLE linli_owner",
        "SET ROLE postgres",
        "TRUNCATE test_letter",
    ],
)
def test_the_application_cannot_lift_the_law(letters: None, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_application_is_neither_owner_nor_superuser(letters: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = user)")
        assert cursor.fetchone() == (0,)


def test_a_refused_transaction_does_not_lose_the_district(letters: None) -> None:
    """Setting the search path inside of a transaction that is rolled back must not leave the process elsewhere."""
    with tenants.district(DISTRICT):
        with pytest.raises(ZeroDivisionError), scope(SYSTEM):
            raise ZeroDivisionError
        with scope(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            assert cursor.fetchone() == (f"d{DISTRICT}",)
    with scope(SYSTEM):
        assert _visible() == set(ROWS)


@pytest.mark.parametrize("role", ["", "root", "system'; DROP TABLE kernel_event; --"])
def test_there_are_no_other_roles(role: str) -> None:
    with pytest.raises(ValueError):
        Actor(role)


def test_reach_is_what_the_posts_add_up_to() -> None:
    assert DESK_WORKER.reach == "{[16,32),[40,41)}"
    assert [path for path in (15, 16, 31, 32, 40, 41) if DESK_WORKER.reaches(path)] == [16, 31, 40]
    assert not NOBODY.reaches(0) and SYSTEM.reaches(2**62)
    assert DESK_WORKER.has_post("police", "building_head") and not ANN.has_post("building_head")
    assert DESK_WORKER.ref == "party:8" and CLOCK.ref == "clock"

"""Every table that holds people, their words, or what hangs on a matter has forced row level security."""

from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db import connection, models

from linli.kernel.models import Commitment
from linli.kernel.registry import tenants
from linli.kernel.security import Protect
from tests.installation import SCRATCH, owner_login

PERSONAL = {"phone", "phone_index", "name_index", "shown_name", "text", "identity", "address", "address_index"}
PERSONAL |= {"password", "token_hash", "code_hash", "device", "totp_secret", "recovery_codes", "birth_on", "words_of"}
PEOPLE = {"people.Party", "people.Account", "matters.Matter"}
# Tables without protection, and why that is right. None so far; an entry needs a reason that a resident would accept.
OPEN: dict[str, str] = {}


@dataclass(frozen=True)
class Table:
    name: str
    columns: frozenset[str]
    points_to: frozenset[str]


def unprotected(tables: list[Table], protected: set[str]) -> list[str]:
    """Tables that hold people, and that show all their rows to whoever asks."""
    return [
        table.name
        for table in tables
        if (table.columns & PERSONAL or table.points_to & PEOPLE) and table.name not in protected | OPEN.keys()
    ]


def test_every_table_with_people_in_it_is_protected(installation: str) -> None:
    with tenants.district(installation):
        protected = _protected()
        tables = _tables()
    assert {"people_party", "matters_matter", "matters_note"} <= {table.name for table in tables}
    assert unprotected(tables, protected) == []


def test_every_table_of_texts_is_protected(installation: str) -> None:
    with tenants.district(installation):
        protected = _protected()
    texts = [model._meta.db_table for model in apps.get_models() if issubclass(model, Commitment)]
    assert texts and not set(texts) - protected


def test_no_exception_outlives_its_table() -> None:
    assert OPEN.keys() <= {table.name for table in _tables()}


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (Table("a", frozenset({"id", "path"}), frozenset()), Table("a", frozenset({"id", "phone"}), frozenset())),
        (
            Table("a", frozenset({"id", "place_id"}), frozenset({"territory.Place"})),
            Table("a", frozenset({"id", "party_id"}), frozenset({"people.Party"})),
        ),
    ],
)
def test_the_law_tells_good_from_bad(good: Table, bad: Table) -> None:
    assert unprotected([good], set()) == []
    assert unprotected([bad], set()) == ["a"]
    assert unprotected([bad], {"a"}) == []


def test_half_a_protection_is_none(installation: str) -> None:
    """Enabled but not forced (the owner would pass), or forced without a policy that anybody wrote."""
    with owner_login(), tenants.district(SCRATCH), connection.cursor() as cursor:
        try:
            cursor.execute("CREATE TABLE test_diary (id int, text text)")
            cursor.execute("ALTER TABLE test_diary ENABLE ROW LEVEL SECURITY")
            assert "test_diary" not in _protected()
            cursor.execute("ALTER TABLE test_diary FORCE ROW LEVEL SECURITY")
            assert "test_diary" not in _protected()
            cursor.execute("ALTER TABLE test_diary NO FORCE ROW LEVEL SECURITY")
            cursor.execute(Protect("test_diary", "false").sql)
            assert "test_diary" in _protected()
        finally:
            cursor.execute("DROP TABLE test_diary")


def _protected() -> set[str]:
    """Tables of the current district on which row level security is enabled, forced, and the house's policy alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'scope' "
            "WHERE relnamespace = current_schema()::regnamespace AND relrowsecurity AND relforcerowsecurity "
            "GROUP BY relname HAVING count(*) = 1"
        )
        return {row[0] for row in cursor.fetchall()}


def _tables() -> list[Table]:
    return [_table(model) for model in apps.get_models(include_auto_created=True)]


def _table(model: type[models.Model]) -> Table:
    fields = model._meta.concrete_fields
    targets = {field.related_model._meta.label for field in fields if field.is_relation}
    return Table(model._meta.db_table, frozenset(field.name for field in fields), frozenset(targets))

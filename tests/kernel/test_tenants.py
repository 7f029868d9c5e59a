"""Districts: found by code and by host, made, given to the application to use, and removed."""

from collections.abc import Iterator

import pytest
from django.db import ProgrammingError, connection, transaction
from django_tenants.utils import schema_context

from linli.kernel.actor import SYSTEM
from linli.kernel.models import Consumer, Event
from linli.kernel.refusal import Missing
from linli.kernel.registry import tenants
from linli.kernel.registry.models import District, Domain
from linli.kernel.scope import scope
from tests.installation import DISTRICT, SCRATCH, owner_login

NEW, OTHER = "000002", "000003"


@pytest.fixture(scope="module")
def new(installation: str) -> Iterator[str]:
    with owner_login():
        tenants.create_district(NEW, "新区")
        tenants.answer_on(NEW, "new.example")
    yield NEW
    with owner_login():
        tenants.drop_district(NEW)


def test_a_district_is_entered_and_left_again(installation: str) -> None:
    before = connection.schema_name
    with pytest.raises(ZeroDivisionError), tenants.district(SCRATCH) as found:
        assert connection.schema_name == found.schema_name == f"d{SCRATCH}"
        with tenants.district(DISTRICT):
            assert connection.schema_name == f"d{DISTRICT}"
        assert connection.schema_name == f"d{SCRATCH}"
        raise ZeroDivisionError
    assert connection.schema_name == before


def test_an_unknown_district_is_refused_in_words(installation: str) -> None:
    with pytest.raises(Missing) as refused, tenants.district("999999"):
        raise AssertionError("not reached")
    assert refused.value.data == {"district": "999999"}


def test_a_host_names_its_district_and_an_unknown_host_none(new: str) -> None:
    found = tenants.by_host("new.example")
    assert found is not None and found.code == new
    assert tenants.by_host("elsewhere.example") is None


def test_a_new_district_is_ready_for_use(new: str) -> None:
    with tenants.district(new):
        assert not Event.objects.exists()
        assert set(Consumer.objects.values_list("ready", flat=True)) == {True}
        with scope(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_schema()")
            assert cursor.fetchone() == ("linli", f"d{new}")


def test_a_district_that_is_there_is_left_as_it_is(new: str) -> None:
    with owner_login():
        again = tenants.create_district(new, "另一个名字")
    assert again.name == "新区"


def test_a_district_goes_with_all_that_it_holds(installation: str) -> None:
    with owner_login():
        tenants.create_district(OTHER, "新区")
        tenants.answer_on(OTHER, "other.example")
        tenants.drop_district(OTHER)
    assert tenants.by_host("other.example") is None
    with schema_context("public"), connection.cursor() as cursor:
        assert not District.objects.filter(code=OTHER).exists()
        assert not Domain.objects.filter(domain="other.example").exists()
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [f"d{OTHER}"])
        assert cursor.fetchone() is None


def test_the_application_reads_the_registry_and_does_not_change_it(installation: str) -> None:
    with schema_context("public"):
        assert {DISTRICT, SCRATCH, tenants.HUB} <= set(District.objects.values_list("code", flat=True))
        with pytest.raises(ProgrammingError), transaction.atomic():
            District.objects.update(name="x")
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA elsewhere")


def test_ever_new_host_names_do_not_fill_the_memory(new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenants, "_MOST", 3)
    tenants.forget()
    for number in range(10):
        assert tenants._remembered(f"host:{number}.example", lambda: tenants.by_host("new.example")) is not None
    assert len(tenants._cache) <= 4
    tenants.forget()

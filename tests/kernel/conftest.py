"""The scratch district with lamps in it."""

from collections.abc import Iterator

import pytest
from django.db import connection

from linli.kernel.models import Consumer
from linli.kernel.registry import tenants
from tests.installation import SCRATCH, owner_login
from tests.kernel import lamps


@pytest.fixture(scope="session")
def _lamps(installation: str) -> None:
    with owner_login(), tenants.district(SCRATCH):
        with connection.schema_editor() as editor:
            lamps.make_tables(editor)
        tenants.grant(connection.schema_name)


@pytest.fixture
def district(_lamps: None, empty_district: str) -> Iterator[str]:
    """The scratch district, empty but for the tables of lamps; the test works inside of it."""
    with lamps.known():
        yield empty_district
    Consumer.objects.filter(name__startswith="lamps.").delete()

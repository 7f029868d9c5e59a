"""One embedded PostgreSQL for the whole run; tests work on committed data as the application login.

Nothing is rolled back after a test: each makes the matters and people that it needs in the district of the cast. Tests
that look at the whole of a district (audit, rebuild, relay) take `empty_district`, which they have to themselves.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import Scene

DATA_DIR = Path(tempfile.mkdtemp(prefix="linli-test-"))
os.environ.update(DATA_DIR=str(DATA_DIR), LINLI_LOGIN="app", LINLI_DEMO="1", DJANGO_SETTINGS_MODULE="linli.settings")

from linli.channels.console import postgres  # noqa: E402

SERVER = postgres.start(DATA_DIR)
os.environ.update(DATA_DIR=str(SERVER.data_dir), DATABASE_URL=SERVER.app_url, OWNER_DATABASE_URL=SERVER.owner_url)

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from linli.kernel.registry import tenants  # noqa: E402
from linli.settings import _database  # noqa: E402

DISTRICT = "230503"
SCRATCH = "990001"


def pytest_unconfigure() -> None:
    connection.close()
    SERVER.stop()
    shutil.rmtree(DATA_DIR, ignore_errors=True)


@contextmanager
def owner_login() -> Iterator[None]:
    """Work as the owner of the database: migrations, creating districts, tampering with history."""
    before = connection.settings_dict
    schema = connection.tenant
    connection.close()
    connection.settings_dict = {**before, **_database(SERVER.owner_url)}
    connection.settings_dict["OPTIONS"] = {**before["OPTIONS"], **connection.settings_dict["OPTIONS"]}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before
        connection.set_tenant(schema)


@pytest.fixture(scope="session")
def installation() -> str:
    """The registry, the hub and two districts: the one of the cast and a scratch one."""
    from django.core.management import call_command

    with owner_login():
        call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
        tenants.grant("public")
        tenants.create_district(tenants.HUB, "省级枢纽", kind="hub")
        tenants.create_district(DISTRICT, "岭东区")
        tenants.create_district(SCRATCH, "试验区")
        for host in ("testserver", "127.0.0.1", "localhost"):
            tenants.answer_on(DISTRICT, host)
    return DISTRICT


@pytest.fixture
def empty_district(installation: str) -> Iterator[str]:
    """The scratch district, emptied of everything; the test works inside of it."""
    empty(SCRATCH)
    with tenants.district(SCRATCH):
        yield SCRATCH


def empty(code: str) -> None:
    with owner_login(), tenants.district(code), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [connection.schema_name])
        tables = [row[0] for row in cursor.fetchall() if row[0] != "django_migrations"]
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


@pytest.fixture(scope="session")
def _scene(installation: str) -> "Scene":
    from tests.cast import set_the_scene

    with tenants.district(DISTRICT):
        return set_the_scene()


@pytest.fixture
def scene(_scene: "Scene") -> "Iterator[Scene]":
    """The cast in its district; the test works inside of it, on top of what other tests left."""
    with tenants.district(DISTRICT):
        yield _scene

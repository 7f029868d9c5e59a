"""An installation in a temporary folder, for a run of the tests or of the benchmarks: importing this starts it.

One embedded PostgreSQL, the registry, the hub and two districts. Work is done on committed data as the application
login; `owner_login` is for migrations, for creating districts and for tampering with history.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def shut_down() -> None:
    """Stop the server and leave nothing behind. May be called twice."""
    connection.close()
    SERVER.stop()
    shutil.rmtree(DATA_DIR, ignore_errors=True)


atexit.register(shut_down)


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


def install() -> str:
    """Registry, hub, the district of the cast, which answers on every name used here, and a scratch one."""
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


def empty(code: str) -> None:
    """Take everything out of a district but who listens to its events."""
    with owner_login(), tenants.district(code), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [connection.schema_name])
        tables = [row[0] for row in cursor.fetchall() if row[0] not in ("django_migrations", "kernel_consumer")]
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        _forget()


def _forget() -> None:
    """What this process remembers of a district whose ids now begin anew."""
    from linli.indicators import projections
    from linli.kernel import holidays
    from linli.matters import queries, situation, wording
    from linli.territory import queries as territory

    for remembered in (projections.measures, holidays._calendar, queries.kinds_now):
        remembered.forget()
    situation._rules.cache_clear()
    wording._kept.cache_clear()
    territory._locators.clear()

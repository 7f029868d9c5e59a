"""An installation of its own for what breaks things: its PostgreSQL is killed, and nobody else's tests with it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from linli.channels.console import postgres
from linli.kernel.registry import tenants
from linli.settings import _database
from tests.cast import Scene, set_the_scene

CODE = "230503"


@dataclass
class Ground:
    """The server, which a test may stop and start again, and the cast on it."""

    folder: Path
    server: postgres.Server
    scene: Scene

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.server.app_url, "OWNER_DATABASE_URL": self.server.owner_url}


@contextmanager
def connected(url: str) -> Iterator[None]:
    """Let this process work on another database for a while."""
    before, tenant = connection.settings_dict, connection.tenant  # type: ignore[attr-defined]
    connection.close()
    other = _database(url)
    connection.settings_dict = {**before, **other, "OPTIONS": {**before["OPTIONS"], **other["OPTIONS"]}}  # type: ignore[dict-item]
    tenants.forget()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before
        connection.set_tenant(tenant)  # type: ignore[attr-defined]
        tenants.forget()


@pytest.fixture(scope="module")
def ground(installation: str) -> Iterator[Ground]:
    folder = Path(tempfile.mkdtemp(prefix="linli-withstand-"))
    server = postgres.start(folder)
    with connected(server.owner_url):
        call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
        tenants.grant("public")
        tenants.create_district(CODE, "岭东区")
    with connected(server.app_url), tenants.district(CODE):
        scene = set_the_scene()
    ready = Ground(folder, server, scene)
    yield ready
    ready.server.stop()
    shutil.rmtree(folder, ignore_errors=True)

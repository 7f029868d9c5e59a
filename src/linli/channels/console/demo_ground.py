"""The ground of the demo: its empty schema, made by the owner of the database in a process of its own.

While the demo is being made its district is closed: nobody answers for it and no worker runs in it, for a clock that
knows only the present would spoil a past that is still being played. An interrupted demo stays closed, and is made
anew at the next start.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from linli.channels.console.demo_places import DISTRICT, DISTRICT_NAME
from linli.channels.console.failure import ConsoleFailure
from linli.channels.console.keeper import die_with_parent
from linli.channels.console.main import database
from linli.channels.console.migrations import migrate, up_to_date

CLOSED, OPEN = "closed", "district"
GAS = ("燃气抢修（演示号码）", "19900460099")


def clear() -> None:
    """Close the demo's district, remove all that it holds, and build it anew, empty."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__], env=os.environ, preexec_fn=lambda: die_with_parent(signal.SIGKILL)
    )
    if process.wait():
        raise ConsoleFailure("the demo's schema could not be made")


def open_up() -> None:
    """From now on the district is there for everybody."""
    with psycopg.connect(_owner_url()) as connection:
        _turn(connection, OPEN)


def is_there() -> bool:
    """Whether the demo's district exists, open or closed."""
    with psycopg.connect(_owner_url()) as connection:
        if not connection.execute("SELECT to_regclass('public.registry_district')").fetchone() == (None,):
            found = connection.execute("SELECT 1 FROM public.registry_district WHERE code = %s", [DISTRICT])
            return found.fetchone() is not None
    return False


def _owner_url() -> str:
    url = os.environ.get("OWNER_DATABASE_URL")
    if not url:
        raise ConsoleFailure("DATABASE_URL is set, OWNER_DATABASE_URL is not: it is needed to make the demo")
    return url


def _turn(connection: "psycopg.Connection[tuple[object, ...]]", kind: str) -> None:
    connection.execute("UPDATE public.registry_district SET kind = %s WHERE code = %s", [kind, DISTRICT])


def _main() -> None:
    with database("owner"):
        import django

        django.setup()
        from linli.kernel.registry import tenants

        if not up_to_date(Path(os.environ["DATA_DIR"]), _owner_url()):
            assert migrate.callback is not None
            migrate.callback()
        with psycopg.connect(_owner_url()) as connection:
            _turn(connection, CLOSED)
            connection.commit()
            connection.execute(f'DROP SCHEMA IF EXISTS "{tenants.schema_of(DISTRICT)}" CASCADE')
        tenants.create_district(DISTRICT, DISTRICT_NAME, kind=CLOSED)
        tenants.name_gas_company(DISTRICT, *GAS)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    _main()

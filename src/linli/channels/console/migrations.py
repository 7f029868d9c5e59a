"""`linli migrate`: registry, hub and every district brought to the state that this version of the program needs.

What was reached is written to DATA_DIR/database, so that a start which changes nothing need not look at any district.
"""

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

import click
import psycopg

HOUSE = Path(__file__).resolve().parents[2]
TURN = 5_120_917  # advisory lock: one migration at a time, whoever starts it
FOREIGN = ("django", "django-tenants")  # packages that bring migrations of their own


@click.command()
def migrate() -> None:
    """Bring the database to the state that this version needs: registry, hub, every district."""
    from django.core.management import call_command
    from django.db import connection

    from linli.kernel.registry import tenants

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
    call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    tenants.grant("public")
    tenants.create_district(tenants.HUB, "省级枢纽", kind="hub")
    for district in tenants.all_districts():
        call_command("migrate_schemas", schema_name=district.schema_name, interactive=False, verbosity=0)
        tenants.grant(district.schema_name)
        click.echo(f"{district.code} {district.name}")
    connection.close()
    remember(Path(os.environ["DATA_DIR"]), os.environ["OWNER_DATABASE_URL"])


def up_to_date(data_dir: Path, owner_url: str) -> bool:
    """Whether the last migration was made by this very program, on this very database."""
    note = data_dir / "database"
    return note.exists() and note.read_text() == _state(owner_url)


def remember(data_dir: Path, owner_url: str) -> None:
    """Notes that this database is as this version needs it."""
    (data_dir / "database").write_text(_state(owner_url))


def _state(owner_url: str) -> str:
    program = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in FOREIGN).encode())
    for path in sorted(HOUSE.rglob("migrations/*.py")):
        program.update(path.read_bytes())
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("SELECT system_identifier, current_database() FROM pg_control_system()").fetchone()
    return f"{row}\n{program.hexdigest()}\n"

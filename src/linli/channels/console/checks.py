"""`linli check`: what can be checked without a database."""

import os
from typing import TYPE_CHECKING

import click

from linli.channels.console.failure import ConsoleFailure

if TYPE_CHECKING:
    from django.db.migrations.state import ProjectState


@click.group()
def check() -> None:
    """Check what belongs to the program."""


@check.command()
def migrations() -> None:
    """Every model has its migration, and no two migrations claim the same place."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    django.setup()
    if faults := missing_migrations():
        raise ConsoleFailure("; ".join(faults))
    click.echo("Every model has its migration.")


def missing_migrations(present: "ProjectState | None" = None) -> list[str]:
    """What `makemigrations` would do for the rooms of this house, one sentence for each step.

    `present` are the models as they should be; by default those of the code.
    """
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("linli.")}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    faults = [f"{label}: {', '.join(names)} conflict" for label, names in loader.detect_conflicts().items()]
    if faults:
        return faults
    detector = MigrationAutodetector(loader.project_state(), present or ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph, trim_to_apps=ours)
    steps = [(label, step) for label, found in changes.items() for migration in found for step in migration.operations]
    return [f"{label}: {step.formatted_description()}" for label, step in steps if label in ours]

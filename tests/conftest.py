"""Tests work on committed data as the application login, in one installation for the whole run.

Nothing is rolled back after a test: each makes the matters and people that it needs in the district of the cast. Tests
that look at the whole of a district (audit, rebuild, relay) take `empty_district`, which they have to themselves.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.installation import DISTRICT, SCRATCH, SERVER, empty, install, owner_login, shut_down  # isort: skip  (starts it)

from linli.kernel.registry import tenants

if TYPE_CHECKING:
    from tests.cast import Scene

__all__ = ["DISTRICT", "SCRATCH", "SERVER", "empty", "owner_login"]


settings.register_profile("linli", deadline=None)  # timing never decides a test
settings.load_profile("linli")


def pytest_unconfigure() -> None:
    shut_down()


@pytest.fixture(scope="session")
def installation() -> str:
    return install()


@pytest.fixture
def empty_district(installation: str) -> Iterator[str]:
    """The scratch district, emptied of everything; the test works inside of it."""
    empty(SCRATCH)
    with tenants.district(SCRATCH):
        yield SCRATCH


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

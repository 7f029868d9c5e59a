"""A district for each module that tests commands: the cast on its stage, and corners beside it to do as one likes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SCRATCH, empty

if TYPE_CHECKING:
    from tests.cast import Scene
    from tests.matters.corner import Corner


@pytest.fixture(scope="module")
def stage(installation: str) -> "Scene":
    """The scratch district with the cast, for a module; passwords are sealed fast."""
    from django.test import override_settings

    from linli.kernel.registry import tenants
    from tests.cast import set_the_scene

    empty(SCRATCH)
    with (
        tenants.district(SCRATCH),
        override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]),
    ):
        return set_the_scene()


@pytest.fixture(scope="module")
def _shared(stage: "Scene") -> "Corner":
    from linli.kernel.registry import tenants
    from tests.matters.corner import Corner

    with tenants.district(SCRATCH):
        return Corner(stage)


@pytest.fixture
def corner(_shared: "Corner") -> "Iterator[Corner]":
    """A corner that the tests of a module share: they open matters in it, its people stay as they are."""
    from linli.kernel.registry import tenants

    with tenants.district(SCRATCH):
        yield _shared


@pytest.fixture
def own_corner(stage: "Scene") -> "Iterator[Corner]":
    """A corner of this test's own, in which it may appoint and dismiss."""
    from linli.kernel.registry import tenants
    from tests.matters.corner import Corner

    with tenants.district(SCRATCH):
        yield Corner(stage)

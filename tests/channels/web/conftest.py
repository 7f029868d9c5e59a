"""The cast in front of browsers without scripts."""

from collections.abc import Callable

import pytest

from tests.cast import Scene
from tests.channels.web.browsing import Visitor

Enter = Callable[..., Visitor]


@pytest.fixture
def enter(scene: Scene) -> Enter:
    """`enter("resident")`: a member of the cast, signed in."""

    def visitor(role: str, number: int = 0, language: str = "zh") -> Visitor:
        return Visitor(scene.member(role, number).phone, language)

    return visitor


@pytest.fixture
def nobody(scene: Scene) -> Visitor:
    return Visitor()

"""A town of one's own for each test, and passwords that are checked fast."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.people.town import Town, found_town


@pytest.fixture
def town(empty_district: str) -> Iterator[Town]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield found_town()


@pytest.fixture
def sent(capsys: pytest.CaptureFixture[str]) -> "Sent":
    return Sent(capsys)


class Sent:
    """The messages that the console of the demo has shown."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def code(self) -> str:
        """The code of the last message."""
        return self._capsys.readouterr().out.splitlines()[-1].split("验证码 ")[1][:6]

"""The district that this process works in just now, and what it remembers of each."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection

Value = TypeVar("Value")


def schema() -> str:
    """The schema of the current district, `d230503`: part of every digest and every cipher's associated data."""
    return str(connection.schema_name)  # type: ignore[attr-defined]  # django-tenants adds it


class Remembered(Generic[Value]):
    """Something that every request needs and that rarely changes: read again after `seconds`, for each district.

    `read` gets what was remembered before, or None. Other processes see a change when their own time is up.
    """

    def __init__(self, seconds: float, read: Callable[[Value | None], Value]) -> None:
        self._seconds, self._read = seconds, read
        self._kept: dict[str, tuple[float, Value]] = {}

    def __call__(self) -> Value:
        kept = self._kept.get(schema())
        if kept is None or kept[0] < time.monotonic():
            kept = (time.monotonic() + self._seconds, self._read(kept[1] if kept else None))
            self._kept[schema()] = kept
        return kept[1]

    def forget(self) -> None:
        """In the current district: the next question reads anew."""
        self._kept.pop(schema(), None)

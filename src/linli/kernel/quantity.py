"""Quantities with a unit that people and packages write: durations."""

import re
from dataclasses import dataclass
from typing import Self

from linli.kernel.words import say

UNITS = ("minutes", "hours", "days", "months", "years")
WORKING_UNITS = ("minutes", "hours", "days")
_LONGEST = {"minutes": 52_596_000, "hours": 876_600, "days": 36_525, "months": 1_200, "years": 100}  # a hundred years
_WRITTEN = re.compile(r"([0-9]{1,8}) (working )?(minute|hour|day|month|year)s?")
_CURE = 'write for example "4 working hours", "15 working days", "30 days", "3 minutes" or "1 month"'


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as a rule states it: 1 to a hundred years' worth of `unit`, on the working clock or not.

    It has no fixed length in seconds: only a calendar tells when it is over (`Calendar.add`).
    """

    amount: int
    unit: str
    working: bool = False

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"{self.unit!r} is no unit of time; {_CURE}")
        if self.working and self.unit not in WORKING_UNITS:
            raise ValueError(f"there are no working {self.unit}; write working days instead")
        if not 1 <= self.amount <= _LONGEST[self.unit]:
            raise ValueError(f"a duration has 1 to {_LONGEST[self.unit]} {self.unit}; {_CURE}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` writes, singular or plural. ValueError says how to write it."""
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text[:40]!r} is no duration; {_CURE}")
        amount, working, unit = found.groups()
        return cls(int(amount), f"{unit}s", working is not None)

    def __str__(self) -> str:
        unit = self.unit[:-1] if self.amount == 1 else self.unit
        return f"{self.amount} working {unit}" if self.working else f"{self.amount} {unit}"

    def words(self, language: str = "zh") -> str:
        """As people say it: 4 个工作小时, 15 个工作日, 4 working hours."""
        unit = f"working_{self.unit}" if self.working else self.unit
        return say(f"duration.{unit}.{'one' if self.amount == 1 else 'many'}", language, amount=self.amount)

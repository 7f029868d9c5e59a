"""Every refusal of people is said in words."""

import re
from pathlib import Path

import pytest

from linli import people
from linli.kernel import words
from linli.people import safety
from linli.people.models import Absence, Party

ROOM = Path(people.__file__).parent
REFUSED = re.compile(r'(?:Refusal|Forbidden|Missing|Conflict|TooMany|Unauthenticated|Unavailable)\(\s*"([\w.]+)"')
CODES = sorted({code for path in ROOM.rglob("*.py") for code in REFUSED.findall(path.read_text())})
FAULTS = [f"people.password_{fault}" for fault in ("too_short", "too_long", "too_plain")]
DEVICES = [device for _, device in safety._DEVICES] + ["program"]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_refusal_has_a_sentence(language: str) -> None:
    assert len(CODES) > 30
    assert [code for code in CODES + FAULTS if f"refusal.{code}" not in words.lexicon(language)] == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_kinds_reasons_and_devices_have_words(language: str) -> None:
    keys = [
        *(f"people.kind.{kind}" for kind in Party.KINDS),
        *(f"people.reason.{reason}" for reason in Absence.REASONS),
        *(f"people.device.{device}" for device in DEVICES),
    ]
    assert [key for key in keys if key not in words.lexicon(language)] == []

"""Every law holds in the house, lets a good example pass and finds a bad one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.laws import law

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "linli"

Law = Callable[[Path], list[str]]
Files = dict[str, str]

UP = ".." + "/"  # so that the law does not find it here
LONG_FUNCTION = "def walk():\n" + "    step()\n" * 50
CASES: list[tuple[Law, Path, Files, Files]] = [
    (law.sizes, ROOT, {"lamp.py": "x = 1\n" * 400}, {"lamp.py": "x = 1\n" * 401}),
    (law.sizes, ROOT, {"lamp.py": LONG_FUNCTION.replace("    step()\n", "", 1)}, {"lamp.py": LONG_FUNCTION}),
    (law.module_names, ROOT, {"lamps/bulb.py": ""}, {"lamps/utils.py": ""}),
    (law.module_names, ROOT, {"lamps/bulb.py": ""}, {"helpers/bulb.py": ""}),
    (
        law.names_of_time,
        SOURCE,
        {"lamp.py": "class Lamp:\n    lit_at = models.DateTimeField()\n    bought_on: date | None = None\n"},
        {"lamp.py": "class Lamp:\n    lit_on = models.DateTimeField()\n"},
    ),
    (
        law.names_of_time,
        SOURCE,
        {"lamp.py": "class Lamp:\n    lit_at: datetime\n"},
        {"lamp.py": "class L:\n    due: date\n"},
    ),
    (law.clockless, SOURCE, {"channels/a.py": "datetime.now(UTC)"}, {"matters/a.py": "datetime.datetime.now(UTC)"}),
    (law.clockless, SOURCE, {"clock.py": "time.time()"}, {"kernel/a.py": "Field(default=timezone.now)"}),
    (
        law.clockless,
        SOURCE,
        {"kernel/a.py": '"""Never now()."""'},
        {"kernel/a.py": 'run("UPDATE lamp SET lit_at = now()")'},
    ),
    (law.clockless, SOURCE, {"kernel/a.py": "time.monotonic()"}, {"kernel/a.py": "Field(auto_now_add=True)"}),
    (
        law.pure_rules,
        SOURCE,
        {"a/rules.py": "from a.schema import Kind"},
        {"a/rules.py": "from a.models import Matter"},
    ),
    (law.pure_rules, SOURCE, {"a/models.py": "import django"}, {"a/rules/step.py": "from django.db import models"}),
    (law.no_signals, SOURCE, {"a.py": "import signal"}, {"a.py": "from django.db.models.signals import post_save"}),
    (law.finished, ROOT, {"a.py": "x = 1  # why"}, {"a.py": "x = 1  # TO" + "DO"}),
    (law.finished, ROOT, {"a.py": "assert lamp.lit"}, {"a.py": "@pytest.mark.sk" + "ip\ndef test(): ..."}),
    (law.finished, ROOT, {"a.py": "assert lamp.lit"}, {"a.py": "from unittest.mo" + "ck import patch"}),
    (law.at_home_anywhere, ROOT, {"a.md": "in /usr/bin"}, {"a.md": "in /ho" + "me/ann/linli"}),
    (law.at_home_anywhere, ROOT, {"docs/a.md": f"[b]({UP}b.md)", "b.md": ""}, {"docs/a.md": f"[b]({UP}{UP}b.md)"}),
    (law.at_home_anywhere, ROOT, {"a.lock": "click==8"}, {"a.lock": "--index" + "-url https://example.org"}),
    (law.at_home_anywhere, ROOT, {"a.md": "the agent of the landlord"}, {"a.md": "written by Cla" + "ude"}),
    (
        law.both_languages,
        ROOT,
        {"words/zh.yaml": "hello: 你好 {name}", "words/en.yaml": "hello: Hello {name}"},
        {"words/zh.yaml": "hello: 你好 {name}", "words/en.yaml": "hello: Hello {nam}"},
    ),
    (
        law.both_languages,
        ROOT,
        {"words/zh.yaml": "hello: 你好", "words/en.yaml": "hello: Hello"},
        {"words/zh.yaml": "hello: 你好\nbye: 再见", "words/en.yaml": "hello: Hello"},
    ),
]
LAWS = {rule: place for rule, place, _, _ in CASES}


@pytest.mark.parametrize("rule", LAWS, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_law(rule: Law) -> None:
    assert rule(LAWS[rule]) == []


@pytest.mark.parametrize(("rule", "_place", "good", "bad"), CASES)
def test_the_law_tells_good_from_bad(rule: Law, _place: Path, good: Files, bad: Files, tmp_path: Path) -> None:
    assert rule(_written(tmp_path / "good", good)) == []
    assert len(rule(_written(tmp_path / "bad", bad))) == 1


def _written(folder: Path, files: Files) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder

"""Divisions and places from the command line."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from click.testing import CliRunner, Result

from linli.channels.console import migrations
from linli.channels.console.district import district
from linli.channels.console.failure import ConsoleFailure
from linli.channels.console.places import places
from linli.kernel.refusal import Refusal
from linli.territory import queries
from linli.territory.models import Place
from tests.installation import SCRATCH, SERVER, owner_login

OLD = f"code,name\n{SCRATCH}001,甲街道\n{SCRATCH}001001,东社区\n{SCRATCH}001002,西社区\n{SCRATCH}001003,南社区\n"
NEW = f"code,name\n{SCRATCH}001001,西社区\n{SCRATCH}001003,南湖社区\n{SCRATCH}001004,北社区\n"


@pytest.fixture
def listed(empty_district: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with two years' lists, the first of them applied."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    migrations.remember(Path(os.environ["DATA_DIR"]), SERVER.owner_url)
    (tmp_path / "old.csv").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.csv").write_text(NEW, encoding="utf-8")
    first = create("--divisions", str(tmp_path / "old.csv"), "--on", "2016-10-31")
    assert first.output.splitlines()[0] == "试验区 990001，自 2016-10-31 起：新增 4，改名 0，换代码 0，结束 0，不变 0"
    yield tmp_path


def create(*arguments: str) -> Result:
    with owner_login():
        return CliRunner().invoke(district, ["create", SCRATCH, *arguments], catch_exceptions=False)


def import_places(*arguments: str) -> Result:
    return CliRunner().invoke(places, ["import", "--district", SCRATCH, *arguments])


def workbook(folder: Path, *rows: list[str]) -> str:
    file = folder / "places.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet("网格")
        for number, row in enumerate([["社区", "网格名称"], *rows]):
            sheet.write_row(number, 0, row)
    return str(file)


def test_a_later_list_says_what_changed(listed: Path) -> None:
    result = create("--divisions", str(listed / "new.csv"), str(listed / "old.csv"), "--on", "2023-01-01", "--dry-run")
    assert "新增 1，改名 0，换代码 0，结束 0" in result.output  # both lists together: nothing is missing
    dry = create("--divisions", str(listed / "new.csv"), "--on", "2023-01-01", "--dry-run")
    done = create("--divisions", str(listed / "new.csv"), "--on", "2023-01-01")
    assert dry.output == done.output
    assert done.output.splitlines() == [
        "试验区 990001，自 2023-01-01 起：新增 1，改名 1，换代码 1，结束 1，不变 1",
        "  新增 990001001004 北社区（社区）",
        "  改名 990001001003 南社区 -> 南湖社区",
        "  换代码 西社区 990001001002 -> 990001001001",
        "  结束 990001001001 东社区",
        "现有：社区 3, 街道 1",
    ]


def test_ended_communities_with_places_in_them_are_named(listed: Path) -> None:
    assert import_places(workbook(listed, ["东社区", "一网格"]), "--on", "2020-01-01").exit_code == 0
    done = create("--divisions", str(listed / "new.csv"), "--on", "2023-01-01")
    assert "东社区已结束，下面还有 1 个地点。" in done.output
    moved = import_places(workbook(listed, ["西社区", "一网格"]), "--on", "2023-01-01")
    assert moved.output == "新增 0；更新 0；移动 1；不变 0\n"
    grid = Place.objects.get(name="一网格")
    assert [place.name for place in queries.ancestors(grid.pk)] == ["一网格", "西社区", "甲街道", "试验区"]


def test_a_new_district_needs_a_name(listed: Path) -> None:
    file = listed / "other.csv"
    file.write_text("code,name\n990002001,甲街道\n", encoding="utf-8")
    with owner_login(), pytest.raises(ConsoleFailure, match="990002 is a new district"):
        CliRunner().invoke(district, ["create", "990002", "--divisions", str(file)], catch_exceptions=False)
    with owner_login(), pytest.raises(ConsoleFailure, match="six digits"):
        CliRunner().invoke(district, ["create", "99", "--divisions", str(file)], catch_exceptions=False)
    with owner_login(), pytest.raises(Refusal):
        CliRunner().invoke(district, ["create", SCRATCH, "--divisions", str(file)], catch_exceptions=False)


def test_places_are_imported_once(listed: Path) -> None:
    file = workbook(listed, ["东社区", "一网格"], ["西社区", "一网格"])
    assert import_places(file).output == "新增 网格 2；更新 0；移动 0；不变 0\n"
    assert import_places(file).output == "新增 0；更新 0；移动 0；不变 2\n"
    assert queries.search("一网格")[0].level == "grid"


def test_with_errors_nothing_is_imported_unless_the_good_rows_are_wanted(listed: Path) -> None:
    file = workbook(listed, ["东社区", "一网格"], ["无社区", "二网格"], ["西社区", ""])
    refused = import_places(file)
    assert isinstance(refused.exception, ConsoleFailure)
    assert refused.stderr.splitlines() == [
        "网格 第 3 行 社区：没有名为“无社区”的社区或村。请按区划写全称，或填 12 位代码。",
        "网格 第 4 行 名称：没有填。请填写。",
    ]
    assert Place.objects.filter(level="grid").count() == 0
    kept = import_places(file, "--keep-good")
    assert (kept.exit_code, kept.stdout) == (0, "新增 网格 1；更新 0；移动 0；不变 0\n")
    assert Place.objects.filter(level="grid").count() == 1

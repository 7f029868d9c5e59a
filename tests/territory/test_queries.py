"""Finding places: by words, by pinyin, by coordinates."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.actor import SYSTEM
from linli.kernel.refusal import Missing
from linli.territory import queries
from linli.territory.arrangement import PlaceRow
from linli.territory.commands import apply_divisions, import_places, move_place
from linli.territory.divisions import read_divisions
from linli.territory.models import Place
from linli.territory.rules import Level
from tests.territory.lists import STREETS_2023, VILLAGES_2023, write

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SQUARE = bytes(shapely.to_wkb(shapely.box(131.10, 46.50, 131.11, 46.51)))


@pytest.fixture
def town(empty_district: str, tmp_path: Path) -> str:
    files = write(tmp_path, villages=VILLAGES_2023, streets=STREETS_2023)
    divisions = read_divisions(files, "230503")
    on = date(2023, 9, 1)
    apply_divisions(by=SYSTEM, at=AT, code="230503", name="岭东区", divisions=divisions, on=on)
    rows = [PlaceRow(Level.GRID, "通达第一网格", community="通达社区", shape=SQUARE)]
    for number in (3, 13, 30):
        rows.append(
            PlaceRow(
                Level.BUILDING,
                f"通达小区{number}号楼",
                "通达社区",
                "通达第一网格",
                lon=131.1 + number / 10_000,
                lat=46.505,
            )
        )
    rows += [
        PlaceRow(Level.BUILDING, "绿地3号楼", community="青山社区", lon=131.2, lat=46.6),
        PlaceRow(Level.ENTRANCE, "2单元", building="绿地3号楼"),
        PlaceRow(Level.DWELLING, "301", building="绿地3号楼", entrance="2单元"),
    ]
    import_places(by=SYSTEM, at=AT, rows=rows, on=on)
    return empty_district


def names(query: str, near: tuple[float, float] | None = None) -> list[str]:
    return [place.name for place in queries.search(query, near)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("通达3号楼", ["通达小区3号楼"]),
        ("tongda 3", ["通达小区3号楼", "通达小区30号楼"]),
        ("TDXQ13", ["通达小区13号楼"]),
        ("青山 3号楼", ["绿地3号楼"]),
        ("ld3hl", ["绿地3号楼"]),
        ("lvdi", ["绿地3号楼"]),
        ("230503003002", ["青山社区"]),
        ("东明", ["东明社区"]),
        ("没有", []),
        ("100%", []),
        ("'; --", []),
        ("(", []),
    ],
)
def test_search_by_name_pinyin_initials_and_code(town: str, typed: str, found: list[str]) -> None:
    assert names(typed) == found


def test_what_begins_with_the_words_comes_first_then_what_is_near(town: str) -> None:
    assert names("通达")[0] == "通达社区"
    assert names("3号楼", near=(131.2, 46.6)) == ["绿地3号楼", "通达小区3号楼"]
    assert names("3号楼", near=(131.1, 46.5)) == ["通达小区3号楼", "绿地3号楼"]


def test_search_and_ancestors_take_a_fixed_number_of_queries(town: str) -> None:
    home = Place.objects.get(name="301")
    with CaptureQueriesContext(connection) as captured:
        queries.search("青山 3号楼", near=(131.2, 46.6))
    assert len(captured) == 2
    with CaptureQueriesContext(connection) as captured:
        lineage = [place.name for place in queries.ancestors(home.pk)]
    assert len(captured) == 1
    assert lineage == ["301", "2单元", "绿地3号楼", "青山社区", "南山街道", "岭东区"]


def test_addresses_of_many_in_one_query(town: str) -> None:
    home, community = Place.objects.get(name="301"), Place.objects.get(name="通达社区")
    with CaptureQueriesContext(connection) as captured:
        addresses = queries.addresses([home.pk, community.pk])
    assert len(captured) == 1
    assert addresses == {home.pk: "南山街道 青山社区 绿地3号楼 2单元 301", community.pk: "中山街道 通达社区"}


def test_a_coordinate_finds_its_grid_or_the_community_of_the_nearest_building(town: str) -> None:
    located = {
        (131.101, 46.501): "通达第一网格",  # in the polygon
        (131.2001, 46.6001): "青山社区",  # by the building, which has no grid
        (132.0, 47.0): None,
    }
    assert {point: getattr(queries.locate(*point), "name", None) for point in located} == located
    ((nearest, metres),) = queries.near(131.2001, 46.6, 1)
    assert nearest.name == "绿地3号楼"
    assert metres == pytest.approx(7.6, abs=0.2)


def test_the_locator_is_kept_until_places_change(town: str) -> None:
    first = queries.locator()
    with CaptureQueriesContext(connection) as captured:
        assert queries.locator() is first
    assert len(captured) == 1
    grid, building = Place.objects.get(name="通达第一网格"), Place.objects.get(name="绿地3号楼")
    dongming = Place.objects.get(name="东明社区")
    move_place(by=SYSTEM, at=AT, place=building.pk, parent=dongming.pk, on=date(2024, 1, 1))
    assert queries.locate(131.2001, 46.6001) == dongming
    assert queries.shapes([grid.pk]) == {grid.pk: SQUARE}


def test_children_and_all_within(town: str) -> None:
    grid = Place.objects.get(name="通达第一网格")
    assert [place.name for place in queries.children(grid.pk)] == ["通达小区3号楼", "通达小区13号楼", "通达小区30号楼"]
    assert queries.within(queries.district_place(), "building").count() == 4
    with pytest.raises(Missing):
        queries.place(0)

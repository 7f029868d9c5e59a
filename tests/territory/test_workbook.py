"""Workbooks as community workers fill them in."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
import xlsxwriter  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook

from linli.kernel.refusal import Refusal
from linli.territory.arrangement import PlaceRow
from linli.territory.coordinates import System, to_wgs84
from linli.territory.rules import Level
from linli.territory.workbook import COLUMNS, Reading, read_workbook, sentence, write_template

SQUARE = [[131.1, 46.5], [131.2, 46.5], [131.2, 46.6], [131.1, 46.6], [131.1, 46.5]]
GEOJSON = json.dumps({"type": "Polygon", "coordinates": [SQUARE]})
WKT = "POLYGON ((131.1 46.5, 131.2 46.5, 131.2 46.6, 131.1 46.6, 131.1 46.5))"


def book(folder: Path, **sheets: list[list[Any]]) -> Path:
    file = folder / "places.xlsx"
    with xlsxwriter.Workbook(str(file)) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file


def read(folder: Path, **sheets: list[list[Any]]) -> Reading:
    return read_workbook(book(folder, **sheets))


def faults(reading: Reading) -> list[tuple[str, int, str, str]]:
    return [(fault.sheet, fault.row, fault.column, fault.code) for fault in reading.faults]


def test_four_sheets_as_the_template_names_them(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        网格=[["社区*", "网格名称*", "边界"], ["通达社区", "第一网格", GEOJSON]],
        楼栋=[["社区", "网格", "楼栋名称", "经度", "纬度"], ["通达社区", "第一网格", "１号楼 ", 131.15, "46.55"]],
        单元=[["楼栋", "单元名称"], ["1号楼", 1]],
        房屋=[["楼栋", "单元", "门牌号"], ["1号楼", 1, 301]],
    )
    assert reading.faults == []
    grid, building, entrance, dwelling = reading.rows
    assert (grid.level, grid.name, grid.community) == (Level.GRID, "第一网格", "通达社区")
    assert shapely.from_wkb(grid.shape).equals(shapely.Polygon(SQUARE))
    assert (building.grid, building.name, building.lon, building.lat) == ("第一网格", "1号楼", 131.15, 46.55)
    assert (entrance.building, entrance.name) == ("1号楼", "1")
    assert dwelling == PlaceRow(Level.DWELLING, "301", building="1号楼", entrance="1", sheet="房屋", row=2)


def test_one_sheet_with_a_level(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        Sheet1=[
            ["层级", "社区", "网格", "楼栋", "单元", "名称"],
            ["网格", "通达社区", "", "", "", "第一网格"],
            ["楼栋", "通达社区", "第一网格", "", "", "1号楼"],
            ["building", "通达社区", "", "", "", "2号楼"],
            ["房屋", "", "", "1号楼", "", "301"],
        ],
    )
    assert reading.faults == []
    assert [row.level for row in reading.rows] == [Level.GRID, Level.BUILDING, Level.BUILDING, Level.DWELLING]


def test_headings_in_english(tmp_path: Path) -> None:
    reading = read(tmp_path, grids=[["Community", "Grid name", "Polygon (WKT)"], ["Tongda", "Grid 1", WKT]])
    assert [(row.community, row.name) for row in reading.rows] == [("Tongda", "Grid 1")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_can_be_read_and_is_complete(tmp_path: Path, language: str) -> None:
    file = tmp_path / "template.xlsx"
    write_template(file, language)
    reading = read_workbook(file)
    assert (reading.rows, reading.faults) == ([], [])
    workbook = CalamineWorkbook.from_path(str(file))
    assert len(workbook.sheet_names) == 5
    for name, columns in zip(workbook.sheet_names[1:], COLUMNS.values(), strict=True):
        assert len(workbook.get_sheet_by_name(name).to_python()[0]) == len(columns)


def test_coordinates_are_turned_into_wgs84(tmp_path: Path) -> None:
    heading = ["社区", "楼栋名称", "经度", "纬度", "坐标系"]
    rows = [["通达", f"{system}号楼", 131.15, 46.55, system] for system in ("", "gcj02", "高德地图", "BD-09", "GPS")]
    file = book(tmp_path, 楼栋=[heading, *rows])
    expected = [System.WGS84, System.GCJ02, System.GCJ02, System.BD09, System.WGS84]
    assert [(row.lon, row.lat) for row in read_workbook(file).rows] == [
        to_wgs84(131.15, 46.55, system) for system in expected
    ]
    assert read_workbook(file, System.GCJ02).rows[0].lon == to_wgs84(131.15, 46.55, System.GCJ02)[0]


def test_polygons_are_turned_into_wgs84_and_may_be_features(tmp_path: Path) -> None:
    feature = json.dumps({"type": "Feature", "properties": {}, "geometry": json.loads(GEOJSON)})
    collection = json.dumps({"type": "FeatureCollection", "features": [json.loads(feature)]})
    heading = ["社区", "网格名称", "边界", "坐标系"]
    texts = [GEOJSON, feature, collection, WKT]
    reading = read(tmp_path, 网格=[heading, *(["通达", str(n), text, "GCJ-02"] for n, text in enumerate(texts))])
    assert reading.faults == []
    corner = to_wgs84(131.1, 46.5, System.GCJ02)
    assert {row.shape for row in reading.rows} == {reading.rows[0].shape}
    assert shapely.from_wkb(reading.rows[0].shape).exterior.coords[0] == pytest.approx(corner, abs=1e-12)


def test_every_error_of_every_row_at_once(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        网格=[
            ["社区", "网格名称", "边界"],
            ["通达社区", "", WKT],
            ["", "二", "POLYGON ((131.1 46.5, 131.2"],
            ["通达社区", "三", "POINT (131.1 46.5)"],
            ["通达社区", "四", "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"],
            [],
            ["通达社区", "五", WKT],
        ],
        楼栋=[
            ["社区", "楼栋名称", "经度", "纬度", "坐标系"],
            ["通达社区", "1号楼", "东经131", 46.5, ""],
            ["通达社区", "2号楼", 46.5, 131.1, ""],
            ["通达社区", "3号楼", 131.1, "", ""],
            ["通达社区", "4号楼", 181, 46.5, "西安80"],
            ["通达社区", "楼" * 101, 131.1, 46.5, ""],
        ],
    )
    assert faults(reading) == [
        ("网格", 2, "name", "required"),
        ("网格", 3, "community", "required"),
        ("网格", 3, "polygon", "polygon"),
        ("网格", 4, "polygon", "polygon_kind"),
        ("网格", 5, "polygon", "polygon_invalid"),
        ("楼栋", 2, "lon", "number"),
        ("楼栋", 3, "lat", "swapped"),
        ("楼栋", 4, "lat", "half_point"),
        ("楼栋", 5, "crs", "crs"),
        ("楼栋", 5, "lon", "range"),
        ("楼栋", 6, "name", "too_long"),
    ]
    assert [row.name for row in reading.rows] == ["五"]


def test_errors_are_sentences_that_say_where_and_what_to_do(tmp_path: Path) -> None:
    (fault,) = read(tmp_path, 楼栋=[["社区", "楼栋名称", "经度", "纬度"], ["通达", "1号楼", "131.1x", 46.5]]).faults
    assert sentence(fault, "zh") == "楼栋 第 2 行 经度：“131.1x”不是数字。请写度数，如 131.164723。"
    assert sentence(fault, "en") == "楼栋, row 2, longitude: “131.1x” is no number. Write degrees, such as 131.164723."


def test_sheets_that_are_not_ours_and_columns_that_are_missing(tmp_path: Path) -> None:
    reading = read(
        tmp_path, 人口=[["姓名"], ["某某"]], 网格=[["网格名称"], ["一"]], 楼栋=[["社区", "名称"], ["通达", "1"]]
    )
    assert faults(reading) == [("人口", 1, "", "sheet"), ("网格", 1, "", "columns")]
    assert [row.name for row in reading.rows] == ["1"]
    assert "社区" in sentence(reading.faults[1], "zh")
    assert all("：" in sentence(fault, "zh") for fault in reading.faults)


def test_a_row_of_no_known_level(tmp_path: Path) -> None:
    reading = read(tmp_path, 全部=[["层级", "社区", "名称"], ["小区", "通达", "甲"], ["", "通达", "乙"]])
    assert faults(reading) == [("全部", 2, "level", "level"), ("全部", 3, "level", "required")]


def test_files_that_will_not_do(tmp_path: Path) -> None:
    text = tmp_path / "text.xlsx"
    text.write_text("no workbook")
    for file, code in ((text, "workbook_missing"), (tmp_path / "none.xlsx", "workbook_missing")):
        with pytest.raises(Refusal) as refused:
            read_workbook(file)
        assert refused.value == Refusal(f"territory.{code}", file=file.name)
    with pytest.raises(Refusal) as empty:
        read(tmp_path, Sheet1=[])
    assert empty.value.code == "territory.workbook_empty"

"""Reading places from an Excel workbook that a community worker filled in, and writing the empty one.

Sheets are grids, buildings, entrances and dwellings, or any sheet with a column that says the level. Names of sheets
and columns are understood in every language of the words (`territory.sheet.*`, `territory.column.*`).
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import xlsxwriter  # type: ignore[import-untyped]
from python_calamine import CalamineError, CalamineWorkbook
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from linli.kernel.refusal import Refusal
from linli.kernel.words import LANGUAGES, say
from linli.territory.arrangement import ORDER, Fault, PlaceRow
from linli.territory.coordinates import System, to_wgs84
from linli.territory.rules import Level

NAME_MOST = 100
DEFAULT_SYSTEM = System.WGS84

# The columns of each sheet in the template's order; those with * are required.
COLUMNS = {
    Level.GRID: ("community*", "name*", "code", "polygon", "crs"),
    Level.BUILDING: ("community*", "grid", "name*", "code", "lon", "lat", "crs"),
    Level.ENTRANCE: ("community", "building*", "name*", "lon", "lat", "crs"),
    Level.DWELLING: ("community", "building*", "entrance", "name*"),
}
_FIELDS = ("level", "community", "grid", "building", "entrance", "name", "code", "lon", "lat", "crs", "polygon")
_SYSTEMS = {
    "WGS84": System.WGS84,
    "GPS": System.WGS84,
    "CGCS2000": System.WGS84,
    "2000": System.WGS84,
    "GCJ02": System.GCJ02,
    "高德": System.GCJ02,
    "腾讯": System.GCJ02,
    "AMAP": System.GCJ02,
    "BD09": System.BD09,
    "百度": System.BD09,
    "BAIDU": System.BD09,
}  # fmt: skip  (CGCS2000 and WGS-84 agree to a few centimetres)


@dataclass(slots=True)
class Reading:
    """The rows of a workbook that can be understood by themselves, and what is wrong with the others."""

    rows: list[PlaceRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_workbook(file: Path, default_system: System = DEFAULT_SYSTEM) -> Reading:
    """Every sheet of a workbook. `default_system` holds where the coordinate system is left empty.

    Refusals: territory.workbook_missing, territory.workbook_empty.
    """
    try:
        workbook = CalamineWorkbook.from_path(str(file))
        sheets = [
            (name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in workbook.sheet_names
        ]
    except (OSError, CalamineError) as error:
        raise Refusal("territory.workbook_missing", file=file.name) from error
    reading, known = Reading(), 0
    for name, cells in sheets:
        if _plain(name) not in _words("territory.sheet.guide") and any(any(row) for row in cells):
            known += _read_sheet(name, cells, default_system, reading)
    if not known and not reading.rows:
        raise Refusal("territory.workbook_empty", file=file.name)
    return reading


def write_template(file: Path, language: str = "zh") -> None:
    """An empty workbook with a guide, a sheet for each level, hints under the headings and a choice of systems."""
    with xlsxwriter.Workbook(str(file)) as workbook:
        heading = workbook.add_format(
            {"bold": True, "bg_color": "#E8EEF7", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        plain = workbook.add_format({"text_wrap": True, "valign": "top"})
        as_text = workbook.add_format({"num_format": "@"})
        guide = workbook.add_worksheet(say("territory.sheet.guide", language))
        guide.set_column(0, 0, 100, plain)
        guide.write(0, 0, say("territory.guide.title", language), heading)
        for number in range(1, 7):
            guide.write(number, 0, f"{number}. " + say(f"territory.guide.{number}", language, default=DEFAULT_SYSTEM))
        for level, columns in COLUMNS.items():
            sheet = workbook.add_worksheet(say(f"territory.sheet.{level}", language))
            sheet.freeze_panes(1, 0)
            for index, column in enumerate(columns):
                name = column.rstrip("*")
                sheet.set_column(
                    index, index, 40 if name == "polygon" else 20, None if name in ("lon", "lat") else as_text
                )
                sheet.write(0, index, _heading(level, column, language), heading)
                sheet.write_comment(0, index, say(f"territory.hint.{name}", language, default=DEFAULT_SYSTEM))
                if name == "crs":
                    sheet.data_validation(
                        1, index, 20_000, index, {"validate": "list", "source": [s.value for s in System]}
                    )


def sentence(fault: Fault, language: str) -> str:
    """A fault for the person who filled in the sheet: where, what is wrong, what to do."""
    key = f"territory.column.{fault.column}"
    said = say(f"territory.fault.{fault.code}", language, **fault.data)
    column = say(key, language) if fault.column in _FIELDS else fault.column
    return say("territory.fault.line", language, sheet=fault.sheet, row=fault.row, column=column, sentence=said)


class _Wrong(Exception):
    def __init__(self, column: str, code: str, **data: Any) -> None:
        super().__init__(code)
        self.column, self.code, self.data = column, code, data


def _read_sheet(name: str, cells: Sequence[Sequence[Any]], default: System, reading: Reading) -> bool:
    """Read one sheet into `reading`; False when it is not one of ours."""
    level = next((level for level in ORDER if _plain(name) in _words(f"territory.sheet.{level}", level)), None)
    top = next(index for index, row in enumerate(cells) if any(row))
    fields = _fields(cells[top], level)
    if level is None and "level" not in fields.values():
        reading.faults.append(Fault(name, top + 1, "", "sheet"))
        return False
    needed = [c.rstrip("*") for c in COLUMNS[level] if c.endswith("*")] if level else ["level", "name"]
    if missing := [column for column in needed if column not in fields.values()]:
        said = "、".join(say(f"territory.column.{column}") for column in missing)
        reading.faults.append(Fault(name, top + 1, "", "columns", {"columns": said}))
        return False
    for number, row in enumerate(cells[top + 1 :], top + 2):
        values = {field: row[index] for index, field in fields.items() if index < len(row)}
        if any(_text(value) for value in values.values()):
            reading_row = _Row(name, number, values, default)
            place = reading_row.place(level)
            reading.faults += reading_row.faults
            if place is not None and not reading_row.faults:
                reading.rows.append(place)
    return True


class _Row:
    """One row being read; collects every fault of it."""

    def __init__(self, sheet: str, number: int, values: Mapping[str, Any], default: System) -> None:
        self.sheet, self.number, self.values, self.default = sheet, number, values, default
        self.faults: list[Fault] = []

    def place(self, level: Level | None) -> PlaceRow | None:
        level = level or self._try(self._level)
        texts = {field: self._try(lambda field=field: self._short(field)) or "" for field in _FIELDS[1:7]}
        if level is not None:
            for column in COLUMNS[level]:
                if column.endswith("*") and not _text(self.values.get(column.rstrip("*"))):
                    self._fault(_Wrong(column.rstrip("*"), "required"))
        system = self._try(self._system)
        point = self._try(lambda: self._point(system or self.default)) or (None, None)
        shape = self._try(lambda: _polygon(_text(self.values.get("polygon")), system or self.default))
        if level is None:
            return None
        code = texts.pop("code") or None
        return PlaceRow(
            level=level, **texts, code=code, lon=point[0], lat=point[1], shape=shape, sheet=self.sheet, row=self.number
        )

    def _try(self, read: Any) -> Any:
        try:
            return read()
        except _Wrong as wrong:
            self._fault(wrong)
            return None

    def _fault(self, wrong: _Wrong) -> None:
        self.faults.append(Fault(self.sheet, self.number, wrong.column, wrong.code, wrong.data))

    def _level(self) -> Level:
        value = _plain(self.values.get("level"))
        for level in ORDER:
            if value in _words(f"territory.level.{level}", level) | _words(f"territory.sheet.{level}"):
                return level
        raise _Wrong("level", "level" if value else "required", value=value)

    def _short(self, field: str) -> str:
        text = _text(self.values.get(field))
        if len(text) > NAME_MOST:
            raise _Wrong(field, "too_long", length=len(text), most=NAME_MOST)
        return text

    def _system(self) -> System:
        value = _text(self.values.get("crs"))
        if not value:
            return self.default
        system = _SYSTEMS.get("".join(c for c in value.upper() if c.isalnum()).replace("地图", ""))
        if system is None:
            raise _Wrong("crs", "crs", value=value)
        return system

    def _point(self, system: System) -> tuple[float, float] | None:
        lon, lat = self._degrees("lon"), self._degrees("lat")
        if lon is None and lat is None:
            return None
        if lon is None or lat is None:
            raise _Wrong("lon" if lon is None else "lat", "half_point")
        if abs(lat) > 90 >= abs(lon):
            raise _Wrong("lat", "swapped", lon=lon, lat=lat)
        for column, value, most in (("lon", lon, 180), ("lat", lat, 90)):
            if not abs(value) <= most:
                raise _Wrong(column, "range", value=value)
        return to_wgs84(lon, lat, system)

    def _degrees(self, column: str) -> float | None:
        value = _text(self.values.get(column))
        try:
            return float(value) if value else None
        except ValueError:
            raise _Wrong(column, "number", value=value[:30]) from None


def _polygon(text: str, system: System) -> bytes | None:
    """A polygon in GeoJSON or WKT as well-known binary in WGS-84."""
    if not text:
        return None
    shape = _geometry(text)
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise _Wrong("polygon", "polygon_kind", kind=shape.geom_type)
    shape = shapely.force_2d(shape)
    if not shape.is_valid:
        raise _Wrong("polygon", "polygon_invalid", reason=shapely.is_valid_reason(shape))
    west, south, east, north = shape.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise _Wrong("polygon", "range", value=f"{west:g} {south:g} {east:g} {north:g}")
    inside = shapely.transform(shape, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], system)))
    return bytes(shapely.to_wkb(inside))


def _geometry(text: str) -> BaseGeometry:
    try:
        if not text.startswith("{"):
            return shapely.from_wkt(text)
        parsed = json.loads(text)
        if parsed.get("type") == "FeatureCollection" and len(parsed["features"]) == 1:
            parsed = parsed["features"][0]
        if parsed.get("type") == "Feature":
            parsed = parsed["geometry"]
        return shapely.from_geojson(json.dumps(parsed))
    except (ShapelyError, ValueError, KeyError, TypeError, AttributeError):
        raise _Wrong("polygon", "polygon") from None


def _fields(headings: Sequence[Any], level: Level | None) -> dict[int, str]:
    """Which column is which. On the sheet of a level, a column called like the level holds the names."""
    fields: dict[int, str] = {}
    for index, heading in enumerate(headings):
        text = _plain(heading)
        for name in _FIELDS:
            if text in _words(f"territory.column.{name}", name):
                fields[index] = "name" if level and name == level else name
        for one in ORDER:
            if text in _words(f"territory.column.name.{one}"):
                fields[index] = "name" if level in (one, None) else one
    return fields


def _heading(level: Level, column: str, language: str) -> str:
    name = column.rstrip("*")
    key = f"territory.column.name.{level}" if name == "name" else f"territory.column.{name}"
    return say(key, language) + ("*" if column.endswith("*") else "")


def _words(key: str, *more: str) -> set[str]:
    return {_plain(say(key, language)) for language in LANGUAGES} | {_plain(word) for word in more}


def _plain(value: Any) -> str:
    """A heading or a name of a sheet, without marks and notes: 经度*（度） -> 经度."""
    text = _text(value).lower().split("(")[0]
    return text.strip(" *:：")


def _text(value: Any) -> str:
    """A cell as text: numbers without .0, wide digits made narrow, blanks trimmed."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unicodedata.normalize("NFKC", str(value)).split())

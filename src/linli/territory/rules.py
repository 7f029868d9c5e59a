"""Where a place stands in the tree, as a number; and other rules about places. Pure: no database, no clock.

A place's path is a prefix code in 62 bits: from the top 10 bits number the subdistrict in its district, 12 the
community, 12 the grid, 12 the building, 5 the entrance and 11 the dwelling (an entrance and its dwellings share the
16 bits below a building). Numbers begin with 1; 0 means that the level is left out, as for a building that belongs
to no grid. So what lies below a place is one range of numbers, and "is it below?" needs neither a join nor a code:
codes of the statistics office are used again for other places, paths never are.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from linli.kernel.refusal import Refusal


class Level(StrEnum):
    """How far down in the tree a place stands. Townships 乡镇 stand with subdistricts, villages with communities."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    GRID = "grid"
    BUILDING = "building"
    ENTRANCE = "entrance"
    DWELLING = "dwelling"


LEVELS = tuple(Level)
_WIDTHS = {
    Level.SUBDISTRICT: 10,
    Level.COMMUNITY: 12,
    Level.GRID: 12,
    Level.BUILDING: 12,
    Level.ENTRANCE: 5,
    Level.DWELLING: 11,
}
_BITS = sum(_WIDTHS.values())
_SHIFTS = {
    level: sum(width for lower, width in _WIDTHS.items() if LEVELS.index(lower) > LEVELS.index(level))
    for level in LEVELS
}
_PARENTS = {
    Level.SUBDISTRICT: (Level.DISTRICT,),
    Level.COMMUNITY: (Level.SUBDISTRICT,),
    Level.GRID: (Level.COMMUNITY,),
    Level.BUILDING: (Level.GRID, Level.COMMUNITY),
    Level.ENTRANCE: (Level.BUILDING,),
    Level.DWELLING: (Level.ENTRANCE, Level.BUILDING),
}


def path_range(path: int, level: str) -> tuple[int, int]:
    """[low, high) of the paths of a place and of all that lies below it."""
    return path, path + (1 << shift_of(level))


def next_path(parent_path: int, level: str, number: int) -> int:
    """The path of child `number` (from 1) at `level` below a parent. Refusal("territory.full") beyond the bits."""
    at = Level(level)
    if number > capacity(at):
        raise Refusal("territory.full", level=at.value, most=capacity(at))
    return parent_path | number << _SHIFTS[at]


def capacity(level: str) -> int:
    """How many places of this level one parent may ever have had."""
    return (1 << _WIDTHS[Level(level)]) - 1


def shift_of(level: str) -> int:
    return _BITS if level == Level.DISTRICT else _SHIFTS[Level(level)]


def level_of(path: int) -> Level:
    """The level of the place with this path: the lowest whose bits are set."""
    for level in reversed(LEVELS[1:]):
        if path >> _SHIFTS[level] & capacity(level):
            return level
    return Level.DISTRICT


def ancestor_paths(path: int) -> list[int]:
    """The paths of a place and of what it lies in, from the place up to the district."""
    paths = [path]
    for level in reversed(LEVELS[:-1]):
        higher = path >> shift_of(level) << shift_of(level)
        if higher != paths[-1]:
            paths.append(higher)
    return paths


def moved_path(path: int, old: int, new: int) -> int:
    """The path of something below `old` after that place got the path `new`: the lower bits stay."""
    return path - old + new


def may_lie_in(level: str, parent_level: str) -> bool:
    return parent_level in _PARENTS.get(Level(level), ())


def parent_levels(level: str) -> tuple[Level, ...]:
    return _PARENTS[Level(level)]


# Names ------------------------------------------------------------------------------------------------------------

_COMMITTEES = (
    (re.compile(r"(社区)(居民委员会|居委会)$"), r"\1"),
    (re.compile(r"(?<=.)村?(村民委员会|村委会)$"), "村"),
    (re.compile(r"(街道)(办事处)$"), r"\1"),
)


def plain_name(name: str) -> str:
    """A division's name without its committee or office: 东升村村委会 -> 东升村, 中山街道办事处 -> 中山街道.

    Sources of different years differ in this for the same place, and it is the organisation that is called so.
    """
    plain = "".join(name.split())
    for pattern, short in _COMMITTEES:
        plain = pattern.sub(short, plain)
    return plain


_RUNS = re.compile(r"[0-9]+|[a-z]+|[^0-9a-z\s]+")


def search_terms(query: str) -> list[str]:
    """What somebody typed, in the parts that must all be found: 通达3号楼 -> 通达, 3号楼. At most eight."""
    terms: list[str] = []
    for word in query.lower().split():
        terms += _joined(_RUNS.findall(word))
    return terms[:8]


def _joined(runs: Iterable[str]) -> list[str]:
    """Runs of one script, a number kept with what follows it: 3 and 号楼 are one term."""
    terms: list[str] = []
    for run in runs:
        if terms and terms[-1][-1].isdigit() and not run[0].isdigit():
            terms[-1] += run
        else:
            terms.append(run)
    return terms


def term_pattern(term: str) -> str:
    """A regular expression, the same to Python and PostgreSQL: a number is found from its beginning on, so that 3号楼
    is not found in 13号楼."""
    return ("(^|[^0-9])" if term[0].isdigit() else "") + re.escape(term)

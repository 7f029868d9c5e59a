"""Paths as a prefix code, names without their committees, and what somebody typed into the search field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.refusal import Refusal
from linli.territory.rules import (
    LEVELS,
    Level,
    ancestor_paths,
    capacity,
    level_of,
    may_lie_in,
    moved_path,
    next_path,
    path_range,
    plain_name,
    search_terms,
)

BELOW_DISTRICT = LEVELS[1:]


@st.composite
def branches(draw: st.DrawFn) -> list[tuple[Level, int]]:
    """A way down from the district: the levels passed, each with its path."""
    levels = [level for level in BELOW_DISTRICT if draw(st.booleans())] or [Level.COMMUNITY]
    path, branch = 0, [(Level.DISTRICT, 0)]
    for level in levels:
        path = next_path(path, level, draw(st.integers(1, capacity(level))))
        branch.append((level, path))
    return branch


@given(branches())
def test_a_place_lies_in_the_range_of_all_that_it_is_part_of(branch: list[tuple[Level, int]]) -> None:
    level, path = branch[-1]
    assert level_of(path) is level
    assert 0 <= path < 2**62
    for higher, higher_path in branch:
        low, high = path_range(higher_path, higher)
        assert low <= path < high
    assert ancestor_paths(path) == [higher_path for _, higher_path in reversed(branch)]


@given(branches(), branches())
def test_ranges_nest_or_lie_apart(one: list[tuple[Level, int]], other: list[tuple[Level, int]]) -> None:
    (level, path), (other_level, other_path) = one[-1], other[-1]
    low, high = path_range(path, level)
    other_low, other_high = path_range(other_path, other_level)
    apart = high <= other_low or other_high <= low
    nested = (low <= other_low and other_high <= high) or (other_low <= low and high <= other_high)
    assert apart or nested


@given(st.integers(1, capacity("subdistrict")), st.integers(1, capacity("subdistrict")), branches())
def test_what_lies_below_moves_along(old: int, new: int, branch: list[tuple[Level, int]]) -> None:
    old_path, new_path = next_path(0, "subdistrict", old), next_path(0, "subdistrict", new)
    below = old_path | (branch[-1][1] & (path_range(0, "subdistrict")[1] - 1))
    moved = moved_path(below, old_path, new_path)
    assert new_path <= moved < path_range(new_path, "subdistrict")[1]
    assert moved_path(moved, new_path, old_path) == below


def test_one_parent_has_so_many_children_and_no_more() -> None:
    assert next_path(0, "entrance", 31) > 0
    with pytest.raises(Refusal) as refused:
        next_path(0, "entrance", 32)
    assert refused.value == Refusal("territory.full", level="entrance", most=31)


def test_a_building_lies_in_a_grid_or_straight_in_a_community() -> None:
    assert may_lie_in("building", "grid")
    assert may_lie_in("building", "community")
    assert not may_lie_in("building", "subdistrict")
    assert not may_lie_in("district", "district")


@pytest.mark.parametrize(
    ("listed", "plain"),
    [
        ("东升村村委会", "东升村"),
        ("立新村委会", "立新村"),
        ("王家村村民委员会", "王家村"),
        ("多福巷社区居委会", "多福巷社区"),
        ("中山街道办事处", "中山街道"),
        ("青山社区", "青山社区"),
        ("和平里居委会", "和平里居委会"),
        (" 长胜乡 ", "长胜乡"),
    ],
)
def test_names_without_their_committees(listed: str, plain: str) -> None:
    assert plain_name(listed) == plain
    assert plain_name(plain) == plain


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("通达3号楼", ["通达", "3号楼"]),
        ("通达小区 3号楼2单元", ["通达小区", "3号楼", "2单元"]),
        ("TDXQ3", ["tdxq", "3"]),
        ("  ", []),
    ],
)
def test_what_was_typed_falls_into_terms(typed: str, terms: list[str]) -> None:
    assert search_terms(typed) == terms

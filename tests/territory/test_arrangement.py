"""Laying a list of grids, buildings, entrances and dwellings over the places that stand."""

import pytest

from linli.territory.arrangement import Arrangement, Fault, Node, PlaceRow, arrange
from linli.territory.rules import Level


def district() -> list[Node]:
    root = Node("district", "岭东区", None, 1, "230503")
    middle, north = Node("subdistrict", "中山街道", root, 2), Node("subdistrict", "北山街道", root, 3)
    tongda = Node("community", "通达社区", middle, 4, "230503001004")
    others = [Node("community", "幸福社区", street, place) for street, place in ((middle, 5), (north, 6))]
    return [root, middle, north, tongda, *others]


def grid(name: str, community: str = "通达社区", **more: object) -> PlaceRow:
    return PlaceRow(Level.GRID, name, community=community, **more)  # type: ignore[arg-type]


def building(name: str, within: str = "", community: str = "通达社区", **more: object) -> PlaceRow:
    return PlaceRow(Level.BUILDING, name, community=community, grid=within, **more)  # type: ignore[arg-type]


def lay(nodes: list[Node], *rows: PlaceRow) -> tuple[Arrangement, list[Node]]:
    """The outcome, and the places that stand afterwards, the new ones with ids."""
    outcome = arrange(nodes, rows)
    for place, node in enumerate(outcome.new, 1 + max(node.place or 0 for node in nodes)):
        node.place = place
    return outcome, [*nodes, *outcome.new]


HOUSES = (
    PlaceRow(Level.DWELLING, "301", building="1号楼", entrance="2单元"),
    PlaceRow(Level.DWELLING, "301", building="1号楼", entrance="1单元"),
    PlaceRow(Level.DWELLING, "门卫室", building="1号楼"),
    PlaceRow(Level.ENTRANCE, "1单元", building="1号楼"),
    PlaceRow(Level.ENTRANCE, "2单元", building="1号楼"),
    building("1号楼", "第一网格"),
    building("临街楼"),
    grid("第一网格"),
)


def test_rows_may_stand_in_any_order() -> None:
    outcome, _ = lay(district(), *HOUSES)
    assert outcome.faults == []
    lineages = {
        " ".join(reversed([above.name for above in iter_up(node)][:-2])) for node in outcome.new if node.name != ""
    }
    assert lineages == {
        "通达社区 第一网格",
        "通达社区 第一网格 1号楼",
        "通达社区 临街楼",
        "通达社区 第一网格 1号楼 1单元",
        "通达社区 第一网格 1号楼 2单元",
        "通达社区 第一网格 1号楼 1单元 301",
        "通达社区 第一网格 1号楼 2单元 301",
        "通达社区 第一网格 1号楼 门卫室",
    }
    order = [node.level for node in outcome.new]
    assert order == sorted(order, key=["grid", "building", "entrance", "dwelling"].index)


def iter_up(node: Node | None) -> list[Node]:
    above = []
    while node is not None:
        above.append(node)
        node = node.parent
    return above


def test_the_same_list_again_changes_nothing() -> None:
    _, standing = lay(district(), *HOUSES)
    again, _ = lay(standing, *HOUSES)
    assert again.is_empty
    assert again.unchanged == len(HOUSES)


def test_a_building_listed_in_another_grid_moves_with_its_own_id() -> None:
    _, standing = lay(district(), *HOUSES)
    outcome, _ = lay(standing, grid("第二网格"), building("1号楼", "第二网格"), building("临街楼"))
    assert [(node.name, node.parent and node.parent.name) for node in outcome.moved] == [("1号楼", "第二网格")]
    assert [node.name for node in outcome.new] == ["第二网格"]
    assert outcome.unchanged == 1


def test_a_building_listed_without_a_grid_stays_in_its_grid() -> None:
    _, standing = lay(district(), *HOUSES)
    outcome, _ = lay(standing, building("1号楼", lon=131.1, lat=46.5))
    assert (outcome.moved, [node.name for node in outcome.located]) == ([], ["1号楼"])


def test_a_code_tells_a_place_whose_name_changed() -> None:
    _, standing = lay(district(), grid("第一网格", code="G1"))
    outcome, _ = lay(standing, grid("和平网格", code="G1"))
    assert [node.name for node in outcome.renamed] == ["和平网格"]
    assert outcome.new == []


def test_a_code_tells_a_building_that_changed_its_community() -> None:
    _, standing = lay(district(), building("1号楼", code="B1"))
    outcome, _ = lay(standing, building("1号楼", community="北山街道/幸福社区", code="B1"))
    assert [node.parent and node.parent.place for node in outcome.moved] == [6]


def test_a_freed_name_may_be_given_to_another_place() -> None:
    _, standing = lay(district(), grid("甲网格", code="G1"))
    outcome, _ = lay(standing, grid("乙网格", code="G1"), grid("甲网格", code="G2"))
    assert ([node.name for node in outcome.renamed], [node.code for node in outcome.new]) == (["乙网格"], ["G2"])


def test_what_lay_in_an_ended_community_moves_to_the_one_it_is_listed_in() -> None:
    nodes, standing = district(), []
    _, standing = lay(nodes, *HOUSES)
    ended = next(node for node in standing if node.name == "通达社区")
    standing.remove(ended)
    for node in standing:
        if node.parent is ended:
            node.parent = None  # as queries.standing gives what lies in an ended place
    new = "中山街道/幸福社区"
    rows = [grid("第一网格", new), building("1号楼", "第一网格", new), building("临街楼", community=new), HOUSES[0]]
    outcome, _ = lay(standing, *rows)
    assert (outcome.faults, outcome.new) == ([], [])
    assert [(node.name, node.parent and node.parent.name) for node in outcome.moved] == [
        ("第一网格", "幸福社区"),
        ("临街楼", "幸福社区"),
    ]
    assert outcome.unchanged == 2  # 1号楼 went along with its grid, its dwelling with it


@pytest.mark.parametrize("community", ["通达社区", "230503001004", "中山街道/通达社区", "通达社区居委会"])
def test_a_community_is_named_in_several_ways(community: str) -> None:
    outcome, _ = lay(district(), grid("第一网格", community=community))
    assert [node.parent and node.parent.place for node in outcome.new] == [4]


@pytest.mark.parametrize(
    ("rows", "column", "code"),
    [
        ([grid("一", community="无此社区")], "community", "no_community"),
        ([grid("一", community="")], "community", "required"),
        ([grid("一", community="幸福社区")], "community", "which_community"),
        ([building("1号楼", "无此网格")], "grid", "no_grid"),
        ([grid("一", community="中山街道/幸福社区"), building("1号楼", "一")], "grid", "no_grid"),
        ([PlaceRow(Level.DWELLING, "301", building="9号楼")], "building", "no_building"),
        ([building("1号楼"), PlaceRow(Level.DWELLING, "1", "", "", "1号楼", "3单元")], "entrance", "no_entrance"),
        (
            [
                building("1号楼"),
                building("1号楼", community="中山街道/幸福社区"),
                PlaceRow(Level.DWELLING, "301", building="1号楼"),
            ],
            "community",
            "which_building",
        ),
        ([grid("一", row=2), grid("一", row=3)], "name", "twice"),
        ([grid("一", code="G1"), grid("一", code="G2")], "code", "other_code"),
    ],
)  # fmt: skip
def test_rows_at_fault(rows: list[PlaceRow], column: str, code: str) -> None:
    (fault,) = arrange(district(), rows).faults
    assert (fault.column, fault.code) == (column, code)


def test_every_fault_is_found_at_once_and_the_good_rows_remain() -> None:
    rows = [grid("一"), grid("二", community="无"), building("1号楼", "二"), building("2号楼", "一")]
    outcome = arrange(district(), [*rows, PlaceRow(Level.DWELLING, "1", building="1号楼", sheet="房屋", row=9)])
    assert [fault.code for fault in outcome.faults] == ["no_community", "no_grid", "no_building"]
    assert outcome.faults[-1] == Fault("房屋", 9, "building", "no_building", {"name": "1号楼"})
    assert [node.name for node in outcome.new] == ["一", "2号楼"]

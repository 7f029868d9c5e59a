"""What a list of grids, buildings, entrances and dwellings changes in a district's tree. Pure.

A row names its place by what it lies in: a grid by its community, a building by its community (and grid, if it has
one), an entrance by its building, a dwelling by its building and, if it has one, its entrance. A place that stands
there already under that name is the same place: listed again with another point or polygon it gets that one, a
building listed in another grid of its community moves there. A grid or building with a code of its own is known by the
code first, so its name may change; one whose community has ended is known by its name alone, and moves to the community
it is listed in. What a list leaves out stays as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from linli.territory.rules import Level, plain_name

ORDER = (Level.GRID, Level.BUILDING, Level.ENTRANCE, Level.DWELLING)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of a list, in the words of the list. Coordinates are WGS-84, the shape is well-known binary."""

    level: Level
    name: str
    community: str = ""
    grid: str = ""
    building: str = ""
    entrance: str = ""
    code: str | None = None
    lon: float | None = None
    lat: float | None = None
    shape: bytes | None = None
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell, `column` by its code name. Its sentence is `territory.fault.<code>`."""

    sheet: str
    row: int
    column: str
    code: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Node:
    """A place in the tree that the list is laid over: one that stands (`place`), or a new one (None until written)."""

    level: str
    name: str
    parent: "Node | None"
    place: int | None = None
    code: str | None = None
    lon: float | None = None
    lat: float | None = None
    shape: bytes | None = None

    def above(self, level: Level) -> "Node | None":
        node: Node | None = self
        while node is not None and node.level != level:
            node = node.parent
        return node


@dataclass(slots=True)
class Arrangement:
    """What is to be written; parents come before what lies in them."""

    new: list[Node] = field(default_factory=list)
    moved: list[Node] = field(default_factory=list)
    renamed: list[Node] = field(default_factory=list)
    coded: list[Node] = field(default_factory=list)
    located: list[Node] = field(default_factory=list)
    reshaped: list[Node] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many standing places get something else, a new parent aside."""
        return len({id(node) for nodes in (self.renamed, self.coded, self.located, self.reshaped) for node in nodes})

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.moved or self.changed)


def arrange(standing: Iterable[Node], rows: Sequence[PlaceRow]) -> Arrangement:
    """Lay a list over the standing places. Rows in any order; a row at fault is left out, and so is what lies in it."""
    tree = _Tree(standing)
    for level in ORDER:
        for row in rows:
            if row.level is level:
                tree.lay(row)
    return tree.outcome


class _AtFault(Exception):
    def __init__(self, column: str, code: str, **data: Any) -> None:
        super().__init__(code)
        self.column, self.code, self.data = column, code, data


class _Tree:
    """The standing places and the rows laid so far, found by name."""

    def __init__(self, standing: Iterable[Node]) -> None:
        self.outcome = Arrangement()
        self._by_code: dict[tuple[str, str], Node] = {}
        self._communities: dict[str, list[Node]] = defaultdict(list)
        self._by_name: dict[tuple[Any, ...], Node] = {}
        self._buildings: dict[str, list[Node]] = defaultdict(list)
        self._orphans: dict[tuple[str, str], list[Node]] = defaultdict(list)
        self._laid: dict[int, int] = {}
        for node in standing:
            self._enter(node)
            if node.level in (Level.GRID, Level.BUILDING) and node.above(Level.COMMUNITY) is None:
                self._orphans[node.level, node.name].append(node)

    def lay(self, row: PlaceRow) -> None:
        try:
            parent = self._parent(row)
            node = self._find(row, parent)
            if node is not None and id(node) in self._laid:
                raise _AtFault("name", "twice", other=self._laid[id(node)])
        except _AtFault as fault:
            self.outcome.faults.append(Fault(row.sheet, row.row, fault.column, fault.code, fault.data))
            return
        if node is None:
            node = Node(row.level, row.name, parent, None, row.code, row.lon, row.lat, row.shape)
            self._enter(node)
            self.outcome.new.append(node)
        else:
            self._update(node, row, parent)
        self._laid[id(node)] = row.row

    def _find(self, row: PlaceRow, parent: Node) -> Node | None:
        """The place that stands for the row already."""
        if row.code and (known := self._by_code.get((row.level, row.code))):
            return known
        found = self._by_name.get(_key(row.level, row.name, parent))
        if found is not None and row.code and found.code and found.code != row.code:
            raise _AtFault("code", "other_code", known=found.code)
        return found or self._orphan(row, parent)

    def _orphan(self, row: PlaceRow, parent: Node) -> Node | None:
        """The only place of this name whose community has ended, or had until this list took its grid in."""
        here = (None, parent.above(Level.COMMUNITY))
        found = [node for node in self._orphans[row.level, row.name] if node.above(Level.COMMUNITY) in here]
        return found[0] if len(found) == 1 and id(found[0]) not in self._laid else None

    def _update(self, node: Node, row: PlaceRow, parent: Node) -> None:
        elsewhere = node.above(Level.COMMUNITY) is not parent.above(Level.COMMUNITY)
        changes = [
            (self.outcome.moved, node.parent is not parent and (elsewhere or row.grid != ""), "parent", parent),
            (self.outcome.renamed, node.name != row.name, "name", row.name),
            (self.outcome.coded, row.code and node.code != row.code, "code", row.code),
            (self.outcome.reshaped, row.shape and node.shape != row.shape, "shape", row.shape),
            (self.outcome.located, row.lon is not None and (node.lon, node.lat) != (row.lon, row.lat), "lon", row.lon),
        ]
        applied = [(nodes, attribute, value) for nodes, applies, attribute, value in changes if applies]
        if not applied:
            self.outcome.unchanged += 1
            return
        self._forget(node)
        for nodes, attribute, value in applied:
            setattr(node, attribute, value)
            nodes.append(node)
        if row.lat is not None:
            node.lat = row.lat
        self._enter(node)

    def _parent(self, row: PlaceRow) -> Node:
        if row.level in (Level.GRID, Level.BUILDING):
            community = self._community(row.community)
            return self._grid(row.grid, community) if row.grid else community
        building = self._building(row)
        if row.level is Level.DWELLING and row.entrance:
            entrance = self._by_name.get(_key(Level.ENTRANCE, row.entrance, building))
            if entrance is None:
                raise _AtFault("entrance", "no_entrance", name=row.entrance, building=building.name)
            return entrance
        return building

    def _community(self, name: str) -> Node:
        """A community by its 12-digit code, its name, or subdistrict/name where two have the same."""
        if not name:
            raise _AtFault("community", "required")
        subdistrict, _, short = name.rpartition("/")
        found = self._communities.get(plain_name(short), [])
        if subdistrict:
            found = [node for node in found if node.parent and node.parent.name == plain_name(subdistrict)]
        if by_code := self._by_code.get((Level.COMMUNITY, name)):
            found = [by_code]
        if not found:
            raise _AtFault("community", "no_community", name=name)
        if len(found) > 1:
            choices = ", ".join(f"{node.parent.name if node.parent else ''}/{node.name}" for node in found)
            raise _AtFault("community", "which_community", name=name, choices=choices)
        return found[0]

    def _grid(self, name: str, community: Node) -> Node:
        grid = self._by_name.get(_key(Level.GRID, name, community)) or self._by_code.get((Level.GRID, name))
        if grid is None or grid.above(Level.COMMUNITY) is not community:
            raise _AtFault("grid", "no_grid", name=name, community=community.name)
        return grid

    def _building(self, row: PlaceRow) -> Node:
        if not row.building:
            raise _AtFault("building", "required")
        found = self._buildings.get(row.building, [])
        if row.community:
            community = self._community(row.community)
            found = [node for node in found if node.above(Level.COMMUNITY) is community]
        if by_code := self._by_code.get((Level.BUILDING, row.building)):
            found = [by_code]
        if not found:
            raise _AtFault("building", "no_building", name=row.building)
        if len(found) > 1:
            raise _AtFault("community", "which_building", name=row.building, count=len(found))
        return found[0]

    def _enter(self, node: Node) -> None:
        if node.code:
            self._by_code.setdefault((node.level, node.code), node)
        if node.level == Level.COMMUNITY:
            self._communities[plain_name(node.name)].append(node)
        elif node.level in ORDER:
            self._by_name[_key(node.level, node.name, node.parent)] = node
            if node.level == Level.BUILDING and node not in self._buildings[node.name]:
                self._buildings[node.name].append(node)

    def _forget(self, node: Node) -> None:
        """Take a node out of the index before its name or parent changes."""
        self._by_name.pop(_key(node.level, node.name, node.parent), None)
        if node in self._buildings[node.name]:
            self._buildings[node.name].remove(node)


def _key(level: str, name: str, parent: Node | None) -> tuple[Any, ...]:
    """What tells a place from others: a building by its community whatever its grid, all else by what it lies in."""
    within = parent.above(Level.COMMUNITY) if level == Level.BUILDING and parent else parent
    return level, name, id(within)

"""Everything that changes the tree of places. Each command records one event on the root of the tree."""

from linli.territory.commands.divisions import apply_divisions
from linli.territory.commands.lists import import_places
from linli.territory.commands.single import end_place, move_place, rename_place

__all__ = ["apply_divisions", "end_place", "import_places", "move_place", "rename_place"]

"""What happens to the tree of places. All are events of its root, the district; bodies hold ids, codes and counts."""

DIVISIONS_APPLIED = "territory.divisions.applied"
"""{on, source, unchanged, renamed: [place], new: [place], ended: [place], moved: [{place, from, to, code_from,
code_to, level}]}. from and to are internal paths: whatever keeps a path below `from` follows, see rules.moved_path."""

PLACES_IMPORTED = "territory.places.imported"
"""{on, source, unchanged, new: {level: count}, changed, moved: [{place, from, to, level}]}"""

PLACE_RENAMED = "territory.place.renamed"
"""{place, on}"""

PLACE_MOVED = "territory.place.moved"
"""{on, moved: [{place, from, to, level}]}: it lies in another place now."""

PLACE_ENDED = "territory.place.ended"
"""{place, on}"""

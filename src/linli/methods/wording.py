"""The words of a package: which it needs, which are missing, and what a kind's states and moves are called.

Keys are flat: `state.working`, `move.reopen`, `field.what`, `choice.topic.lighting`, `outcome.solved`,
`party.reporter`, `post.grid_worker`, `measure.on_time`, `input.answer_within`, `method.title`, `method.promise`,
`report.title`. What one kind calls otherwise has the kind in front: `report.move.solve`. A key is the wording for
residents; `.staff` behind it that for staff where it differs; `.done` behind a move says that it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from linli.matters.schema import ChoiceField
from linli.methods.faults import Fault

if TYPE_CHECKING:
    from linli.matters.schema import Kind
    from linli.methods.reader import Package

STAFF, DONE = "staff", "done"
_SUFFIXES = (STAFF, DONE, f"{DONE}.{STAFF}")


def wording(package: Package, kind: str) -> dict[str, dict[str, str]]:
    """For each language the words of a kind by plain key (`move.reopen`, `move.reopen.staff`, `title`), its own before
    those that the package's kinds share; with them the names of the package's posts."""
    keys = [*_keys_of(package.kinds[kind]), *(f"post.{post}" for post in package.posts)]
    both = [f"{key}{suffix}" for key in keys for suffix in ("", *(f".{suffix}" for suffix in _SUFFIXES))]
    return {language: dict(_chosen(words, kind, both)) for language, words in package.words.items()}


def untranslated(package: Package) -> list[Fault]:
    """The words that a package needs and does not have, and those it has and nobody needs, in each language."""
    needed = _needed(package)
    known = {key for keys in needed for key in keys}
    faults: list[Fault] = []
    for language, words in package.words.items():
        file = f"words/{language}.yaml"
        missing = [keys for keys in needed if not any(key in words for key in keys)]
        faults += (Fault(file, 1, (keys[-1],), "no_words", {"name": keys[-1]}) for keys in missing)
        unknown = [key for key in words if key not in known and _plain(key) not in known]
        faults += (Fault(file, 1, (key,), "unknown_words", {"name": key, "known": sorted(known)}) for key in unknown)
    return faults


def _chosen(words: Mapping[str, str], kind: str, keys: list[str]) -> Iterator[tuple[str, str]]:
    for key in keys:
        for named in (f"{kind}.{key}", key):
            if named in words:
                yield key, words[named]
                break


def _needed(package: Package) -> list[tuple[str, ...]]:
    """Each thing that needs words, by the keys of which one is enough."""
    single = ["method.title", "method.promise"]
    single += [f"post.{name}" for name in package.posts]
    single += [f"measure.{name}" for name in package.measures]
    single += [f"input.{name}" for name in package.inputs]
    needed: list[tuple[str, ...]] = [(key,) for key in single]
    for name, kind in package.kinds.items():
        for key in _keys_of(kind):
            own = f"{name}.{key}"
            needed.append((own,) if key in ("title", "promise") else (own, key))
    return needed


def _keys_of(kind: Kind) -> Iterator[str]:
    yield from ("title", "promise")
    yield from (f"party.{name}" for name in kind.parties)
    yield from (f"state.{name}" for name in kind.states)
    yield from dict.fromkeys(f"outcome.{state.outcome}" for state in kind.states.values() if state.outcome)
    yield from (f"move.{name}" for name in kind.moves)
    given = [field for move in kind.moves.values() for field in move.gives]
    yield from dict.fromkeys(f"field.{name}" for name in (*kind.form, *given))
    for name, field in kind.form.items():
        if isinstance(field, ChoiceField):
            yield from (f"choice.{name}.{choice}" for choice in field.of)


def _plain(key: str) -> str:
    """A key without what says for whom, or that it was done."""
    for suffix in sorted(_SUFFIXES, key=len, reverse=True):
        if key.endswith(f".{suffix}"):
            return key.removesuffix(f".{suffix}")
    return key

"""YAML of a package as a plain tree with line numbers. Nothing is guessed: every scalar stays the text that was
written, and of YAML's machinery only mappings, lists, scalars and the tag `!input` are let in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

LARGEST_FILE = 512 * 1024  # bytes
_MOST_NODES = 60_000
_DEEPEST = 16
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """What `!input name` stands for: the value that a place fills in when it adopts the method."""

    name: str


class Unreadable(Exception):
    """This YAML is not let in: where (line from 1), and the sentence `fault.<code>`."""

    def __init__(self, line: int, code: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(code)
        self.line, self.code, self.data = line, code, data or {}


@dataclass(frozen=True, slots=True)
class Tree:
    """What a file says, as dicts, lists, texts and inputs; `lines` has the line of each path in it."""

    root: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it. Parts that the tree does not know are passed over:
        validation names alternatives that are no keys."""
        node: Any = self.root
        at: Path = ()
        for part in path:
            inside = (isinstance(node, dict) and part in node) or (
                isinstance(node, list) and isinstance(part, int) and part < len(node)
            )
            if inside:
                node, at = node[part], (*at, part)
        return self.lines[at]


def grow(text: str) -> Tree:
    """Read one YAML document. Unreadable says where and why it is refused."""
    try:
        if len(text.encode()) > LARGEST_FILE:
            raise Unreadable(1, "too_large", {"most": LARGEST_FILE // 1024})
        return _Growth(text).tree()
    except UnicodeEncodeError:
        raise Unreadable(1, "no_utf8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(mark.line + 1 if mark else 1, "no_yaml", {"why": error.problem or ""}) from None
    except yaml.YAMLError as error:
        raise Unreadable(1, "no_yaml", {"why": str(error).splitlines()[0]}) from None


class _Growth:
    """Builds the tree from YAML's events, refusing as it goes: nothing is built that will not be let in."""

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=_LOADER)
        self._lines: dict[Path, int] = {}

    def tree(self) -> Tree:
        event = self._next(yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.StreamEndEvent)
        if isinstance(event, yaml.StreamEndEvent):
            raise Unreadable(1, "empty")
        if event.tags:
            raise Unreadable(_line(event), "tag", {"tag": "%TAG"})
        root = self._node(next(self._events), ())
        if not isinstance(root, dict):
            raise Unreadable(1, "no_mapping")
        end = self._next(yaml.DocumentEndEvent, yaml.StreamEndEvent)
        if not isinstance(end, yaml.StreamEndEvent):
            raise Unreadable(_line(end), "second_document")
        return Tree(root, self._lines)

    def _next(self, passed: type, *wanted: type) -> Any:
        """The next event that is not of the type to be passed over."""
        for event in self._events:
            if not isinstance(event, passed):
                return event
        return yaml.StreamEndEvent()

    def _node(self, event: Any, path: Path) -> Any:
        self._check(event, path)
        self._lines.setdefault(path, _line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return Input(event.value.strip()) if event.tag == "!input" else event.value

    def _check(self, event: Any, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise Unreadable(_line(event), "alias", {"name": event.anchor})
        scalar = isinstance(event, yaml.ScalarEvent)
        if event.tag and not (scalar and event.tag == "!input"):
            raise Unreadable(_line(event), "tag", {"tag": event.tag})
        if len(path) > _DEEPEST:
            raise Unreadable(_line(event), "too_deep", {"most": _DEEPEST})
        if len(self._lines) > _MOST_NODES:
            raise Unreadable(_line(event), "too_many_nodes", {"most": _MOST_NODES})

    def _mapping(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
                raise Unreadable(_line(event), "no_plain_key")
            key = event.value
            if key in mapping:
                first = self._lines[(*path, key)]
                raise Unreadable(_line(event), "duplicate_key", {"name": key, "first": first})
            self._lines[(*path, key)] = _line(event)
            mapping[key] = self._node(next(self._events), (*path, key))
        return mapping

    def _sequence(self, path: Path) -> list[Any]:
        sequence: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            sequence.append(self._node(event, (*path, len(sequence))))
        return sequence


def _line(event: Any) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

"""Faults of a package: where, what, and the nearest thing that its author may have meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from linli.kernel import words
from linli.kernel.refusal import Refusal
from linli.methods.tree import Path, Tree

_SHAPES = {"model_type": "mapping", "dict_type": "mapping", "tuple_type": "list", "string_type": "text"}
_MOST_LISTED = 14


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a package: the file, the line (from 1), the path in it, and the sentence `fault.<code>`."""

    file: str
    line: int
    path: Path
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: str = "zh") -> str:
        """As an author reads it: file, line, path, what is wrong, and what may have been meant."""
        data = {**self.data, "nearest": _nearest(self.data, language)}
        path = ".".join(str(part) for part in self.path)
        return f"{self.file}:{self.line}: {path}: {words.say(f'fault.{self.code}', language, **data)}"

    def __str__(self) -> str:
        return self.say("en")


class InvalidPackage(Refusal):
    """A package that is not let in; `faults` says all that is wrong with it, in the order of its files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line)))
        super().__init__("methods.invalid", count=len(self.faults))

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def faults_of(
    error: ValidationError, adapter: TypeAdapter[Any], file: str, tree: Tree, prefix: Path
) -> Iterator[Fault]:
    """What validation found in the part of a tree at `prefix`, in our words and with its lines."""
    told: set[tuple[int, str]] = set()
    for found in error.errors(include_url=False):
        path = (*prefix, *found["loc"])
        line = tree.line_of(path)
        code, data = _told(found, adapter)
        if (line, code) not in told or code in ("unknown_key", "missing"):
            yield Fault(file, line, path, code, data)
        told.add((line, code))


def _told(found: Any, adapter: TypeAdapter[Any]) -> tuple[str, dict[str, Any]]:
    """The code of a sentence of ours for an error of the validation, and what fills it in."""
    kind, loc, data = found["type"], found["loc"], dict(found.get("ctx") or {})
    if kind == "extra_forbidden":
        return "unknown_key", {"name": str(loc[-1]), "known": _keys_at(adapter._type, loc[:-1])}
    if kind in ("missing", "union_tag_not_found"):
        return "missing", {"name": "kind" if kind != "missing" else str(loc[-1])}
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        expected = str(data.get("expected") or data.get("expected_tags"))
        known = [part.strip(" '") for part in expected.replace(" or ", ", ").split(",")]
        return "not_one_of", {"name": str(data.get("tag") or found["input"]), "known": known}
    if kind == "string_pattern_mismatch":
        return "pattern", {"name": str(found["input"])[:60], "pattern": data["pattern"]}
    if kind in _SHAPES:
        return f"no_{_SHAPES[kind]}", {}
    if words.has(f"fault.{kind}"):
        return kind, data
    return "value", {"name": str(found["input"])[:60], "why": found["msg"]}


def _keys_at(annotation: Any, loc: Path) -> list[str]:
    """The keys known to the model at this place of a section."""
    for part in loc:
        annotation = _inside(annotation, part)
    models = [choice for choice in _choices(annotation) if isinstance(choice, type) and issubclass(choice, BaseModel)]
    return [known.alias or name for model in models for name, known in model.model_fields.items()]


def _inside(annotation: Any, part: str | int) -> Any:
    """The type of a part of a value of this type; for alternatives told apart by `kind`, the one that is named."""
    for choice in _choices(annotation):
        if get_origin(choice) is not None:
            return get_args(choice)[1 if isinstance(part, str) and len(get_args(choice)) > 1 else 0]
        if not (isinstance(choice, type) and issubclass(choice, BaseModel)):
            continue
        fields = {known.alias or name: known for name, known in choice.model_fields.items()}
        if part in fields:
            return fields[str(part)].annotation
        if "kind" in fields and part in get_args(fields["kind"].annotation):
            return choice
    return None


def _choices(annotation: Any) -> list[Any]:
    """A type without its annotations, or the alternatives of a union."""
    if get_origin(annotation) is Annotated:
        return _choices(get_args(annotation)[0])
    if get_origin(annotation) in (None, dict, tuple, list, Literal) or get_origin(annotation) is Mapping:
        return [annotation]
    return [choice for member in get_args(annotation) for choice in _choices(member)]


def _nearest(data: Mapping[str, Any], language: str) -> str:
    """What may have been meant, as a sentence to put behind; the whole choice when it is short; or nothing."""
    known = [str(name) for name in data.get("known", ())]
    close = get_close_matches(str(data.get("name", "")), known, n=1)
    if close:
        return words.say("fault.nearest", language, name=close[0])
    listed = 0 < len(known) <= _MOST_LISTED
    return words.say("fault.known", language, names=", ".join(known)) if listed else ""

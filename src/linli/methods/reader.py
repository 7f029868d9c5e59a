"""Reading a method package: its sections handed to the organs that own them, its words, its inputs filled in.

A package is text: `method.yaml` and `words/<language>.yaml`. Nothing in it is executed. All that is wrong with it is
told at once, each with file, line and path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from linli.indicators.schema import Measure, Measures
from linli.kernel.words import LANGUAGES
from linli.matters.schema import Kind, Name, unknown_posts
from linli.methods.faults import Fault, InvalidPackage, faults_of
from linli.methods.schema import Head, InputDeclaration, Inputs, Policies, Policy
from linli.methods.tree import LARGEST_FILE, Input, Tree, Unreadable, grow
from linli.people.schema import Post, Posts

METHOD = "method.yaml"
KINDS = TypeAdapter(dict[Name, Kind])
SECTIONS: Mapping[str, TypeAdapter[Any]] = {
    "inputs": Inputs,
    "posts": Posts,
    "kinds": KINDS,
    "policies": Policies,
    "measures": Measures,
}
"""Each section of a package and the models of the organ that owns it."""

INSTALLED = frozenset({"matters", "indicators"})
"""The organs there are. A policy on any other is dormant."""

_HEAD = TypeAdapter(Head)
_LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Package:
    """A method as it was read, with the values of its inputs filled in. `files` are its texts: all it came from."""

    method: str
    version: str
    practices: tuple[str, ...]
    inputs: Mapping[str, InputDeclaration]
    values: Mapping[str, str]
    posts: Mapping[str, Post]
    kinds: Mapping[str, Kind]
    policies: tuple[Policy, ...]
    measures: Mapping[str, Measure]
    words: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 over the names and texts of its files: two packages with one digest are the same package."""
        told = sha256()
        for name in sorted(self.files):
            for part in (name.encode(), self.files[name].encode()):
                told.update(len(part).to_bytes(8) + part)
        return told.hexdigest()

    @property
    def dormant(self) -> tuple[Policy, ...]:
        """The policies that wait for an organ that is not there."""
        return tuple(policy for policy in self.policies if policy.do.partition(".")[0] not in INSTALLED)

    def filled(self, values: Mapping[str, str]) -> Package:
        """The same package as a place adopts it, its inputs filled in. InvalidPackage if a value does not fit."""
        return parse(self.files, values)


def read(folder: Path, values: Mapping[str, str] | None = None) -> Package:
    """Read the package in a folder `<author>/<method>`. InvalidPackage says all that is wrong with it."""
    wanted = [METHOD, *(f"words/{language}.yaml" for language in LANGUAGES)]
    files, faults = {}, []
    for name in wanted:
        path = folder / name
        if not path.is_file():
            faults.append(Fault(name, 1, (), "no_file"))
            continue
        content = path.read_bytes()[: LARGEST_FILE + 1]
        try:
            files[name] = content.decode()
        except UnicodeDecodeError:
            too_large = len(content) > LARGEST_FILE
            data = {"most": LARGEST_FILE // 1024} if too_large else {}
            faults.append(Fault(name, 1, (), "too_large" if too_large else "no_utf8", data))
    if faults:
        raise InvalidPackage(faults)
    package = parse(files, values)
    own = "/".join(folder.resolve().parts[-2:])
    if package.method != own:
        raise InvalidPackage([Fault(METHOD, 1, ("method",), "other_folder", {"method": package.method, "folder": own})])
    return package


def parse(files: Mapping[str, str], values: Mapping[str, str] | None = None) -> Package:
    """Read a package from its texts. `values` fill in its inputs; what they leave out takes its default."""
    words, faults = _read_words(files)
    try:
        tree = grow(files.get(METHOD, ""))
    except Unreadable as error:
        raise InvalidPackage([*faults, Fault(METHOD, error.line, (), error.code, error.data)]) from None
    read_sections = _Sections(tree, values or {})
    faults += read_sections.faults
    if faults:
        raise InvalidPackage(faults)
    head, sections = read_sections.head, read_sections.sections
    return Package(
        method=head.method,
        version=head.version,
        practices=head.practices,
        inputs=sections["inputs"],
        values=read_sections.values,
        posts=sections["posts"],
        kinds=sections["kinds"],
        policies=sections["policies"],
        measures=sections["measures"],
        words=words,
        files=dict(files),
    )


class _Sections:
    """The sections of one tree, each validated by its owner; faults gathered on the way."""

    head: Head

    def __init__(self, tree: Tree, values: Mapping[str, str]) -> None:
        self.tree, self.faults = tree, list[Fault]()
        self.sections: dict[str, Any] = {"inputs": {}, "posts": {}, "kinds": {}, "policies": (), "measures": {}}
        root = dict(tree.root)
        head = {name: root.pop(name) for name in Head.model_fields if name in root}
        self.head = self._validated(_HEAD, head, ())
        self._unknown_sections(root)
        self.sections["inputs"] = self._validated(Inputs, root.pop("inputs", {}), ("inputs",)) or {}
        self.values = self._values(values)
        for name in SECTIONS:
            if name in root:
                resolved = self._resolved(root[name], (name,))
                self.sections[name] = self._validated(SECTIONS[name], resolved, (name,)) or self.sections[name]
        if not self.faults:
            self._posts_known()

    def _fault(self, path: tuple[str | int, ...], code: str, **data: Any) -> None:
        self.faults.append(Fault(METHOD, self.tree.line_of(path), path, code, data))

    def _validated(self, adapter: TypeAdapter[Any], part: Any, prefix: tuple[str | int, ...]) -> Any:
        try:
            return adapter.validate_python(part)
        except ValidationError as error:
            self.faults += faults_of(error, adapter, METHOD, self.tree, prefix)
            return None

    def _unknown_sections(self, root: dict[str, Any]) -> None:
        for name in root:
            if name not in SECTIONS:
                self._fault((name,), "unknown_key", name=name, known=[*Head.model_fields, *SECTIONS])

    def _values(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values of the inputs: what was filled in, else (also where that does not fit) the default."""
        declared: Mapping[str, InputDeclaration] = self.sections["inputs"]
        known = {name: declaration.default for name, declaration in declared.items()}
        for name, value in values.items():
            if name not in declared:
                self._fault(("inputs",), "unknown_input", name=name, known=list(declared))
            elif why := declared[name].misfit(value):
                self._fault(("inputs", name), why, value=value[:60])
            else:
                known[name] = value
        return known

    def _resolved(self, part: Any, path: tuple[str | int, ...]) -> Any:
        """A part of the tree with the value of each input in its place."""
        if isinstance(part, dict):
            return {key: self._resolved(value, (*path, key)) for key, value in part.items()}
        if isinstance(part, list):
            return [self._resolved(value, (*path, index)) for index, value in enumerate(part)]
        if not isinstance(part, Input):
            return part
        if part.name not in self.values:
            self._fault(path, "unknown_input", name=part.name, known=list(self.values))
        return self.values.get(part.name, "")

    def _posts_known(self) -> None:
        for name, kind in self.sections["kinds"].items():
            for where, code, data in unknown_posts(kind, self.sections["posts"]):
                self._fault(("kinds", name, *where), code, **data)


def _read_words(files: Mapping[str, str]) -> tuple[dict[str, dict[str, str]], list[Fault]]:
    """The words of each language: flat keys, one text each."""
    words: dict[str, dict[str, str]] = {}
    faults: list[Fault] = []
    for language in LANGUAGES:
        file = f"words/{language}.yaml"
        try:
            tree = grow(files.get(file, ""))
        except Unreadable as error:
            faults.append(Fault(file, error.line, (), error.code, error.data))
            continue
        faults += _bad_words(file, tree)
        words[language] = tree.root
    return words, faults


def _bad_words(file: str, tree: Tree) -> Iterator[Fault]:
    for key, text in tree.root.items():
        if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST_WORDS:
            yield Fault(file, tree.line_of((key,)), (key,), "bad_words", {"most": _LONGEST_WORDS})

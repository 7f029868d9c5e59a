"""Checks that what the documents name is there: links and their anchors, paths, `make` targets, `linli` commands,
environment variables, and the code names of the glossary. Prints every breach; exits with 1 when there is one."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:src|tests|scripts|docs|library|bench|\.ci)/[\w./*-]*")
TARGET = re.compile(r"^make ([a-z-]+)")
COMMAND = re.compile(r"^(?:\.venv/bin/)?linli ([a-z]+)(?: ([a-z]+))?")
VARIABLE = re.compile(r"^([A-Z][A-Z_]{3,})(?:=|$)")

Look = Callable[[str, str | None], bool]


def main() -> int:
    """Checks the documents of this checkout."""
    breaches = [*broken(ROOT, _is_command), *unknown_words(ROOT)]
    print("\n".join(breaches) or "The documents name nothing that is not there.")
    return 1 if breaches else 0


def broken(root: Path, is_command: Look) -> list[str]:
    """What the documents under `root` name and `root` does not have."""
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.M))
    source = "\n".join(
        path.read_text() for path in [*root.glob("src/**/*.py"), *root.glob("scripts/*")] if path.is_file()
    )
    breaches = []
    for path, number, line in _lines(root):
        named = [*_broken_links(path, line)]
        for code in [*CODE.findall(line), *([line.strip()] if line.startswith("    ") else [])]:
            found = PATH.match(code)
            if found and not _exists(root, found[0]):
                named.append(found[0])
            if (found := TARGET.match(code)) and found[1] not in targets:
                named.append(found[0])
            if (found := COMMAND.match(code)) and not is_command(found[1], found[2]):
                named.append(found[0])
            if (found := VARIABLE.match(code)) and not re.search(rf"\b{found[1]}\b", source):
                named.append(found[1])
        breaches += [f"{path.relative_to(root)}:{number}: {name} is not there" for name in named]
    return breaches


def unknown_words(root: Path) -> list[str]:
    """The code names in the glossary's last column that stand nowhere in the code or the library."""
    places = [*root.glob("src/**/*.py"), *root.glob("library/**/*.yaml")]
    written = set(re.findall(r"\w+", " ".join(path.read_text() for path in places)))
    breaches = []
    for number, line in enumerate((root / "GLOSSARY.md").read_text().splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        for name in CODE.findall(cells[-1]) if len(cells) > 2 else ():
            if not set(re.findall(r"\w+", name)) <= written:
                breaches.append(f"GLOSSARY.md:{number}: {name} is not in the code")
    return breaches


def _lines(root: Path) -> Iterator[tuple[Path, int, str]]:
    for path in [*sorted(root.glob("*.md")), *sorted(root.glob("docs/**/*.md"))]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield path, number, line


def _broken_links(path: Path, line: str) -> Iterator[str]:
    for link in LINK.findall(line):
        place, _, anchor = link.partition("#")
        target = path.parent / place if place else path
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            yield link


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _exists(root: Path, name: str) -> bool:
    return any(root.glob(name.rstrip("/"))) if "*" in name else (root / name.rstrip(".")).exists()


def _is_command(name: str, part: str | None) -> bool:
    from linli.channels.console.main import COMMANDS, ROOM, linli

    if name not in linli.list_commands(click.Context(linli)):
        return False
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    django.setup()
    module, _, function = COMMANDS[name].target.partition(":")
    command = getattr(import_module(f"{ROOM}.{module}"), function)
    return not isinstance(command, click.Group) or part is None or part in command.commands


if __name__ == "__main__":
    sys.exit(main())

"""`linli evaluate DATA`: the platform tried on real data that nobody here wrote, in an installation of its own.

DATA is a folder with some of these files; what depends on a missing one is left out:

messages_457.csv                        messages of residents: opened as reports over HTTP, each handled to an end
adcode2016_hunan_shuangyashan.csv.gz    divisions of 2016: all of Hunan, and 双鸭山 with 岭东区
lingdong_230503_villages_2022.csv       岭东区 six years later
fences5_gcj02.geojson                   the outlines of five districts

Every figure is read back from the platform, by GET /indicators or by a query, never from the file.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from linli.channels.console import evaluate_messages
from linli.channels.console.main import database

OUT = Path("build/evaluate.jsonl")
Figures = dict[str, float]


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", default=OUT, show_default=True, type=click.Path(dir_okay=False, path_type=Path))
def evaluate(data: Path, out: Path) -> None:
    """Try the platform on the files in the folder DATA; one line of JSON for each figure."""
    with _installation():
        figures = _of_messages(data) | _of_divisions(data)
    out.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"name": name, "value": value}) for name, value in figures.items()]
    out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    click.echo("\n".join(lines))


def _of_messages(data: Path) -> Figures:
    file = data / "messages_457.csv"
    return evaluate_messages.figures(file) if file.exists() else {}


def _of_divisions(data: Path) -> Figures:
    """As the owner of the database, who alone may make districts."""
    with database("owner"):
        import django

        django.setup()
        from linli.channels.console import evaluate_divisions

        return evaluate_divisions.figures(data)


@contextmanager
def _installation() -> Iterator[None]:
    """A folder of its own for everything, whatever the environment says, and gone afterwards."""
    ours = ("DATA_DIR", "DATABASE_URL", "OWNER_DATABASE_URL", "LINLI_LOGIN", "LINLI_DEMO")
    before = {name: os.environ.pop(name) for name in ours if name in os.environ}
    folder = Path(tempfile.mkdtemp(prefix="linli-evaluate-"))
    folder.chmod(0o755)
    os.environ["DATA_DIR"] = str(folder / "var")
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)

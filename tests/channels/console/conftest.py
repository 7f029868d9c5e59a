"""Folders for servers of a test's own. Not pytest's tmp_path: for root that lies in a folder closed to others."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from linli.channels.console import postgres


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """One installation for the tests of a module; each starts its server anew and leaves it in order."""
    folder = Path(tempfile.mkdtemp(prefix="linli-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(data_dir: Path) -> Iterator[postgres.Server]:
    started = postgres.start(data_dir)
    yield started
    started.stop()

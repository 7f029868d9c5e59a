"""The cast in front of Chromium, which talks to the real server on the tests' installation.

LINLI_SHOTS=folder keeps a picture of every page that is looked at.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from linli.channels.web.visitor import COOKIE
from linli.kernel.registry import tenants
from linli.settings import ROOT
from tests.browser.screen import DESK, Screen
from tests.cast import Scene
from tests.channels.web.browsing import session_of
from tests.installation import DISTRICT, owner_login

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop running beside the test
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE = 30.0  # seconds for the server to answer


@pytest.fixture(scope="session")
def server(installation: str) -> Iterator[str]:
    """The address of the server that production runs too."""
    with owner_login():
        tenants.name_gas_company(DISTRICT, "中燃燃气", "95007")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "1", "--workers", "1"]
    command += ["--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen([*command, "linli.wsgi:application"], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def look(server: str, chromium: Browser, scene: Scene) -> "Iterator[Look]":
    looked = Look(server, chromium, scene)
    yield looked
    looked.close()


class Look:
    """`look("resident")`: a member of the cast in front of a browser of their own; "" for somebody who is not known."""

    def __init__(self, address: str, chromium: Browser, scene: Scene) -> None:
        self._address, self._chromium, self._scene = address, chromium, scene
        self._screens: list[Screen] = []

    def __call__(
        self,
        role: str,
        number: int = 0,
        *,
        size: tuple[int, int] = DESK,
        language: str = "zh",
        large: bool = False,
        scripts: bool = True,
    ) -> Screen:
        context = self._chromium.new_context(
            base_url=self._address,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            geolocation={"longitude": 131.1621, "latitude": 46.5911},
            permissions=["geolocation"],
            reduced_motion="reduce",
        )
        cookies = {"language": language, "large": str(int(large))}
        if role:
            cookies[COOKIE] = session_of(self._scene.member(role, number).phone)
        context.add_cookies([{"name": n, "value": v, "url": self._address} for n, v in cookies.items()])
        screen = Screen(context.new_page())
        self._screens.append(screen)
        return screen

    def close(self) -> None:
        faults = [fault for screen in self._screens for fault in screen.faults]
        for screen in self._screens:
            screen.page.context.close()
        assert not faults, faults


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")

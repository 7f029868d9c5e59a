"""A page in Chromium as somebody looks at it: what goes wrong in it is noted, and what it looks like can be kept."""

import os
from functools import cache
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, Response

from linli.settings import ROOT

PHONE, DESK = (390, 844), (1440, 900)
SHOTS = os.environ.get("LINLI_SHOTS")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_EXPECTED = ("status of 401", "status of 403", "status of 404", "status of 409", "status of 422")
_SMALL = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!box.width || style.visibility === 'hidden' || style.opacity === '0') return false;
    if (e.matches('.skip, .visually-hidden, .stretched-link, td a, th a, dd a, p a')) return false;
    return box.height < 43.5 || box.width < 43.5; })
  .map(e => e.outerHTML.slice(0, 100))"""


class Screen:
    """`faults` are what the browser complained about: scripts that failed, policies that were broken."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._listen)
        page.on("response", self._count)
        page.set_default_timeout(15_000)

    def go(self, path: str) -> "Screen":
        self.page.goto(path, wait_until="load")
        return self

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def press(self, name: str) -> "Screen":
        """The button or link with this name, in the page itself."""
        return self.click(self.page.locator("main, .toast-place").locator("button, a").filter(has_text=name).first)

    def click(self, found: Locator) -> "Screen":
        """Bring it to where a thumb gets at it, away from the bars, and press it."""
        found.evaluate("element => element.scrollIntoView({block: 'center'})")
        found.click()
        self.page.wait_for_load_state("load")
        return self

    def violations(self) -> list[str]:
        """What axe-core, the width of the screen and the size of a thumb object to."""
        self.page.evaluate(_axe())
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        said = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [*said, *([f"wider than the screen by {wide}"] if wide > 0 else []), *self._small_targets()]

    def shoot(self, name: str) -> None:
        """Keep a picture, where somebody wants to look at them."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            width = self.page.evaluate("window.innerWidth")
            self.page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)

    def _small_targets(self) -> list[str]:
        return [f"too small for a thumb: {html}" for html in self.page.evaluate(_SMALL)]

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(known in message.text for known in _EXPECTED):
            self.faults.append(f"{self.page.url}: {message.text}")

    def _count(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.url}: {response.status}")


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

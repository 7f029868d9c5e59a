"""What every template keeps to: words in both languages, icons that exist, nothing that the strict policy forbids."""

import json
import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from linli.channels import web
from linli.channels.web.navigation import tabs
from linli.channels.web.offices import OFFICES
from linli.kernel.words import LANGUAGES, lexicon

WEB = Path(web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
ICONS = json.loads((WEB / "assets" / "icons.json").read_text(encoding="utf-8"))
SAID = re.compile(r'{% say "([^"]+)"(?!\|)')
DRAWN = re.compile(r'{% icon "([^"]+)"(?!\|)|glyph="([^"]+)"')
FORBIDDEN = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|hx-on|hx-vals=['\"]js:|https?://(?!www\.w3\.org)"
)

every_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))


@every_template
def test_it_can_be_read(path: Path) -> None:
    get_template(str(path.relative_to(WEB / "templates")))


@every_template
def test_its_words_are_said_in_every_language(path: Path) -> None:
    keys = set(SAID.findall(path.read_text(encoding="utf-8")))
    for language in LANGUAGES:
        assert keys <= lexicon(language).keys()


@every_template
def test_its_icons_are_in_the_sprite(path: Path) -> None:
    assert {one or other for one, other in DRAWN.findall(path.read_text(encoding="utf-8"))} <= ICONS.keys()


@every_template
def test_nothing_in_it_is_inline_or_from_elsewhere(path: Path) -> None:
    assert FORBIDDEN.findall(path.read_text(encoding="utf-8")) == []


@every_template
def test_its_words_are_not_written_into_it(path: Path) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", text.replace(">中文<", "><")) == []


@pytest.mark.parametrize("light", ["green", "yellow", "red", "stopped", "ended"])
def test_each_light_has_a_shape_and_a_word(light: str) -> None:
    assert f"light-{light}" in ICONS
    for language in LANGUAGES:
        assert lexicon(language)[f"web.light.{light}"]


def test_no_two_lights_share_a_shape_or_a_word() -> None:
    lights = ["green", "yellow", "red", "stopped", "ended"]
    assert len({ICONS[f"light-{light}"] for light in lights}) == len(lights)
    for language in LANGUAGES:
        assert len({lexicon(language)[f"web.light.{light}"] for light in lights}) == len(lights)


@pytest.mark.parametrize("staff", [True, False])
@pytest.mark.parametrize("administrator", [True, False])
def test_tabs_are_few_and_have_words_and_icons(staff: bool, administrator: bool) -> None:
    shown = tabs(staff=staff, administrator=administrator)
    assert 3 <= len(shown) <= 5
    for tab in shown:
        assert tab.icon in ICONS
        assert all(tab.word in lexicon(language) for language in LANGUAGES)


def test_every_office_is_named_and_can_be_reached() -> None:
    for office in OFFICES:
        assert office.icon in ICONS
        assert re.fullmatch(r"\d{5}|", office.phone)
        assert all({office.what, office.name} <= lexicon(language).keys() for language in LANGUAGES)

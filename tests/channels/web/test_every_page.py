"""Every page draws for whom it is meant, in both languages, and asks everybody else to sign in."""

import pytest

from tests.cast import Scene
from tests.channels.web.browsing import Visitor, text_of
from tests.channels.web.conftest import Enter

FOR_EVERYBODY = ("/", "/results/", "/elsewhere/")
FOR_RESIDENTS = (
    "/report/",
    "/report/?kind=building_report",
    "/mine/",
    "/mine/?shown=ended",
    "/mine/?shown=followed",
    "/nearby/",
)
FOR_STAFF = ("/inbox/", "/inbox/?light=red", "/inbox/?light=yellow", "/patrol/")


@pytest.mark.parametrize("path", [*FOR_EVERYBODY, *FOR_RESIDENTS, *FOR_STAFF])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_draws_for_whom_it_is_meant(enter: Enter, path: str, language: str) -> None:
    visitor = enter("grid_worker" if path in FOR_STAFF else "resident", language=language)
    page = visitor.get(path)
    assert page.status_code == 200
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert ' style="' not in text_of(page) and "<script>" not in text_of(page)


@pytest.mark.parametrize("path", FOR_EVERYBODY)
def test_some_pages_need_no_session(nobody: Visitor, path: str) -> None:
    assert nobody.get(path).status_code == 200


@pytest.mark.parametrize("path", [*FOR_RESIDENTS, *FOR_STAFF, "/matters/1/", "/similar/", "/matters/1/moves/take_on/"])
def test_everything_else_asks_to_sign_in_and_comes_back(nobody: Visitor, path: str) -> None:
    answer = nobody.get(path)
    assert answer.status_code == 302
    wanted = path.replace("?", "%3F").replace("=", "%3D").replace("/", "%2F")
    assert answer["Location"] == f"/sign-in/?next={wanted}"


def test_the_poster_is_public_and_its_code_leads_to_the_form(nobody: Visitor, enter: Enter, scene: Scene) -> None:
    building = scene.places["building"]
    page = nobody.get(f"/places/{building}/poster/")
    assert page.status_code == 200
    assert f"testserver/r/{building}" in text_of(page)
    assert nobody.get(f"/r/{building}")["Location"] == f"/report/?place={building}"
    form = text_of(enter("resident").get("/report/", place=building))
    assert f'name="place" value="{building}" checked' in form


@pytest.mark.parametrize("path", ["/places/999999/poster/", "/r/99999999999999999999", "/report/?kind=nothing"])
def test_what_is_not_there_is_not_there(enter: Enter, path: str) -> None:
    assert enter("resident").get(path).status_code == 404


def test_pages_of_posts_are_for_those_who_fill_one(enter: Enter) -> None:
    for path in ("/inbox/", "/patrol/"):
        assert enter("resident").get(path).status_code == 403
        assert enter("administrator").get(path).status_code == 403


def test_switches_are_kept_and_lead_back_to_this_site_only(nobody: Visitor) -> None:
    answer = nobody.post("/language/", language="en", next="/results/?month=2026-01")
    assert answer["Location"] == "/results/?month=2026-01"
    assert 'lang="en"' in text_of(nobody.get("/"))
    assert nobody.post("/language/", language="xx", next="//elsewhere.example/")["Location"] == "/"
    assert nobody.post("/large-type/", large="1", next="https://elsewhere.example/")["Location"] == "/"
    assert 'class="large"' in text_of(nobody.get("/"))

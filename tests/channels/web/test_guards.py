"""What every answer carries and no request gets past: headers, the largest body, the server in front."""

from typing import Any

import pytest

from linli.channels.web.middleware import LARGEST_BODY
from linli.wsgi import seen_from_outside
from tests.channels.web.browsing import Visitor
from tests.channels.web.conftest import Enter


@pytest.mark.parametrize("path", ["/", "/results/", "/sign-in/", "/nothing/", "/api/v1/kinds"])
def test_no_answer_is_framed_or_kept_for_others(nobody: Visitor, path: str) -> None:
    answer = nobody.get(path)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert "no-store" in answer["Cache-Control"] or answer["Cache-Control"] == "private, no-cache"


def test_signing_out_leaves_nothing_in_the_browser(nobody: Visitor) -> None:
    assert nobody.post("/sign-out/")["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize("path", ["/sign-in/", "/photos/", "/api/v1/session"])
@pytest.mark.parametrize("announced", [str(LARGEST_BODY + 1), "9" * 30, "-1", "²"])
def test_too_large_a_body_is_refused_unread(nobody: Visitor, path: str, announced: str) -> None:
    answer = nobody.client.post(path, b"", content_type="application/json", headers={"Content-Length": announced})
    assert answer.status_code == 413


def test_an_unknown_deed_does_nothing_to_an_account(enter: Enter) -> None:
    assert enter("administrator").post("/people/1/account/whatever/").status_code == 404


def seen(environ: dict[str, Any], *, https: bool = False) -> tuple[str, str]:
    found: list[dict[str, Any]] = []
    answer = seen_from_outside(lambda environ, start: found.append(environ) or [], "127.0.0.1,::1", https=https)
    answer({"wsgi.url_scheme": "http", **environ}, None)
    return found[0]["REMOTE_ADDR"], found[0]["wsgi.url_scheme"]


def test_behind_a_server_in_front_each_visitor_has_an_address_of_their_own() -> None:
    forged = {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.9"}  # the visitor wrote the first one
    assert seen({"REMOTE_ADDR": "127.0.0.1", **forged}, https=True) == ("203.0.113.9", "https")
    assert seen({"REMOTE_ADDR": "192.0.2.1", **forged}) == ("192.0.2.1", "http")  # comes straight to us

"""Signing in at the API, and what happens without."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from linli.kernel.actor import SYSTEM
from linli.people.commands import end_sessions, open_account, register_party, set_password
from tests.cast import PASSWORD, Scene
from tests.channels.api.caller import Caller

ELSEWHERE = "203.0.113.77"


def newcomer(phone: str) -> int:
    """Somebody with an account of their own, to be locked out and signed out."""
    at = datetime.now(UTC)
    event = register_party(by=SYSTEM, at=at, kind="resident", name="周新", phone=phone)
    party = int(event.subject.partition(":")[2])
    open_account(by=SYSTEM, at=at, party=party)
    set_password(by=SYSTEM, at=at, party=party, password=PASSWORD)
    return party


def sign_in(phone: str, password: str = PASSWORD, **more: Any) -> Any:
    body = json.dumps({"phone": phone, "password": password, **more})
    return Client(REMOTE_ADDR=ELSEWHERE).post("/api/v1/session", body, content_type="application/json")


def test_phone_and_password_give_a_token_that_works(scene: Scene) -> None:
    answer = sign_in(scene.member("resident").phone)
    assert answer.status_code == 200 and set(answer.json()) == {"token"}
    caller = Caller()
    caller.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    assert caller.get("matters").status_code == 200


def test_a_wrong_password_and_an_unknown_phone_are_answered_alike(scene: Scene) -> None:
    wrong, unknown = sign_in(scene.member("resident", 1).phone, "not-the-one"), sign_in("19900469999")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json() and wrong.json()["code"] == "people.wrong_credentials"
    assert wrong["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("body", [{}, {"phone": "1"}, {"phone": 1, "password": 2}, [], None, "x"])
def test_what_is_no_sign_in_is_refused(scene: Scene, body: Any) -> None:
    answer = Caller().post("session", body)
    assert answer.status_code == 422 or (answer.status_code == 400 and body == "x")
    assert answer.json()["code"] and answer.json()["message"]


def test_after_five_failures_one_has_to_wait(scene: Scene) -> None:
    newcomer("19900461001")
    answers = [sign_in("19900461001", "not-the-one") for _ in range(6)]
    assert [answer.status_code for answer in answers[:4]] == [401] * 4 and answers[-1].status_code == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 15 * 60 and "分钟" in answers[-1].json()["message"]
    assert sign_in("19900461001").status_code == 429  # the right one too


def test_a_session_that_was_ended_is_none(scene: Scene) -> None:
    party = newcomer("19900461002")
    caller = Caller()
    caller.headers["Authorization"] = f"Bearer {sign_in('19900461002').json()['token']}"
    assert caller.get("kinds").status_code == 200
    end_sessions(by=SYSTEM, at=datetime.now(UTC), party=party)
    refused = caller.get("kinds")
    assert refused.status_code == 401 and refused.json()["code"] == "sign_in_first"


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "bearer \x7f", "Bearer 令牌"]
)
def test_what_is_no_token_is_refused(scene: Scene, value: str) -> None:
    caller = Caller()
    caller.headers["Authorization"] = value
    for answer in (caller.get("matters"), caller.post("matters", {"kind": "report"})):
        assert answer.status_code == 401 and answer.json()["code"] == "sign_in_first"


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("", "请"), ("zh-CN,zh;q=0.9", "请"), ("en", "Please"), ("en-GB,en;q=0.8", "Please"), ("*", "请"),
        ("fr, en;q=0.5", "Please"), ("zh;q=0.1, en", "Please"), ("en;q=0, zh", "请"), ("EN-us", "Please"),
        ("nonsense;;q", "请"),
    ],
)  # fmt: skip
def test_refusals_speak_the_language_that_is_preferred(scene: Scene, wanted: str, first: str) -> None:
    assert Caller(language=wanted).get("matters").json()["message"].startswith(first)
    not_there = Caller(language=wanted).get("nowhere").json()["message"]
    assert not_there.isascii() == (first == "Please")

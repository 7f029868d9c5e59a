"""Somebody who uses the API."""

import json
from functools import cache
from typing import Any

from django.test import Client

from tests.cast import PASSWORD


class Caller:
    """With a session of their own, or with none."""

    def __init__(self, phone: str | None = None, language: str = "") -> None:
        self.client = Client()
        self.headers = {"Accept-Language": language} if language else {}
        if phone is not None:
            self.headers["Authorization"] = f"Bearer {token(phone)}"

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def post(self, path: str, body: Any, key: str | None = None, **headers: str) -> Any:
        headers = {**self.headers, **headers, **({"Idempotency-Key": key} if key is not None else {})}
        sent = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.client.post(f"/api/v1/{path}", sent, content_type="application/json", headers=headers)


@cache
def token(phone: str) -> str:
    """One session for each member of the cast in a run: passwords are sealed slowly."""
    answer = Caller().post("session", {"phone": phone, "password": PASSWORD})
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.json()["token"])

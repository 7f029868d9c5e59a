"""Callers over HTTP who do not give up: the same key again until there is an answer that counts."""

import http.client
import json
import time
from typing import Any

from tests.cast import PASSWORD

PATIENCE = 60.0  # seconds


class Caller:
    """One connection at a time, signed in."""

    def __init__(self, port: int, phone: str) -> None:
        self.port, self.token = port, ""
        status, answer, _ = self.insist("POST", "session", {"phone": phone, "password": PASSWORD})
        assert status == 200, answer
        self.token = answer["token"]

    def once(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any, dict[str, str]]:
        """One request; OSError or HTTPException when there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, f"/api/v1/{path}", json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None, dict(answer.getheaders())
        finally:
            connection.close()

    def insist(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any, dict[str, str]]:
        """Again with the same key while there is no answer, or one that says: try again (503)."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.once(method, path, body, key)
                if answer[0] != 503:
                    return answer
            except (OSError, http.client.HTTPException):
                pass
            assert time.monotonic() < until, f"no answer to {method} {path}"
            time.sleep(0.1)

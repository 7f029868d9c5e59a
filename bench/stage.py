"""The stage of the benchmarks: the installation of the tests with the cast on it, and ways to count and to time."""

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.installation import DISTRICT, install  # isort: skip  (starts the server and Django)

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.registry import tenants
from linli.wsgi import application
from tests.cast import PASSWORD, Scene, set_the_scene


def set_stage() -> Scene:
    install()
    with tenants.district(DISTRICT):
        return set_the_scene()


def call(method: str, path: str, body: Any = None, token: str = "", key: str = "") -> tuple[int, Any]:
    """One request through the whole WSGI application, without a socket."""
    sent = b"" if body is None else json.dumps(body).encode()
    address, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": f"/api/v1/{address}",
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "wsgi.input": io.BytesIO(sent),
        "wsgi.url_scheme": "http",
    }
    if key:
        environ["HTTP_IDEMPOTENCY_KEY"] = key
    status: list[str] = []
    response = application(environ, lambda line, headers: status.append(line))
    content = b"".join(response)
    response.close()
    return int(status[0].split()[0]), json.loads(content)


def sign_in(phone: str) -> str:
    status, answer = call("POST", "session", {"phone": phone, "password": PASSWORD})
    assert status == 200, answer
    return str(answer["token"])


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements sent meanwhile, SET LOCAL and search_path included, BEGIN and COMMIT not."""
    sent: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield sent
    sent += [q["sql"] for q in queries.captured_queries if q["sql"] not in ("BEGIN", "COMMIT")]


def cpu_ms(act: Callable[[int], object], times: int) -> float:
    """CPU time of this process for one act, in milliseconds, over many; a fifth as many before to warm up."""
    for number in range(times // 5):
        act(-1 - number)
    began = time.process_time()
    for number in range(times):
        act(number)
    return (time.process_time() - began) / times * 1000


def per_second(act: Callable[[int], object], seconds: float) -> float:
    """How often one client in this process can do it, one after the other."""
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        act(done)
        done += 1
    return done / (time.perf_counter() - began)

"""The API keeps to its own documentation, whatever is sent."""

import json
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from linli.channels.api.application import api
from linli.wsgi import application
from tests.cast import Scene
from tests.channels.api.caller import Caller, token

MOVES = ("take_on", "solve", "hand_over", "accept", "decline", "follow", "reopen", "fly")
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(api.get_openapi_schema()).get_all_operations()]
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
]


@pytest.fixture(scope="module")
def ours(_scene: Scene) -> list[int]:
    """Matters that the worker of the cast holds."""
    worker = Caller(_scene.member("grid_worker").phone)
    form = {"what": "楼道灯坏了", "topic": "lighting"}
    body = {"kind": "report", "place": _scene.places["home"], "form": form}
    return [worker.post("matters", body).json()["id"] for _ in range(3)]


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_whatever_is_sent_is_answered_as_documented(
    operation: Any, mode: GenerationMode, _scene: Scene, ours: list[int]
) -> None:
    worker = token(_scene.member("grid_worker").phone)
    headers = {"Authorization": f"Bearer {worker}", "Accept-Encoding": "identity"}

    @settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(mode))
    def answered(case: Any) -> None:
        _aim(case, ours)
        response = case.call(headers=headers, app=_from_elsewhere)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            problem = json.loads(response.content)
            assert problem["code"] and problem["message"]

    answered()


def _from_elsewhere(environ: dict[str, Any], start_response: Any) -> Any:
    """From an address of its own: many failures to sign in lock an address out."""
    return application({**environ, "REMOTE_ADDR": "203.0.113.9"}, start_response)


def _aim(case: Any, ours: list[int]) -> None:
    """Let some of what was thought of at random hit matters and moves that there are."""
    parameters = case.path_parameters or {}
    if isinstance(parameters.get("matter"), int):
        parameters["matter"] = ours[parameters["matter"] % len(ours)]
    if isinstance(case.body, dict) and isinstance(case.body.get("move"), str):
        case.body["move"] = MOVES[len(case.body["move"]) % len(MOVES)]
        case.body["version"] = 1
    if isinstance(case.body, dict) and isinstance(case.body.get("kind"), str):
        case.body["kind"] = "report"


def test_the_documentation_is_served_without_signing_in(scene: Scene) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/json")
    told = answer.json()
    assert told["openapi"].startswith("3.") and told["components"]["securitySchemes"]
    assert set(told["paths"]) == {
        "/api/v1/session", "/api/v1/places", "/api/v1/kinds", "/api/v1/photos", "/api/v1/photos/{photo}",
        "/api/v1/matters", "/api/v1/matters/{matter}", "/api/v1/matters/{matter}/moves",
        "/api/v1/matters/{matter}/undo", "/api/v1/indicators",
    }  # fmt: skip


def test_every_operation_says_what_it_is_for_and_how_it_refuses() -> None:
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            refusals = {str(status) for status in operation["responses"] if int(status) >= 400}
            assert refusals >= {"400", "401", "404", "422", "429", "503"}, (method, path)
            assert ("409" in refusals) == (method == "post"), (method, path)

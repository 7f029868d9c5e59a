"""Fifty clients want the same matter: each version has one winner, the others are told what stands now."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests import servers
from tests.withstand.calling import Caller
from tests.withstand.conftest import Ground

CLIENTS = 50
ROUNDS = ("take_on", "pause", "resume", "pause", "resume", "solve")


def test_each_version_of_a_matter_has_one_winner(ground: Ground) -> None:
    with servers.web(**ground.environment) as (port, _), ThreadPoolExecutor(CLIENTS) as pool:
        resident = Caller(port, ground.scene.member("resident").phone)
        worker = Caller(port, ground.scene.member("grid_worker").phone)
        form = {"what": "楼道灯坏了", "topic": "lighting"}
        opening = {"kind": "report", "place": ground.scene.places["home"], "form": form}
        _, matter, _ = resident.insist("POST", "matters", opening, "crowd")
        path = f"matters/{matter['id']}/moves"
        for version, move in enumerate(ROUNDS, start=1):
            body = {"move": move, "version": version, "gives": {"note": "说明"}}
            keys = [f"{move}{version}-{client}" for client in range(CLIENTS)]
            answers = list(pool.map(lambda key, body=body: worker.once("POST", path, body, key), keys))  # type: ignore[misc]
            assert Counter(status for status, _, _ in answers) == {200: 1, 409: CLIENTS - 1}
            assert {answer["version"] for _, answer, _ in answers} == {version + 1}

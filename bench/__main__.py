"""`make bench`: the budgets of the first district, measured. Run it on a quiet machine; ratios bear noise better."""

import statistics
from datetime import UTC, datetime

import numpy as np

from bench import stage  # first: it starts the installation

from bench import against_pgbench, http, relaying, report  # isort: skip
from bench.report import Measure
from linli.kernel import relay
from linli.kernel.registry import tenants
from linli.matters.commands import open_matter
from tests import servers
from tests.cast import Scene
from tests.installation import DISTRICT

FORM = {"what": "三单元二楼的楼道灯坏了，晚上看不见台阶，老人容易摔倒", "topic": "lighting"}
TIMES = 200


def main() -> None:
    scene = stage.set_stage()
    with tenants.district(DISTRICT):
        measures = [*opening(scene), *moving(scene), *kinds(scene), *points()]
        measures += over_http(scene)
    report.write(measures)


def opening(scene: Scene) -> list[Measure]:
    token, home = stage.sign_in(scene.member("resident").phone), scene.places["home"]
    resident = scene.actor("resident", at=datetime.now(UTC))

    def over_wsgi(number: int) -> None:
        body = {"kind": "report", "place": home, "form": FORM}
        status, _ = stage.call("POST", "matters", body, token, f"open{number}")
        assert status == 201

    def in_process(number: int) -> int:
        event = open_matter(
            by=resident, at=datetime.now(UTC), key=f"direct{number}", kind="report", place=home, form=FORM
        )
        return int(event.subject.partition(":")[2])

    over_wsgi(-1000)
    with stage.counting() as sent:
        over_wsgi(-1001)
    in_process(-1000)
    with stage.counting() as statements:
        matter = in_process(-1001)
    shares = []
    for number in range(3):
        ours = stage.per_second(lambda done, n=number: in_process(n * 100_000 + done), 4.0)  # type: ignore[misc]
        theirs = against_pgbench.transactions_per_second(statements, matter, "direct-1001", 4)
        shares.append(ours / theirs)
        print(f"open in process {ours:.0f}/s, pgbench {theirs:.0f}/s")
    return [
        Measure("matter.open.sql", len(sent), "statements", 14),
        Measure("matter.open.cpu_ms", stage.cpu_ms(over_wsgi, TIMES), "ms", 7),
        Measure("matter.open.share_of_pgbench", statistics.median(shares), "share", 0.25, at_least=True),
    ]


def moving(scene: Scene) -> list[Measure]:
    resident, worker = (stage.sign_in(scene.member(role).phone) for role in ("resident", "grid_worker"))
    body = {"kind": "report", "place": scene.places["home"], "form": FORM}
    matters = [stage.call("POST", "matters", body, resident, f"to-move{n}")[1]["id"] for n in range(TIMES * 2)]

    def move(number: int) -> None:
        path = f"matters/{matters[number]}/moves"
        status, answer = stage.call("POST", path, {"move": "take_on", "version": 1}, worker, f"move{number}")
        assert status == 200, answer

    move(TIMES + 1)
    with stage.counting() as sent:
        move(TIMES + 2)
    return [
        Measure("matter.move.sql", len(sent), "statements", 14),
        Measure("matter.move.cpu_ms", stage.cpu_ms(move, TIMES), "ms", 7),
    ]


def kinds(scene: Scene) -> list[Measure]:
    token = stage.sign_in(scene.member("resident").phone)
    stage.call("GET", "kinds", token=token)
    with stage.counting() as sent:
        status, _ = stage.call("GET", "kinds", token=token)
    assert status == 200
    return [Measure("kinds.sql", len(sent), "statements", 3)]


def points() -> list[Measure]:
    """Points in 214 polygons, of some 30 corners each, side by side like the grids of a district."""
    from bench.fences import locator

    found, seconds, count = locator(214), [], 400_000
    numbers = np.random.default_rng(1)
    lons, lats = numbers.uniform(131.0, 131.3, count), numbers.uniform(46.4, 46.7, count)
    for _ in range(3):
        began = datetime.now(UTC)
        found.locate_many(lons, lats)
        seconds.append((datetime.now(UTC) - began).total_seconds())
    return [Measure("points.per_s", count / statistics.median(seconds), "points/s", 200_000, at_least=True)]


def over_http(scene: Scene) -> list[Measure]:
    token, home = stage.sign_in(scene.member("resident").phone), scene.places["home"]

    def one(number: int) -> http.Request:
        return "POST", "matters", {"kind": "report", "place": home, "form": FORM}, token, f"http{number}"

    with servers.web() as (port, process):
        http.run(port, lambda n: one(-1 - n), seconds=2, clients=8)
        result = http.run(port, one, seconds=8, clients=8)
        assert set(result.statuses) == {201}, result.statuses
        rss = servers.rss_mb(process)
        relay.drain(datetime.now(UTC))  # what was opened before, for no worker ran
        with servers.worker():
            http_p95 = relaying.over_http(port, token, home)
    matters = [stage.call("POST", "matters", one(n)[2], token, f"relay-in{n}")[1]["id"] for n in range(100)]
    relay.drain(datetime.now(UTC))
    return [
        Measure("matter.open.http_per_s", result.per_second, "1/s", 200, at_least=True),
        Measure("relay.p95_ms", http_p95, "ms", 1000),
        Measure("relay.inproc_p95_ms", relaying.in_process(matters), "ms", 1000),
        Measure("worker.rss_mb", rss, "MB", 150),
    ]


if __name__ == "__main__":
    main()

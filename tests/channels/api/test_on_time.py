"""The share in time: what is open and overdue counts against it."""

from datetime import UTC, datetime, timedelta

from linli.kernel import relay
from linli.matters.commands import open_matter
from tests.cast import Scene
from tests.channels.api.test_flow import Caller


def test_what_is_open_and_overdue_was_not_in_time(scene: Scene) -> None:
    supervisor = Caller(scene.member("supervisor").phone)
    place = scene.places["other_community"]

    def asked() -> dict[str, int]:
        answer = supervisor.get("indicators", measure="on_time", place=place)
        assert answer.status_code == 200, answer.content.decode()
        return dict(answer.json())

    before = asked()
    long_ago = datetime.now(UTC) - timedelta(days=9)
    form = {"what": "井盖松了", "topic": "road"}
    open_matter(by=scene.actor("resident"), at=long_ago, kind="report", place=place, form=form)
    relay.drain(datetime.now(UTC))
    after = asked()
    assert after["overdue_open"] == before["overdue_open"] + 1
    assert after["denominator"] == before["denominator"] + 1 and after["numerator"] == before["numerator"]


def test_what_is_no_number_is_no_place(scene: Scene) -> None:
    resident = Caller(scene.member("resident").phone)
    answer = resident.post("matters", {"kind": "report", "place": True, "form": {"what": "井盖松了"}})
    assert answer.status_code == 422

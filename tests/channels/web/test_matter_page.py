"""The page of a matter: what happened, what can be done, and who may see which of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from linli.channels.console.cast import Member
from linli.kernel.actor import CLOCK, SYSTEM
from linli.kernel.scope import scope
from linli.matters.commands import move_matter, open_matter, tick_due
from linli.matters.models import Matter
from linli.people.commands import dismiss
from linli.people.models import PartyText
from tests.cast import Scene, actor
from tests.cast import enter as register
from tests.channels.web.browsing import form_of, forms_of, picture, text_of
from tests.channels.web.conftest import Enter

Open = Callable[..., int]


@pytest.fixture
def opened(scene: Scene) -> Open:
    """A matter of the first resident, `ago` from now."""

    def one(
        what: str = "楼道灯坏了", ago: timedelta = timedelta(minutes=5), place: str = "home", kind: str = "report"
    ) -> int:
        event = open_matter(
            by=scene.actor("resident"), at=datetime.now(UTC) - ago, kind=kind, place=scene.places[place],
            form={"what": what, "topic": "lighting"},
        )  # fmt: skip
        return int(event.subject.partition(":")[2])

    return one


def move(scene: Scene, matter: int, name: str, role: str, number: int = 0, **gives: Any) -> None:
    with scope(SYSTEM):
        version = Matter.objects.get(pk=matter).version
    by = scene.actor(role, number)
    move_matter(by=by, at=datetime.now(UTC), matter=matter, move=name, version=version, gives=gives, key=str(uuid4()))


def moves_on(page: Any) -> set[str]:
    return set(re.findall(r'(?:action|href)="/matters/\d+/moves/(\w+)/"', text_of(page)))


def test_a_matter_goes_from_taken_on_to_rated(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened("三楼的灯不亮，老人差点摔倒")
    worker, resident = enter("grid_worker"), enter("resident")
    page = worker.get(f"/matters/{matter}/")
    assert moves_on(page) == {"take_on", "raise_up", "hand_over", "decline"}
    assert worker.send(page, f"/matters/{matter}/moves/take_on/").status_code == 302
    page = worker.get(f"/matters/{matter}/")
    assert "已受理" in text_of(page) and 'data-undo="' in text_of(page)
    form = worker.get(f"/matters/{matter}/moves/solve/")
    empty = worker.send(form, f"/matters/{matter}/moves/solve/", photos_files=[picture()])
    assert empty.status_code == 422
    assert "请写几句说明" in text_of(empty)
    photos = form_of(empty, f"/matters/{matter}/moves/solve/").fields["photos"]
    assert len(photos) == 1
    done = worker.send(empty, f"/matters/{matter}/moves/solve/", note="换了感应灯")
    assert done.status_code == 302
    page = resident.get(f"/matters/{matter}/")
    text = text_of(page)
    assert "是不是真的好了" in text and "换了感应灯" in text and photos[0] in text
    assert moves_on(page) == {"accept", "reopen", "complain"}
    assert scene.member("grid_worker").name in text and "网格员" in text
    rated = resident.send(page, f"/matters/{matter}/moves/accept/", rating="5", note="很快")
    assert rated.status_code == 302
    text = text_of(resident.get(f"/matters/{matter}/"))
    assert "5 · 很满意" in text and "已确认解决" in text and "很快" in text


def test_residents_are_never_named_in_the_timeline(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened()
    move(scene, matter, "follow", "resident", 1)
    move(scene, matter, "follow", "resident", 2)
    text = text_of(enter("grid_worker").get(f"/matters/{matter}/"))
    assert "有邻居也有这个问题（共 2 位）" in text
    for number in (0, 1, 2):
        assert scene.member("resident", number).name not in text
        assert scene.member("resident", number).phone not in text


def test_nobody_else_sees_it(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened()
    acts = ("moves/take_on", "undo/1", "reporter")
    for visitor in (enter("grid_worker", 1), enter("resident", 1)):
        assert visitor.get(f"/matters/{matter}/").status_code == 404
        assert visitor.get(f"/matters/{matter}/reported/").status_code == 404
        assert visitor.get(f"/matters/{matter}/moves/take_on/").status_code == 404
        for act in acts:
            assert visitor.post(f"/matters/{matter}/{act}/", version=1, key="k", reason="想看看").status_code == 404
    for role in ("community_desk", "supervisor", "district_office", "building_head"):
        assert enter(role).get(f"/matters/{matter}/").status_code == 200


def test_photos_are_seen_by_whom_the_matter_is_seen(enter: Enter, scene: Scene) -> None:
    resident = enter("resident")
    page = resident.get("/report/")
    sent = resident.send(page, topic="road", place=scene.places["home"], what="路坏了", photos_files=[picture()])
    matter = sent["Location"].split("/")[2]
    photo = re.findall(r"/photos/([0-9a-f-]{36})/small/", text_of(resident.get(f"/matters/{matter}/")))[0]
    assert enter("grid_worker").get(f"/photos/{photo}/small/").status_code == 200
    for stranger in (enter("grid_worker", 1), enter("resident", 1)):
        assert (
            stranger.get(f"/photos/{photo}/").status_code == stranger.get(f"/photos/{photo}/small/").status_code == 404
        )


def test_the_second_of_two_sees_what_happened_and_keeps_the_words(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened()
    head, desk = enter("grid_worker"), enter("community_desk")
    page = head.get(f"/matters/{matter}/")
    form = head.get(f"/matters/{matter}/moves/raise_up/")
    assert head.send(page, f"/matters/{matter}/moves/take_on/").status_code == 302
    stale = head.send(form, f"/matters/{matter}/moves/raise_up/", note="线路老化，要换整段")
    assert stale.status_code == 409
    text = text_of(stale)
    assert "刚才有别人处理过这件事" in text and "线路老化，要换整段</textarea>" in text
    fresh = form_of(stale, f"/matters/{matter}/moves/raise_up/").fields
    assert (
        fresh["version"] == ["2"] and fresh["key"] != form_of(form, f"/matters/{matter}/moves/raise_up/").fields["key"]
    )
    late = desk.post(f"/matters/{matter}/moves/take_on/", version=2, key="x")
    assert late.status_code == 422 and desk.get(f"/matters/{matter}/").status_code == 200


def test_a_move_from_a_page_that_is_too_old_comes_back(enter: Enter, opened: Open) -> None:
    matter = opened()
    worker = enter("grid_worker")
    address = f"/matters/{matter}/moves/raise_up/"
    form = worker.get(address)
    worker.client.cookies["csrftoken"] = "n" * 32
    answer = worker.send(form, address, note="线路老化")
    assert answer.status_code == 403 and "线路老化</textarea>" in text_of(answer)
    assert worker.send(answer, address).status_code == 302
    stranger = enter("grid_worker", 1)
    stranger.get(f"/matters/{matter}/")
    assert stranger.client.post(address, {"note": "x"}).status_code == 404
    assert stranger.client.post(f"/matters/{matter}/undo/1/").status_code == 403


def test_words_for_a_move_that_is_gone_are_given_back(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened()
    worker = enter("grid_worker")
    form = worker.get(f"/matters/{matter}/moves/decline/")
    move(scene, matter, "take_on", "grid_worker")
    move(scene, matter, "solve", "grid_worker", note="好了")
    answer = worker.send(form, f"/matters/{matter}/moves/decline/", note="不归我们管", right_office="12345")
    assert answer.status_code == 409 and "没有提交的内容：不归我们管" in text_of(answer)
    assert worker.get(f"/matters/{matter}/moves/decline/").status_code == 409
    gone = worker.get(f"/matters/{matter}/moves/decline/", htmx=True)
    assert gone.status_code == 204 and "这一步不用再办了" in text_of(worker.get(gone["HX-Redirect"]))


def test_the_last_move_is_taken_back_while_the_toast_is_there(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened()
    worker = enter("grid_worker")
    worker.send(worker.get(f"/matters/{matter}/"), f"/matters/{matter}/moves/take_on/")
    page = worker.get(f"/matters/{matter}/")
    undone = worker.send(page, f"/matters/{matter}/undo/2/")
    assert undone["Location"] == f"/matters/{matter}/?done=undone"
    text = text_of(worker.get(undone["Location"]))
    assert "已撤销，这件事回到了上一步" in text and "已撤销“已受理”" in text and "data-undo" not in text
    again = worker.send(page, f"/matters/{matter}/undo/2/")
    assert again.status_code == 302, "the same form again is the same undo"
    assert worker.post(f"/matters/{matter}/undo/2/", key="other").status_code == 409
    assert worker.post(f"/matters/{matter}/undo/3/", key="third").status_code == 422


def test_a_matter_is_handed_over_to_a_seat_that_is_chosen(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened()
    worker = enter("grid_worker")
    form = worker.get(f"/matters/{matter}/moves/hand_over/")
    address = f"/matters/{matter}/moves/hand_over/"
    nobody = worker.send(form, address, note="请治安员看看")
    assert nobody.status_code == 422 and 'id="error-seat"' in text_of(nobody)
    assert "请治安员看看</textarea>" in text_of(nobody)
    police = scene.actor("police").posts[0].seat
    assert worker.send(form, address, note="请治安员看看", seat=str(police)).status_code == 302
    text = text_of(worker.get(f"/matters/{matter}/"))
    assert scene.member("police").name in text and "已转其他岗位办理" in text
    assert "受理" in text_of(enter("police").get(f"/matters/{matter}/"))


def test_declining_names_the_right_office(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened("邻居欠我钱不还")
    worker, resident = enter("grid_worker"), enter("resident")
    form = worker.get(f"/matters/{matter}/moves/decline/")
    answer = worker.send(
        form, f"/matters/{matter}/moves/decline/", note="属于民事纠纷", right_office="12348 公共法律服务热线"
    )
    assert answer.status_code == 302
    page = resident.get(f"/matters/{matter}/")
    assert "12348 公共法律服务热线" in text_of(page) and moves_on(page) == {"complain"}


def test_the_reporter_stays_masked_until_somebody_gives_a_reason(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened()
    worker, phone = enter("grid_worker"), scene.member("resident").phone
    page = worker.get(f"/matters/{matter}/")
    assert "周**" in text_of(page) and "199****0001" in text_of(page)
    address = f"/matters/{matter}/reporter/"
    refused = worker.send(page, address, reason="")
    assert refused.status_code == 422 and phone not in text_of(refused) and "请写明查看的理由" in text_of(refused)
    shown = worker.send(page, address, reason="约上门时间")
    assert shown.status_code == 200 and phone in text_of(shown) and shown["Cache-Control"] == "no-store"
    part = worker.post(address, htmx=True, reason="再问一次门牌", key="r2")
    assert phone in text_of(part) and "<html" not in text_of(part)
    assert phone not in text_of(worker.get(f"/matters/{matter}/"))
    with scope(SYSTEM):
        assert set(PartyText.objects.filter(party_id=scene.party("resident")).values_list("text", flat=True)) >= {
            "约上门时间",
            "再问一次门牌",
        }
    head = enter("building_head")
    assert "199****0001" not in text_of(head.get(f"/matters/{matter}/"))
    assert head.post(address, reason="邻居想知道", key="r3").status_code == 404
    resident = enter("resident")
    assert address not in text_of(resident.get(f"/matters/{matter}/"))


def test_what_is_late_goes_up_by_itself_and_says_so(enter: Enter, scene: Scene, opened: Open) -> None:
    matter = opened(ago=timedelta(days=10))
    tick_due(datetime.now(UTC))
    page = enter("resident").get(f"/matters/{matter}/")
    text = text_of(page)
    assert "到期未办，已转上一级办理" in text and "到时自动" in text
    assert CLOCK.ref not in re.findall(r"<main.*</main>", text, re.S)[0].split()


def test_who_left_a_post_is_still_named_for_what_they_did(scene: Scene, enter: Enter, opened: Open) -> None:
    member = Member("assistant", "钱一平", "19900469002", "grid", "police")
    party = register(member, scene.places.__getitem__, datetime.now(UTC))
    matter, seat = opened(), actor(party, datetime.now(UTC)).posts[0].seat
    move(scene, matter, "hand_over", "grid_worker", note="请看一下", seat=seat)
    move_matter(by=actor(party, datetime.now(UTC)), at=datetime.now(UTC), matter=matter, move="take_on", version=2)
    dismiss(by=scene.actor("administrator"), at=datetime.now(UTC), seat=seat, party=party)
    text = text_of(enter("resident").get(f"/matters/{matter}/"))
    story = text[text.index('<ol class="timeline">') :]
    assert "治安员 钱一平" in story and f"网格员 {scene.member('grid_worker').name}" in story


def test_the_page_works_in_english(enter: Enter, opened: Open) -> None:
    matter = opened()
    text = text_of(enter("resident", language="en").get(f"/matters/{matter}/"))
    assert "Waiting" in text or "Received" in text
    assert not re.search(r">[a-z_]+\.[a-z_]+\.[a-z_.]+<", text), "a key without words"


@pytest.mark.parametrize("address", ["/matters/999999999/", "/matters/999999999/moves/take_on/"])
def test_a_matter_that_is_not_there(enter: Enter, address: str) -> None:
    assert enter("grid_worker").get(address).status_code == 404


def test_an_unknown_move_is_refused_in_words(enter: Enter, opened: Open) -> None:
    matter = opened()
    worker = enter("grid_worker")
    assert worker.get(f"/matters/{matter}/moves/fly/").status_code == 409
    answer = worker.post(f"/matters/{matter}/moves/fly/", version=1, key="k")
    assert answer.status_code == 422 and "没有这一步" in text_of(answer)
    assert len(forms_of(answer)) > 2

"""Reporting without scripts: three taps and a sentence, nothing lost when refused, nothing sent twice."""

import re
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse

from linli.channels.web.visitor import COOKIE
from linli.kernel import relay
from linli.kernel.actor import SYSTEM
from linli.kernel.scope import scope
from linli.matters.models import Matter, Photo
from tests.cast import Scene
from tests.channels.web.browsing import Visitor, form_of, picture, text_of
from tests.channels.web.conftest import Enter


def report(visitor: Visitor, place: int, **filled: object) -> HttpResponse:
    page = visitor.get("/report/", kind="report")
    return visitor.send(page, **{"topic": "lighting", "place": place, "what": "楼道灯坏了", **filled})


def matter_of(answer: HttpResponse) -> int:
    assert answer.status_code == 302, text_of(answer)
    found = re.fullmatch(r"/matters/(\d+)/reported/", answer["Location"])
    assert found
    return int(found[1])


def test_three_taps_and_a_sentence(enter: Enter, scene: Scene) -> None:
    resident = enter("resident")
    answer = report(resident, scene.places["home"])
    slip = text_of(resident.get(answer["Location"]))
    assert "已收到您的反映" in slip
    assert "通达小区1号楼 101 · 通达社区 第1网格" in slip
    assert scene.member("grid_worker").name in slip
    assert "<svg" in slip and scene.member("resident").phone not in slip
    assert str(matter_of(answer)) in text_of(resident.get("/mine/"))


def test_the_same_form_sent_twice_is_one_report(enter: Enter, scene: Scene) -> None:
    resident = enter("resident")
    page = resident.get("/report/")
    filled = {"topic": "water", "place": scene.places["building"], "what": "一楼返水"}
    first, second = resident.send(page, **filled), resident.send(page, **filled)
    assert matter_of(first) == matter_of(second)
    other = resident.send(page, **{**filled, "what": "二楼返水"})
    assert other.status_code == 409
    assert "二楼返水" in text_of(other)
    assert form_of(other).fields["key"] != form_of(page).fields["key"]


def test_a_place_that_is_only_typed_is_searched_and_nothing_is_lost(enter: Enter) -> None:
    resident = enter("resident")
    page = resident.get("/report/")
    answer = resident.send(page, topic="noise", place_words="通达小区 3号楼", what="半夜\n装修")
    assert answer.status_code == 422
    text = text_of(answer)
    assert "请选一个地点。" in text
    assert "通达小区3号楼" in text
    assert "半夜\n装修</textarea>" in text
    assert re.search(r'value="noise" checked', text)


def test_a_refused_form_keeps_its_photos(enter: Enter, scene: Scene) -> None:
    resident = enter("resident")
    page = resident.get("/report/")
    first = resident.send(
        page, topic="lighting", place=scene.places["building"], photos_files=[picture(), picture("red")]
    )
    assert first.status_code == 422
    photos = form_of(first).fields["photos"]
    assert len(photos) == 2
    assert 'id="error-what"' in text_of(first)
    assert resident.get(f"/photos/{photos[0]}/small/").status_code == 200
    matter = matter_of(resident.send(first, what="路灯不亮"))
    with scope(SYSTEM):
        assert [str(p.pk) for p in Photo.objects.filter(matter_id=matter).order_by("uploaded_at")] == photos
    assert photos[1] in text_of(resident.get(f"/matters/{matter}/"))


def test_what_is_no_photo_is_said_at_the_photos(enter: Enter, scene: Scene) -> None:
    resident = enter("resident")
    broken = picture()
    broken.file.truncate(60)
    page = resident.get("/report/")
    answer = resident.send(page, topic="road", place=scene.places["building"], what="井盖坏了", photos_files=broken)
    assert answer.status_code == 422
    assert "这个文件不是照片" in text_of(answer) and "井盖坏了</textarea>" in text_of(answer)


def test_the_script_sends_photos_one_by_one(enter: Enter, nobody: Visitor) -> None:
    resident = enter("resident")
    sent = resident.post("/photos/", photo=picture())
    assert sent.status_code == 201
    photo_id = sent.json()["id"]
    assert resident.get(f"/photos/{photo_id}/")["Content-Type"] == "image/jpeg"
    assert enter("resident", 1).get(f"/photos/{photo_id}/").status_code == 404
    assert resident.post("/photos/").status_code == 422
    assert nobody.post("/photos/", photo=picture()).status_code == 401


def test_whoever_was_signed_out_meanwhile_gets_the_words_back(enter: Enter, scene: Scene) -> None:
    resident = enter("resident")
    page = resident.get("/report/")
    del resident.client.cookies[COOKIE]
    answer = resident.send(page, topic="lift", place=scene.places["building"], what="电梯停在半层")
    assert answer.status_code == 401
    assert "电梯停在半层</textarea>" in text_of(answer) and "登录已过期" in text_of(answer)


def test_a_form_that_lay_open_while_one_signed_in_anew_comes_back_and_can_be_sent(enter: Enter, scene: Scene) -> None:
    resident = enter("resident")
    page = resident.get("/report/")
    resident.client.cookies["csrftoken"] = "n" * 32
    answer = resident.send(page, topic="lift", place=scene.places["building"], what="电梯异响")
    assert answer.status_code == 403
    assert "电梯异响</textarea>" in text_of(answer) and "请再点一次提交" in text_of(answer)
    assert matter_of(resident.send(answer))


@pytest.mark.parametrize("place", ["999999999", "zz", "99999999999999999999999"])
def test_a_place_that_is_not_there_is_said_at_the_place(enter: Enter, place: str) -> None:
    answer = report(enter("resident"), place=place)  # type: ignore[arg-type]
    assert answer.status_code in (404, 422)
    assert 'id="error-place"' in text_of(answer) and "楼道灯坏了</textarea>" in text_of(answer)


def test_what_is_too_long_is_said_and_given_back(enter: Enter, scene: Scene) -> None:
    answer = report(enter("resident"), scene.places["building"], what="灯" * 5001)
    assert answer.status_code == 422
    assert "最多 5000 个字" in text_of(answer) and "灯" * 5001 in text_of(answer)


def test_neighbours_see_what_was_reported_without_words_and_follow_it(enter: Enter, scene: Scene) -> None:
    reporter, neighbour, stranger = enter("resident"), enter("resident", 1), enter("resident", 2)
    matter = matter_of(report(reporter, scene.places["home"], topic="heating", what="屋里只有十三度，孩子发烧"))
    relay.drain(datetime.now(UTC))
    asked = {"kind": "report", "topic": "heating", "place": scene.places["next_door"]}
    offered = neighbour.get("/similar/", htmx=True, **asked)
    assert f"/matters/{matter}/follow/" in text_of(offered)
    assert "十三度" not in text_of(offered) and not re.search(r"\b101\b", text_of(offered))
    assert f"/matters/{matter}/follow/" not in text_of(reporter.get("/similar/", **asked))
    assert f"/matters/{matter}/follow/" not in text_of(neighbour.get("/similar/", **{**asked, "topic": "lift"}))
    answer = neighbour.post(f"/matters/{matter}/follow/", htmx=True, follow_key="f1")
    assert answer.status_code == 200 and "已关注" in text_of(answer)
    assert neighbour.post(f"/matters/{matter}/follow/", follow_key="f2").status_code == 302
    relay.drain(datetime.now(UTC))
    with scope(SYSTEM):
        assert Matter.objects.get(pk=matter).followers == 1
    assert f"/matters/{matter}/" in text_of(neighbour.get("/mine/", shown="followed"))
    face = neighbour.get(f"/matters/{matter}/")
    assert face.status_code == 200 and "十三度" not in text_of(face) and "已有 1 位邻居反映" in text_of(face)
    assert stranger.get(f"/matters/{matter}/").status_code == 404
    assert reporter.post(f"/matters/{matter}/follow/", follow_key="f3").status_code == 422
    told = reporter.post(f"/matters/{matter}/follow/", htmx=True, follow_key="f4")
    assert told.status_code == 422 and told["HX-Retarget"] == "#messages" and "<html" not in text_of(told)


def test_what_is_open_around_here(enter: Enter, scene: Scene, nobody: Visitor) -> None:
    matter = matter_of(report(enter("resident"), scene.places["home"], topic="rubbish", what="垃圾三天没清了"))
    relay.drain(datetime.now(UTC))
    neighbour = enter("resident", 1)
    page = text_of(neighbour.get("/nearby/"))
    assert "通达社区 · 中山街道" in page and f"/matters/{matter}/follow/" in page and "三天" not in page
    elsewhere = text_of(neighbour.get("/nearby/", place=scene.places["other_community"]))
    assert f"/matters/{matter}/follow/" not in elsewhere
    found = text_of(neighbour.get("/nearby/", place_words="东山"))
    assert "东山社区" in found
    followed = neighbour.send(neighbour.get("/nearby/"), f"/matters/{matter}/follow/", follow_key="n1")
    assert followed.status_code == 302


def test_places_are_found_by_words_and_by_where_one_stands(enter: Enter, scene: Scene) -> None:
    resident = enter("resident")
    found = text_of(resident.get("/places/", htmx=True, place_words="tongda 3号楼"))
    assert f'value="{scene.places["other_building"]}"' in found and 'value="' in found
    assert "没有找到" in text_of(resident.get("/places/", place_words="没有这个地方"))
    here = text_of(resident.post("/places/here/", htmx=True, near="131.1621,46.5911"))
    assert "约 " in here and " checked" in here
    for nonsense in ("", "1", "north,south", "500,100"):
        assert resident.post("/places/here/", near=nonsense).status_code == 200


def test_a_patrol_starts_from_the_places_of_the_post(enter: Enter, scene: Scene) -> None:
    worker = enter("grid_worker")
    page = worker.get("/patrol/")
    assert f'value="{scene.places["grid"]}"' in text_of(page) and "通达小区1号楼" in text_of(page)
    answer = worker.send(page, topic="road", place=scene.places["grid"], what="路口井盖松动", photos_files=[picture()])
    assert matter_of(answer)
    refused = worker.send(worker.get("/patrol/"), topic="road", place=scene.places["grid"], what="")
    assert refused.status_code == 422 and "巡查上报" in text_of(refused)

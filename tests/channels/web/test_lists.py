"""Lists: what waits for whom, what one raised, and the results that everybody may read."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from linli.channels.console.cast import Member
from linli.channels.web.figures import Month, rates
from linli.kernel import holidays, relay
from linli.kernel.actor import SYSTEM
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from linli.matters.commands import move_matter, open_matter
from linli.matters.models import Matter
from linli.people.commands import dismiss, end_absence, report_absence
from tests.cast import Scene, actor
from tests.cast import enter as register
from tests.channels.web.browsing import Visitor, text_of
from tests.channels.web.conftest import Enter
from tests.installation import DISTRICT, owner_login


def opened(scene: Scene, what: str, ago: timedelta, place: str = "home", topic: str = "road") -> int:
    event = open_matter(
        by=scene.actor("resident"), at=datetime.now(UTC) - ago, kind="report", place=scene.places[place],
        form={"what": what, "topic": topic},
    )  # fmt: skip
    return int(event.subject.partition(":")[2])


def moved(scene: Scene, matter: int, move: str, role: str, at: datetime, **gives: object) -> None:
    with scope(SYSTEM):
        version = Matter.objects.get(pk=matter).version
    move_matter(by=scene.actor(role), at=at, matter=matter, move=move, version=version, gives=gives, key=str(uuid4()))


def test_the_inbox_has_what_is_due_first_and_says_how_much_there_is(enter: Enter, scene: Scene) -> None:
    late = opened(scene, "下水堵了两天", timedelta(days=6))
    fresh = opened(scene, "路面有个坑", timedelta(minutes=1))
    page = text_of(enter("grid_worker").get("/inbox/"))
    assert page.index("下水堵了两天") < page.index("路面有个坑")
    assert f'href="/matters/{late}/"' in page and f'href="/matters/{fresh}/"' in page
    shown, red = (int(n) for n in re.findall(r"<b>(\d+)</b>", page)[:2])
    assert shown >= 2 and 1 <= red < shown
    only_red = text_of(enter("grid_worker").get("/inbox/", light="red"))
    assert "下水堵了两天" in only_red and "路面有个坑" not in only_red
    assert "下水堵了两天" not in text_of(enter("grid_worker", 1).get("/inbox/"))


def test_the_inbox_names_vacancies_and_who_acts_instead(enter: Enter, scene: Scene) -> None:
    desk = text_of(enter("community_desk").get("/inbox/"))
    assert "岗位空缺" not in re.findall(r"<main.*</main>", desk, re.S)[0]
    supervisor = text_of(enter("supervisor").get("/inbox/"))
    assert "东山社区 第1网格 · 网格员" in supervisor and "暂由街道督办代办" in supervisor


def test_whoever_stands_in_sees_for_whom(enter: Enter, scene: Scene) -> None:
    now, away = datetime.now(UTC), scene.actor("grid_worker", 1)
    until_at, substitute = now + timedelta(days=1), scene.party("grid_worker")
    absence = report_absence(by=away, at=now, until_at=until_at, substitute=substitute)
    page = text_of(enter("grid_worker").get("/inbox/"))
    end_absence(by=away, at=datetime.now(UTC), absence=int(absence.subject.partition(":")[2]))
    assert f"您正在替{scene.member('grid_worker', 1).name}代班" in page
    assert "您正在替" not in text_of(enter("grid_worker").get("/inbox/"))


def test_what_i_raised_is_open_or_ended_or_followed(enter: Enter, scene: Scene) -> None:
    resident = enter("resident")
    matter = opened(scene, "草坪上停了车", timedelta(hours=1))
    assert "草坪上停了车" in text_of(resident.get("/mine/"))
    moved(scene, matter, "decline", "grid_worker", datetime.now(UTC), note="已转交警")
    assert "草坪上停了车" not in text_of(resident.get("/mine/"))
    assert "草坪上停了车" in text_of(resident.get("/mine/", shown="ended"))
    assert text_of(resident.get("/mine/", shown="nonsense")).count('aria-current="page"') >= 1
    assert resident.get("/mine/", page="9999").status_code == 200
    assert resident.get("/mine/", page="nonsense").status_code == 200


def test_home_asks_for_my_word(enter: Enter, scene: Scene) -> None:
    matter = opened(scene, "楼道堆了柜子", timedelta(hours=2))
    now = datetime.now(UTC)
    moved(scene, matter, "take_on", "grid_worker", now)
    moved(scene, matter, "solve", "grid_worker", now, note="已清走")
    home = text_of(enter("resident").get("/"))
    assert "等您确认" in home and f'class="btn btn-primary" href="/matters/{matter}/"' in home
    staff = text_of(enter("grid_worker").get("/"))
    assert re.search(r"待办 \d+ 件", staff)


def test_emergencies_and_the_gas_company_come_first(nobody: Visitor) -> None:
    with owner_login():
        tenants.name_gas_company(DISTRICT, "中燃燃气", "95007")
    for path in ("/", "/elsewhere/"):
        page = text_of(nobody.get(path))
        for number in ("tel:119", "tel:110", "tel:120", "tel:95007"):
            assert number in page
    assert "12345" in text_of(nobody.get("/elsewhere/"))


def test_results_are_public_and_name_nobody(enter: Enter, nobody: Visitor, scene: Scene) -> None:
    zone = holidays.zone()
    at = datetime(2026, 2, 4, 2, 0, tzinfo=UTC)
    matter = _open_at(scene, "王大爷家的灯坏了", at)
    moved(scene, matter, "take_on", "grid_worker", at)
    moved(scene, matter, "solve", "grid_worker", at + timedelta(hours=3), note="陈建军换了灯泡")
    moved(scene, matter, "accept", "resident", at + timedelta(hours=30), rating=5)
    relay.drain(datetime.now(UTC))
    page = text_of(nobody.get("/results/", month="2026-02", community=scene.places["community"]))
    with scope(SYSTEM):
        number = Matter.objects.get(pk=matter).number
    assert number in page and "通达社区" in page and "已解决" in page and "2月5日" in page
    for secret in (
        "王大爷",
        "灯泡",
        "号楼 101",
        "1号楼",
        scene.member("resident").name,
        scene.member("grid_worker").name,
    ):
        assert secret not in page
    assert "少于 5 件，不显示" in page
    other = text_of(nobody.get("/results/", month="2026-02", community=scene.places["other_community"]))
    assert number not in other
    assert Month.of(at, zone).before.on.month == 1
    assert nobody.get("/results/", month="1066-01", community="x").status_code == 200


def test_shares_say_of_what_and_hide_what_is_small() -> None:
    counted = {"on_time": (6, 6), "solved": (5, 4), "responded": (4, 4), "satisfied": (10, 7), "unanswered": (3, 3)}
    shown = {rate.label: rate for rate in rates(counted, overdue=2, language="zh")}
    assert (shown["按期办结率"].part, shown["按期办结率"].whole, shown["按期办结率"].percent) == (6, 8, 75)
    assert "2 件" in shown["按期办结率"].note
    assert shown["响应率"].hidden and not shown["满意率"].hidden
    assert "3 件" in shown["解决率"].note and shown["满意率"].percent == 70
    nothing = rates({}, overdue=0, language="en")
    assert all(rate.hidden and rate.whole == 0 for rate in nothing)


def test_somebody_who_lost_a_post_sees_no_inbox(scene: Scene) -> None:
    member = Member("assistant", "林一凡", "19900469001", "sibling_grid", "assistant")
    party = register(member, scene.places.__getitem__, datetime.now(UTC))
    visitor = Visitor(member.phone)
    assert visitor.get("/inbox/").status_code == 200
    seat = actor(party, datetime.now(UTC)).posts[0].seat
    dismiss(by=scene.actor("administrator"), at=datetime.now(UTC), seat=seat, party=party)
    assert visitor.get("/inbox/").status_code == 403


def _open_at(scene: Scene, what: str, at: datetime) -> int:
    event = open_matter(
        by=scene.actor("resident"), at=at, kind="report", place=scene.places["home"],
        form={"what": what, "topic": "lighting"},
    )  # fmt: skip
    return int(event.subject.partition(":")[2])

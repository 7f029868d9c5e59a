"""Every page on a phone and on a desk: nothing that axe-core objects to, nothing wider than the screen."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from linli.kernel import relay
from linli.kernel.actor import SYSTEM
from linli.kernel.registry import tenants
from linli.kernel.scope import scope
from linli.matters.commands import move_matter, open_matter, tick_due
from linli.matters.models import Matter
from tests.browser.conftest import Look
from tests.browser.screen import DESK, PHONE
from tests.cast import Scene
from tests.installation import DISTRICT

Shown = dict[str, object]
PAGES = [
    ("home", "resident", "/"),
    ("home-signed-out", "", "/"),
    ("home-staff", "grid_worker", "/"),
    ("report", "resident", "/report/?kind=report"),
    ("report-building", "resident", "/report/?kind=building_report&topic=parking&place={building}"),
    ("reported", "resident", "/matters/{fresh}/reported/"),
    ("mine", "resident", "/mine/"),
    ("mine-ended", "resident", "/mine/?shown=ended"),
    ("mine-followed", "resident:1", "/mine/?shown=followed"),
    ("matter-resident", "resident", "/matters/{solved}/"),
    ("matter-late", "resident", "/matters/{late}/"),
    ("matter-rated", "resident", "/matters/{rated}/"),
    ("matter-followed", "resident:1", "/matters/{late}/"),
    ("matter-staff", "grid_worker", "/matters/{fresh}/"),
    ("matter-desk", "community_desk", "/matters/{late}/"),
    ("move-solve", "grid_worker", "/matters/{working}/moves/solve/"),
    ("move-hand-over", "grid_worker", "/matters/{fresh}/moves/hand_over/"),
    ("move-decline", "grid_worker", "/matters/{fresh}/moves/decline/"),
    ("nearby", "resident", "/nearby/"),
    ("nearby-empty", "resident", "/nearby/?place={other_community}"),
    ("inbox", "grid_worker", "/inbox/"),
    ("inbox-supervisor", "supervisor", "/inbox/"),
    ("inbox-red", "grid_worker:1", "/inbox/?light=red"),
    ("patrol", "grid_worker", "/patrol/"),
    ("results", "", "/results/"),
    ("results-none", "", "/results/?month={past}"),
    ("elsewhere", "", "/elsewhere/"),
    ("poster", "", "/places/{building}/poster/"),
    ("missing", "resident", "/matters/999999999/"),
    ("absence", "grid_worker", "/absence/"),
    ("account", "resident", "/account/"),
    ("sign-in", "", "/sign-in/"),
]


@pytest.fixture(scope="module")
def shown(_scene: Scene) -> Shown:
    """Matters in every state, to look at, and the places of the scene."""
    with tenants.district(DISTRICT):
        return _play(_scene) | dict(_scene.places) | {"past": "2026-01"}


@pytest.mark.parametrize(("name", "who", "path"), PAGES, ids=[name for name, _, _ in PAGES])
def test_a_page_is_accessible_and_fits(look: Look, shown: Shown, name: str, who: str, path: str) -> None:
    role, _, number = who.partition(":")
    screen = look(role, int(number or 0), size=PHONE).go(path.format(**shown))
    screen.shoot(name)
    assert screen.violations() == []
    screen.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    screen.shoot(name)
    assert screen.violations() == []


@pytest.mark.parametrize("name", ["home", "report", "matter-staff", "inbox"])
def test_large_type_fits_a_phone(look: Look, shown: Shown, name: str) -> None:
    who, path = next((who, path) for page, who, path in PAGES if page == name)
    screen = look(who, size=PHONE, large=True).go(path.format(**shown))
    screen.shoot(f"{name}-large")
    assert screen.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 20
    assert screen.violations() == []


@pytest.mark.parametrize("name", ["home", "report", "matter-desk", "results"])
def test_english_fits_a_phone(look: Look, shown: Shown, name: str) -> None:
    who, path = next((who, path) for page, who, path in PAGES if page == name)
    screen = look(who, size=PHONE, language="en").go(path.format(**shown))
    screen.shoot(f"{name}-en")
    assert screen.violations() == []


LONG = (
    "三单元从三楼到五楼的楼道灯坏了一个多星期了，家里老人晚上下楼看不见台阶，昨天差点摔倒。"
    "之前给物业打过两次电话，说来修一直没有来。\n麻烦尽快安排人来看看，谢谢！"
)


def _play(scene: Scene) -> Shown:
    now = datetime.now(UTC)
    day, hour = timedelta(days=1), timedelta(hours=1)
    fresh = _open(scene, "lighting", LONG, now - 2 * hour)
    working = _open(scene, "water", "一楼下水返水，臭味很大", now - 3 * hour)
    _move(scene, working, "take_on", "grid_worker", now - hour)
    late = _open(scene, "heating", "屋里只有十三度，孩子发烧，打了好几次电话都没人来", now - 30 * day)
    _move(scene, late, "follow", "resident", now - 29 * day, number=1)
    for days in (25, 20, 15, 10, 5, 0):
        tick_due(now - days * day)
    solved = _open(scene, "rubbish", "垃圾两天没清了", now - 2 * day)
    _move(scene, solved, "take_on", "grid_worker", now - 47 * hour)
    _move(scene, solved, "solve", "grid_worker", now - hour, note="已经清走，以后每天早晚各一次。\n再有问题随时反映。")
    rated = _open(scene, "road", "井盖松了，车一过就响", now - 6 * day)
    _move(scene, rated, "take_on", "grid_worker", now - 6 * day + hour)
    _move(scene, rated, "pause", "grid_worker", now - 5 * day, note="等配件")
    _move(scene, rated, "resume", "grid_worker", now - 4 * day)
    _move(scene, rated, "solve", "grid_worker", now - 3 * day, note="换了新井盖")
    _move(scene, rated, "accept", "resident", now - 2 * day, rating=5, note="很快，谢谢")
    waiting = _open(scene, "other", "单元门口的台阶裂了", now - 4 * hour)
    _move(scene, waiting, "take_on", "grid_worker", now - 3 * hour)
    _move(scene, waiting, "pause", "grid_worker", now - 2 * hour, note="等天气转暖施工")
    declined = _open(scene, "order", "邻居借钱不还", now - 3 * day)
    _move(
        scene,
        declined,
        "decline",
        "grid_worker",
        now - 2 * day,
        note="属于民事纠纷",
        right_office="12348 公共法律服务热线",
    )
    relay.drain(now)
    return {"fresh": fresh, "working": working, "late": late, "solved": solved, "rated": rated}


def _open(scene: Scene, topic: str, what: str, at: datetime) -> int:
    by, place, form = scene.actor("resident"), scene.places["home"], {"what": what, "topic": topic}
    event = open_matter(by=by, at=at, kind="report", place=place, form=form)
    return int(event.subject.partition(":")[2])


def _move(scene: Scene, matter: int, move: str, role: str, at: datetime, number: int = 0, **gives: object) -> None:
    with scope(SYSTEM):
        version = Matter.objects.get(pk=matter).version
    by = scene.actor(role, number)
    move_matter(by=by, at=at, matter=matter, move=move, version=version, gives=gives, key=str(uuid4()))

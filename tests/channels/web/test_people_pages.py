"""The pages of signing in, registering, accounts, absences and administration, as a browser sends them."""

import base64
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from linli.kernel.actor import SYSTEM
from linli.kernel.scope import scope
from linli.people import commands
from linli.people.models import Absence, Holding
from linli.people.queries import actor_of
from tests.cast import PASSWORD, Scene

_phones = count(15500000000)
_addresses = count(1)


def fresh_phone() -> str:
    return str(next(_phones))


@pytest.fixture
def browser(scene: Scene) -> "Browser":
    return Browser()


class Browser:
    """A browser on an address of its own, so that tests do not lock each other out."""

    def __init__(self) -> None:
        self.client = Client(REMOTE_ADDR=f"2001:db8:{next(_addresses):x}::1", HTTP_USER_AGENT="Mozilla (Android 10)")

    def get(self, path: str) -> str:
        self.response = self.client.get(path)
        return self.response.content.decode()

    def post(self, path: str, **data: object) -> str:
        self.response = self.client.post(path, data)
        return self.response.content.decode()

    @property
    def went_to(self) -> str:
        assert self.response.status_code == 302, self.response.content.decode()
        return str(self.response["Location"])

    def sign_in(self, phone: str, password: str = PASSWORD) -> "Browser":
        self.post("/sign-in/", way="password", phone=phone, password=password)
        assert self.response.status_code == 302
        return self


@pytest.fixture
def staff(scene: Scene, browser: Browser) -> Browser:
    return browser.sign_in(scene.member("administrator").phone)


def code_shown(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1].split("验证码 ")[1][:6]


def account_of(scene: Scene, name: str = "新来的") -> tuple[int, str]:
    """Somebody new with an account."""
    phone = fresh_phone()
    at = datetime.now(UTC)
    event = commands.register_party(
        by=SYSTEM, at=at, kind="resident", name=name, phone=phone, home=scene.places["home"]
    )
    party = int(event.subject.partition(":")[2])
    commands.open_account(by=SYSTEM, at=at, party=party)
    commands.set_password(by=SYSTEM, at=at, party=party, password=PASSWORD)
    return party, phone


def test_the_page_of_signing_in_names_the_demo_accounts(browser: Browser, scene: Scene) -> None:
    page = browser.get("/sign-in/?way=password&next=/mine/")
    assert scene.member("grid_worker").phone in page and 'value="/mine/"' in page
    assert browser.response["Cache-Control"].startswith("max-age=0")


def test_signing_in_by_password_and_out(browser: Browser, scene: Scene) -> None:
    worker, resident = scene.member("grid_worker"), scene.member("resident")
    page = browser.post("/sign-in/", way="password", phone=worker.phone, password="wrong-password", next="/mine/")
    assert browser.response.status_code == 401 and "手机号或密码不对" in page and worker.phone in page
    assert "wrong-password" not in page
    browser.post("/sign-in/", way="password", phone=worker.phone, password=PASSWORD)
    assert browser.went_to == "/inbox/"
    cookie = browser.client.cookies["linli"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert worker.name in browser.get("/account/")
    browser.post("/sign-out/")
    assert browser.went_to == "/"
    browser.get("/account/")
    assert browser.went_to == "/sign-in/?next=%2Faccount%2F"
    browser.post("/sign-in/", way="password", phone=resident.phone, password=PASSWORD, next="/account/")
    assert browser.went_to == "/account/"


@pytest.mark.parametrize("wanted", ["https://example.org/", "//example.org", "javascript:alert(1)", "/sign-in/"])
def test_nobody_is_sent_to_another_site(browser: Browser, scene: Scene, wanted: str) -> None:
    browser.post("/sign-in/", way="password", phone=scene.member("resident").phone, password=PASSWORD, next=wanted)
    assert browser.went_to == "/"


def test_somebody_new_registers(browser: Browser, scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    phone = fresh_phone()
    part = browser.client.post("/sign-in/code/", {"phone": phone}, HTTP_HX_REQUEST="true").content.decode()
    assert 'id="code-sent"' in part and "<html" not in part and 'data-wait="60"' in part
    code = code_shown(capsys)
    again = browser.client.post("/sign-in/code/", {"phone": phone}, HTTP_HX_REQUEST="true")
    assert again.status_code == 429 and "太频繁" in again.content.decode()
    browser.post("/sign-in/", way="code", phone=phone, code=code, next="/report/")
    assert browser.went_to == "/sign-in/register/?next=%2Freport%2F"
    page = browser.get(browser.went_to)
    assert phone not in page and 'name="place"' not in page
    assert "通达小区1号楼" in browser.post("/sign-in/register/", name="周新", place_words="通达小区1号楼", of_age="yes")
    home = scene.places["building"]
    assert "监护人" in browser.post("/sign-in/register/", name="周新", place=home, of_age="no")
    browser.post("/sign-in/register/", name="周新", place=home, of_age="yes", next="/report/")
    assert browser.went_to == "/report/"
    page = browser.get("/account/")
    assert "周新" in page and phone not in page and f"{phone[:3]}****{phone[-4:]}" in page


def test_registering_begins_with_a_code(browser: Browser) -> None:
    browser.get("/sign-in/register/")
    assert browser.went_to == "/sign-in/"


def test_a_password_is_changed_and_other_devices_end(browser: Browser, scene: Scene) -> None:
    _, phone = account_of(scene)
    browser.sign_in(phone)
    other = Browser().sign_in(phone)
    assert "当前密码不对" in browser.post("/account/password/", password="no", new_password="brook-window-77")
    assert "密码太短" in browser.post("/account/password/", password=PASSWORD, new_password="short")
    assert "密码已保存" in browser.post("/account/password/", password=PASSWORD, new_password="brook-window-77")
    other.get("/account/")
    assert other.went_to.startswith("/sign-in/")
    third = Browser().sign_in(phone, "brook-window-77")
    page = browser.get("/account/")
    assert page.count("安卓手机") >= 2 and "本机" in page
    ending = re.search(r'action="(/account/devices/\d+/end/)"', page)
    assert ending is not None
    browser.post(ending[1])
    third.get("/account/")
    assert third.went_to.startswith("/sign-in/")
    Browser().sign_in(phone, "brook-window-77")
    browser.post("/account/devices/end/")
    assert "/account/devices/end/" not in browser.get("/account/")


def test_the_second_step(browser: Browser, scene: Scene) -> None:
    _, phone = account_of(scene)
    browser.sign_in(phone)
    page = browser.get("/account/second-step/")
    assert "<svg" in page
    shown = re.search(r'class="number secret">([A-Z2-7 ]+)<', page)
    assert shown is not None
    app = TOTP(base64.b32decode(shown[1].replace(" ", "")), 6, SHA1(), 30)
    assert shown[1] in browser.get("/account/second-step/")  # the same one until it is confirmed
    assert "动态码不对" in browser.post("/account/second-step/", totp="000000")
    now = int(datetime.now(UTC).timestamp())
    page = browser.post("/account/second-step/", totp=app.generate(now).decode())
    codes = re.findall(r'secret">([0-9a-f-]{19})<', page)
    assert len(codes) == 8
    browser.post("/sign-out/")
    browser.post("/sign-in/", way="password", phone=phone, password=PASSWORD, next="/mine/")
    assert browser.went_to == "/sign-in/second-step/?next=%2Fmine%2F"
    assert 'name="totp"' in browser.get(browser.went_to)
    assert "动态码不对" in browser.post("/sign-in/second-step/", totp=app.generate(now).decode())  # used already
    browser.post("/sign-in/second-step/", totp=codes[0], next="/mine/")
    assert browser.went_to == "/mine/"
    assert "动态码不对" in browser.post("/account/second-step/off/", totp=codes[0])
    browser.post("/account/second-step/off/", totp=codes[1])
    assert browser.went_to == "/account/"


def test_a_worker_enters_an_absence(browser: Browser, scene: Scene) -> None:
    worker, sibling = scene.member("grid_worker"), scene.party("grid_worker", 1)
    browser.sign_in(worker.phone)
    page = browser.get("/absence/")
    assert "网格员" in page and scene.member("grid_worker", 1).name in page
    far = (datetime.now(UTC) + timedelta(days=300)).strftime("%Y-%m-%dT09:00")
    assert "不能早于现在" in browser.post("/absence/", from_at="2020-01-01T09:00", substitute="nobody", reason="leave")
    assert "填写的内容有误" in browser.post("/absence/", from_at="tomorrow", substitute="nobody", reason="leave")
    browser.post("/absence/", from_at=far, substitute=sibling, reason="training", key="absence-of-the-test")
    assert browser.went_to == "/absence/"
    page = browser.get("/absence/")
    assert f"由{scene.member('grid_worker', 1).name}代班" in page
    with scope(SYSTEM):
        absence = Absence.objects.filter(party_id=scene.party("grid_worker")).latest("id")
        assert absence.from_at.hour == 1  # nine in the morning in Shuangyashan
    browser.post(f"/absence/{absence.id}/end/")
    assert browser.went_to == "/absence/"
    assert "已经结束" in browser.post(f"/absence/{absence.id}/end/")


def test_an_absence_from_the_minute_that_is_running_begins_now(browser: Browser, scene: Scene) -> None:
    worker = scene.member("grid_worker")
    browser.sign_in(worker.phone)
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    this_minute, later = (at.strftime("%Y-%m-%dT%H:%M") for at in (now, now + timedelta(hours=1)))
    assert "填写的内容有误" in browser.post("/absence/", from_at="9999-12-31T23:59-12:00", substitute="nobody")
    browser.post("/absence/", from_at=this_minute, until_at=later, substitute="nobody", reason="leave")
    assert browser.went_to == "/absence/"
    with scope(SYSTEM):
        absence = Absence.objects.filter(party_id=scene.party("grid_worker")).latest("id")
    browser.post(f"/absence/{absence.id}/end/")
    assert browser.went_to == "/absence/"


def test_administration_is_for_staff(browser: Browser, scene: Scene) -> None:
    for path in ("/people/", "/posts/", "/people/new/"):
        assert Browser().client.get(path)["Location"].startswith("/sign-in/")
        browser.sign_in(scene.member("resident").phone).get(path)
        assert browser.response.status_code == 403
        browser.post("/sign-out/")
    browser.sign_in(scene.member("grid_worker").phone)
    other = scene.party("resident", 2)  # lives in the sibling grid
    browser.get(f"/people/{other}/")
    assert browser.response.status_code == 404
    browser.get("/posts/")
    assert browser.response.status_code == 403


def test_people_are_searched_entered_and_corrected(staff: Browser, scene: Scene) -> None:
    phone = fresh_phone()
    assert "手机号码不对" in staff.post("/people/new/", name="钱多多", phone="12", kind="staff", language="zh")
    staff.post(
        "/people/new/", name="钱多多", phone=phone, kind="staff", language="zh", place=scene.places["grid"], key=phone
    )
    address = staff.went_to
    page = staff.get(address)
    assert "钱**" in page and phone not in page and "可以登录" in page
    found = staff.post("/people/", q=phone)
    assert address in found and f'value="{phone}"' in found and "钱**" in found
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    staff.post(address, name="钱少少", language="zh", version=version[1])
    assert staff.went_to == address
    assert "内容已经变了" in staff.post(address, name="钱无", language="zh", version=version[1])
    assert "理由" in staff.post(f"{address}reveal/phone/", reason="")
    assert phone in staff.post(f"{address}reveal/phone/", reason="核实身份")
    assert "钱少少" in staff.post(f"{address}reveal/name/", reason="核实身份")
    assert phone not in staff.get(address)


def test_accounts_are_opened_closed_and_unlocked(staff: Browser, scene: Scene) -> None:
    party, phone = account_of(scene)
    for _ in range(5):
        Browser().post("/sign-in/", way="password", phone=phone, password="wrong-password")
    assert "核实是本人以后" in staff.get(f"/people/{party}/")
    staff.post(f"/people/{party}/account/unlock/")
    assert staff.went_to == f"/people/{party}/"
    Browser().sign_in(phone)
    staff.post(f"/people/{party}/account/close/")
    assert "已停用" in staff.get(f"/people/{party}/")
    assert "手机号或密码不对" in Browser().post("/sign-in/", way="password", phone=phone, password=PASSWORD)
    staff.post(f"/people/{party}/account/open/")
    assert "已经开通" in staff.post(f"/people/{party}/account/open/")
    assert "没有开启" in staff.post(f"/people/{party}/account/totp_off/")


def test_posts_are_filled_and_cleared(staff: Browser, scene: Scene) -> None:
    place = scene.places["other_building"]
    assert "岭东区" in staff.get("/posts/")
    assert f"place={place}" in staff.get(f"/posts/?place={scene.places['sibling_grid']}")
    assert "通达小区3号楼" in staff.get("/posts/?place_words=通达小区3号楼")
    page = staff.get(f"/posts/?place={place}")
    assert "楼栋长" in page and f"/posts/{place}/building_head/" in page and f"/places/{place}/poster/" in page
    party, phone = account_of(scene, "冯楼长")
    assert "先搜索" in staff.get(f"/posts/{place}/building_head/")
    assert f'value="{party}"' in staff.post(f"/posts/{place}/building_head/", q=phone)
    said = staff.post(f"/posts/{place}/building_head/", party=party, from_on="2020-01-01", key="a1")
    assert "不能早于现在" in said
    staff.post(f"/posts/{place}/building_head/", party=party, shown_name="冯大姐", from_on="", key="a2")
    assert staff.went_to == f"/posts/?place={place}"
    assert "冯大姐" in staff.get(staff.went_to)
    assert actor_of(party, datetime.now(UTC)).has_post("building_head")
    with scope(SYSTEM):
        holding = Holding.objects.get(party_id=party)
    confirm = f"/posts/{holding.seat_id}/dismiss/{party}/"
    assert "免去冯大姐的楼栋长" in staff.get(confirm)
    staff.post(confirm)
    assert staff.went_to == f"/posts/?place={place}"
    assert "已经不担任" in staff.post(confirm)
    assert not actor_of(party, datetime.now(UTC)).posts


def test_the_desk_fills_posts_below_itself_only(browser: Browser, scene: Scene) -> None:
    browser.sign_in(scene.member("community_desk").phone)
    page = browser.get("/posts/")
    assert "通达社区" in page and f"/posts/{scene.places['community']}/community_desk/" not in page
    browser.get(f"/posts/{scene.places['grid']}/grid_worker/")
    assert browser.response.status_code == 200
    browser.get(f"/posts/{scene.places['district']}/administrator/")
    assert browser.response.status_code == 403


def test_an_address_with_no_id_is_not_found(staff: Browser) -> None:
    for path in ("/people/99999999999999999999/", "/people/999999999/", "/posts/999999999/grid_worker/"):
        staff.get(path)
        assert staff.response.status_code == 404
    staff.get("/posts/?place=999999999")
    assert staff.response.status_code == 404


def test_a_form_without_its_token_is_refused(scene: Scene) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"way": "password", "phone": "1", "password": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/account/", "/absence/", "/people/", "/people/new/", "/posts/"])
def test_pages_speak_english_too(staff: Browser, path: str) -> None:
    staff.client.cookies["language"] = "en"
    assert '<html lang="en"' in staff.get(path)

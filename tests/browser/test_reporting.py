"""Reporting in a browser: where one stands, what is typed, photos on their way, neighbours, and by keyboard alone."""

from datetime import UTC, datetime
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect

from linli.kernel import relay
from linli.matters.commands import open_matter
from tests.browser.conftest import Look
from tests.browser.screen import PHONE
from tests.cast import Scene

FIRST_PAGE = 150 * 1024  # bytes over the wire, compressed
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 50_000, "uploadThroughput": 30_000}  # 3G on a bad day


def test_here_finds_the_building_one_stands_at(look: Look) -> None:
    resident = look("resident", size=PHONE).go("/report/")
    resident.press("就在这里")
    expect(resident.page.locator("#places-found")).to_contain_text("约 ")
    chosen = resident.page.locator("#places-found input:checked")
    expect(chosen).to_have_count(1)
    resident.shoot("report-here")
    assert resident.violations() == []


def test_buildings_are_found_as_one_types(look: Look, scene: Scene) -> None:
    resident = look("resident", size=PHONE).go("/report/")
    resident.page.get_by_label("搜索楼栋、小区").press_sequentially("tongda 3", delay=30)
    found = resident.page.locator(f"#places-found input[value='{scene.places['other_building']}']")
    expect(found).to_have_count(1)
    resident.page.get_by_label("搜索楼栋、小区").fill("没有这个地方")
    expect(resident.page.locator("#places-found")).to_contain_text("没有找到")


def test_photos_are_on_their_way_while_one_writes(look: Look) -> None:
    resident = look("resident", size=PHONE).go("/report/")
    resident.page.get_by_role("radio", name="供暖").check()
    resident.click(resident.page.locator(".place-choice").first)
    pictures = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": _picture(n)} for n in range(2)]
    resident.page.locator("input[type=file]").set_input_files(pictures)  # type: ignore[arg-type]
    expect(resident.page.locator(".photo-tile input[name=photos]")).to_have_count(2)
    resident.shoot("report-photos")
    resident.click(resident.page.locator("[data-remove]").first)
    expect(resident.page.locator(".photo-tile input[name=photos]")).to_have_count(1)
    resident.page.get_by_label("发生了什么").fill("暖气只有十三度")
    resident.press("提交")
    expect(resident.page.locator("h1")).to_contain_text("已收到您的反映")
    resident.press("查看进展")
    shown = resident.page.locator(".photos-shown img")
    expect(shown).to_have_count(1)
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_what_neighbours_reported_is_offered_and_followed(look: Look, scene: Scene) -> None:
    at, form = datetime.now(UTC), {"what": "半夜还在装修", "topic": "noise"}
    open_matter(by=scene.actor("resident"), at=at, kind="report", place=scene.places["home"], form=form)
    relay.drain(at)
    neighbour = look("resident", 1, size=PHONE).go("/report/")
    neighbour.page.get_by_role("radio", name="噪声").check()
    neighbour.click(neighbour.page.locator(".place-choice").first)
    similar = neighbour.page.locator("#similar")
    expect(similar).to_contain_text("邻居可能已经反映过")
    assert "装修" not in similar.inner_text()
    neighbour.shoot("report-similar")
    assert neighbour.violations() == []
    similar.get_by_role("button", name="我也遇到").first.click()
    expect(similar).to_contain_text("已关注，有进展会通知您")
    relay.drain(datetime.now(UTC))
    neighbour.go("/mine/?shown=followed")
    expect(neighbour.page.locator(".matters")).to_contain_text("噪声")


def test_a_report_by_keyboard_alone(look: Look) -> None:
    resident = look("resident").go("/report/?kind=report")
    keys = resident.page.keyboard
    keys.press("Tab")
    assert resident.page.evaluate("document.activeElement.className") == "skip"
    keys.press("Enter")
    _tab_to(resident.page, "input[name=topic]")
    keys.press("Space")
    _tab_to(resident.page, "input[name=place]")
    keys.press("Space")
    _tab_to(resident.page, "textarea[name=what]")
    keys.type("楼道灯坏了")
    _tab_to(resident.page, "main button.btn-primary")
    keys.press("Enter")
    expect(resident.page.locator("h1")).to_contain_text("已收到您的反映")


def test_large_type_is_switched_without_a_round_trip_and_stays(look: Look) -> None:
    resident = look("resident", size=PHONE).go("/")
    resident.page.get_by_role("button", name="大字").click()
    expect(resident.page.locator("html")).to_have_class("script large")
    resident.go("/report/")
    assert resident.page.evaluate("document.documentElement.classList.contains('large')")


def test_the_first_page_is_light_and_comes_over_a_slow_network(look: Look) -> None:
    somebody = look("", size=PHONE)
    session = somebody.page.context.new_cdp_session(somebody.page)
    session.send("Network.enable")
    slow = {
        "offline": False,
        "latency": 300,
        "downloadThroughput": 50_000,
        "uploadThroughput": 30_000,
    }  # 400 kbit/s: 3G
    session.send("Network.emulateNetworkConditions", slow)
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    somebody.go("/")
    expect(somebody.page.locator(".raise-main")).to_be_visible()
    somebody.page.wait_for_load_state("networkidle")
    assert len(weights) >= 4 and sum(weights) <= FIRST_PAGE, weights
    painted = somebody.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert painted < 6000, painted


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"the keyboard does not get to {selector}")


def _picture(number: int) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (3000, 2000), (40 * number, 120, 90)).save(buffer, "JPEG")
    return buffer.getvalue()

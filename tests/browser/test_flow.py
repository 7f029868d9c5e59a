"""The main job clicked through: reported, taken on, late, escalated, solved, accepted, done again."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from linli.kernel.actor import CLOCK, SYSTEM
from linli.kernel.scope import scope
from linli.matters.commands import tick_matter
from linli.matters.models import Matter
from tests.browser.conftest import Look
from tests.browser.screen import PHONE, Screen
from tests.cast import Scene

WHAT = "三单元楼道灯坏了一个多星期，老人晚上下楼看不见"


def test_a_report_goes_all_the_way(look: Look, scene: Scene) -> None:
    resident, worker, desk = look("resident", size=PHONE), look("grid_worker", size=PHONE), look("community_desk")
    matter = _report(resident)
    page = f"/matters/{matter}/"

    worker.go("/inbox/")
    worker.click(worker.page.locator(f"a.stretched-link[href='{page}']"))
    worker.press("受理")
    expect(worker.page.locator(".matter-status")).to_contain_text("办理中")
    expect(worker.page.locator("#toast")).to_contain_text("已受理")
    worker.shoot("flow-1-taken-on")

    _let_it_become_late(matter)
    expect(resident.go(page).page.locator(".timeline")).to_contain_text("到期未办，已转上一级办理")
    resident.shoot("flow-2-escalated")
    expect(worker.go(page).page.locator(".matter-status")).to_contain_text("待受理")
    assert worker.page.locator(".moves").count() == 0, "it is not the grid worker's any more"

    desk.go("/inbox/")
    desk.click(desk.page.locator(f"a.stretched-link[href='{page}']"))
    desk.press("受理")
    desk.press("办结")
    form = desk.page.locator(".move-form")
    expect(form).to_be_visible()
    form.get_by_label("说明").fill("已经换成感应灯，三到五层都试过了")
    desk.shoot("flow-3-solving")
    desk.click(form.get_by_role("button", name="办结"))
    expect(desk.page.locator(".matter-status")).to_contain_text("已办结，待确认")

    resident.go("/")
    resident.click(resident.page.locator(f".ask a[href='{page}']"))
    resident.page.get_by_role("radio", name=re.compile("5.*很满意")).check()
    resident.shoot("flow-4-accepting")
    resident.press("已经解决，确认")
    expect(resident.page.locator(".matter-status")).to_contain_text("已办结，您已确认")
    expect(resident.page.locator(".timeline")).to_contain_text("5 · 很满意")

    resident.press("我不满意，重办")
    form = resident.page.locator(".move-form")
    form.get_by_label("说明").fill("昨天又不亮了")
    resident.click(form.get_by_role("button", name="我不满意，重办"))
    expect(resident.page.locator(".matter-status")).to_contain_text("正在办理")
    expect(resident.page.locator(".timeline")).to_contain_text("昨天又不亮了")
    resident.shoot("flow-5-reopened")
    with scope(SYSTEM):
        assert Matter.objects.get(pk=matter).state == "working"


def test_the_last_step_is_taken_back_with_one_click(look: Look) -> None:
    resident, worker = look("resident"), look("grid_worker")
    matter = _report(resident)
    worker.go(f"/matters/{matter}/")
    worker.press("受理")
    expect(worker.page.locator("[data-left]")).to_have_text(re.compile(r"\d+"))
    worker.press("撤销")
    expect(worker.page.locator("#messages")).to_contain_text("已撤销")
    expect(worker.page.locator(".matter-status")).to_contain_text("待受理")
    assert worker.page.locator("[data-undo]").count() == 0


def test_the_second_of_two_is_told_and_loses_nothing(look: Look) -> None:
    resident, worker, again = look("resident"), look("grid_worker"), look("grid_worker", size=PHONE)
    matter = _report(resident)
    again.go(f"/matters/{matter}/").press("上报")
    again.page.locator(".move-form").get_by_label("说明").fill("整段线路老化，要报街道")
    worker.go(f"/matters/{matter}/").press("受理")
    again.click(again.page.locator(".move-form").get_by_role("button", name="上报"))
    expect(again.page.locator("#messages")).to_contain_text("刚才有别人处理过这件事")
    expect(again.page.locator(".move-form").get_by_label("说明")).to_have_value("整段线路老化，要报街道")
    expect(again.page.locator(".matter-status")).to_contain_text("办理中")
    again.shoot("flow-stale")
    assert again.violations() == []
    again.click(again.page.locator(".move-form").get_by_role("button", name="上报"))
    expect(again.page.locator(".timeline")).to_contain_text("已上报上一级")


def test_the_flow_works_without_scripts(look: Look) -> None:
    resident, worker = look("resident", size=PHONE, scripts=False), look("grid_worker", scripts=False)
    resident.go("/report/?kind=report")
    resident.page.get_by_role("radio", name="电梯").check()
    resident.page.get_by_label("搜索楼栋、小区").fill("通达 2号楼")
    resident.page.get_by_label("发生了什么").fill("电梯停在半层")
    resident.press("搜索")
    assert resident.page.locator(".field-error").count() == 0
    resident.page.get_by_role("radio", name="通达小区2号楼").first.check()
    expect(resident.page.get_by_label("发生了什么")).to_have_value("电梯停在半层")
    resident.press("提交")
    expect(resident.page.locator("h1")).to_contain_text("已收到您的反映")
    resident.press("查看进展")
    matter = _number(resident.page.url)
    worker.go(f"/matters/{matter}/")
    worker.press("不予受理")
    worker.page.get_by_label("说明").fill("电梯由市场监管部门监管")
    worker.press("不予受理")
    expect(worker.page.locator(".matter-status")).to_contain_text("不予受理")


def _report(resident: Screen) -> int:
    """Three taps and a sentence."""
    resident.go("/report/?kind=report")
    resident.page.get_by_role("radio", name="路灯、楼道灯").check()
    resident.click(resident.page.locator(".place-choice").first)
    resident.page.get_by_label("发生了什么").fill(WHAT)
    resident.press("提交")
    expect(resident.page.locator("h1")).to_contain_text("已收到您的反映")
    return _number(resident.page.url)


def _number(address: str) -> int:
    found = re.search(r"/matters/(\d+)/", address)
    assert found, address
    return int(found[1])


def _let_it_become_late(matter: int) -> None:
    """The clock looks at the matter a minute after its deadline."""
    with scope(SYSTEM):
        found = Matter.objects.get(pk=matter)
    assert found.due_at is not None
    tick_matter(by=CLOCK, at=found.due_at + timedelta(minutes=1), matter=matter, version=found.version)

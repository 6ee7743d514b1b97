"""Zhou sends a sheet with a fault, takes the faulty rows, corrects them, sends the file again, confirms: at two widths.

The worker's part is done by the test, as soon as the page waits for it: the page notices by itself.
"""

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

import branches.tasks  # noqa: F401 - the jobs' kinds
from branches.models import Person as Member
from branches.models import SheetImport
from core.jobs import work_off
from tests.branches.sheets import HEADINGS, person_row, write_sheet
from tests.builders import World

pytestmark = pytest.mark.django_db(transaction=True)


def send(zhou, path):
    """Upload a file and wait for the preview, which follows without a click."""
    zhou.open("/imports/")
    zhou.page.get_by_label("Excel 文件").set_input_files(path)
    zhou.press("上传并核对")
    work(zhou)


def work(zhou):
    expect(zhou.page.locator("#progress")).to_be_visible()
    work_off(SheetImport.objects.latest("pk").job_id)
    expect(zhou.page.locator("#progress")).to_have_count(0)
    zhou.page.wait_for_load_state()


@pytest.mark.parametrize("width", [1280, 360])
def test_from_a_fault_to_the_register(sits_down, tmp_path, width):
    zhou = sits_down(World().zhou, width)
    bad = person_row(学工号="200002", 姓名="另一位", 性别="先生", 联系电话="13800000002", 出生日期="1986-01-02")
    send(zhou, write_sheet(tmp_path / "党员.xlsx", HEADINGS, [person_row(), bad]))
    zhou.reads("1 行有差错，什么都没有写入")
    zhou.reads("“先生”不是性别，应为：男、女")

    with zhou.page.expect_download() as download:
        zhou.page.get_by_role("link", name="下载差错行").click()
    path = tmp_path / "改.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    head = [cell.value for cell in book.active[3]]
    assert book.active.cell(4, 1).value == "性别：“先生”不是性别，应为：男、女"
    book.active.cell(4, head.index("性别") + 1).value = "男"
    book.save(path)

    send(zhou, path)
    zhou.reads("将新增 2，改动 0")
    zhou.press("新增 2")
    zhou.reads("名册里没有，导入后新增")
    assert Member.objects.filter(staff_number__startswith="20000").count() == 0
    zhou.press("确认导入")
    work(zhou)
    zhou.reads("已导入：新增 2，改动 0")
    assert Member.objects.filter(staff_number__startswith="20000").count() == 2

    send(zhou, path)
    zhou.reads("表和名册一致，0 处改动")

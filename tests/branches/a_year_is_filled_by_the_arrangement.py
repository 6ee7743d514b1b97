"""按国务院放假安排填写: by the command and by the button, as often as one likes; what was set by hand stays.

Zhou sits in the organization department of the university.
"""

import datetime
import io
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse

from branches import actions, arrangement
from branches.actions.calendar import Seeding
from branches.models import CalendarDay
from core.audit import AuditEntry
from core.audit.telling import tell
from tests.builders import World
from tests.pages import offer_of, offers_of, press

D = datetime.date
OF_2026 = 39  # 33 free days, weekends within the holidays too, and 6 worked weekend days


def rows():
    return {row.day: (row.is_workday, row.name, row.is_by_hand) for row in CalendarDay.objects.all()}


def test_the_arrangement_of_2026():
    """As far as the library of public holidays knows it; it knows nothing of 2027."""
    said = arrangement.arrangement_of(2026)
    assert len(said) == OF_2026
    assert sorted(day for day, (is_workday, _) in said.items() if is_workday) == [
        D(2026, 1, 4), D(2026, 2, 14), D(2026, 2, 28), D(2026, 5, 9), D(2026, 9, 20), D(2026, 10, 10),
    ]  # fmt: skip
    assert {name for _, name in said.values()} == {
        "元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "调休上班",
    }  # fmt: skip
    assert (said[D(2026, 10, 3)], said[D(2026, 10, 10)]) == ((False, "国庆节"), (True, "调休上班"))
    assert arrangement.arrangement_of(2027) == {}


def test_a_year_is_filled_once_and_then_nothing_is_left_to_do(world: World):
    assert actions.seed_year(2026, by=world.zhou) == Seeding(OF_2026, 0, 0)
    before = rows()
    entries = AuditEntry.objects.filter(event="calendar_day.seeded", by=world.zhou)
    assert (len(before), entries.count()) == (OF_2026, OF_2026)

    assert actions.seed_year(2026, by=world.zhou) == Seeding(0, 0, 0)
    assert (rows(), entries.count()) == (before, OF_2026)


def test_each_day_tells_what_it_was_before(world: World):
    actions.seed_year(2026, by=world.zhou)
    row = CalendarDay.objects.get(day=D(2026, 10, 1))
    entry = AuditEntry.objects.about(row).get()
    assert [(one.field, one.before, one.after) for one in tell([entry])[entry.pk]] == [
        ("工作日", "是", "否"), ("名称", "（空）", "国庆节"),
    ]  # fmt: skip


def test_what_was_set_by_hand_is_kept(world: World):
    """Changed, taken back to its weekday, or added where the arrangement says nothing: none is touched."""
    actions.seed_year(2026, by=None)
    actions.set_day(D(2026, 10, 10), by=world.zhou, said=(False, "校庆调休"), was="1 调休上班")
    actions.set_day(D(2026, 10, 1), by=world.zhou, said=None, was="0 国庆节")
    actions.set_range(D(2026, 12, 5), D(2026, 12, 7), by=world.zhou, said=(False, "运动会"))
    before = rows()

    assert actions.seed_year(2026, by=world.zhou) == Seeding(0, 0, 5)
    assert rows() == before
    assert before[D(2026, 10, 1)] == (True, "", True)


def test_what_an_earlier_filling_wrote_is_put_right(world: World):
    """As an older version of the library had it: another name, a day that is missing, one too many."""
    actions.seed_year(2026, by=None)
    CalendarDay.objects.filter(day=D(2026, 10, 1)).update(name="国庆")
    CalendarDay.objects.filter(day=D(2026, 10, 2)).delete()
    CalendarDay.objects.create(day=D(2026, 10, 9), is_workday=False, name="国庆节")

    assert actions.seed_year(2026, by=None) == Seeding(1, 2, 0)
    found = {day: one for day, one in rows().items() if day in (D(2026, 10, 1), D(2026, 10, 2), D(2026, 10, 9))}
    assert found == {
        D(2026, 10, 1): (False, "国庆节", False), D(2026, 10, 2): (False, "国庆节", False),
        D(2026, 10, 9): (True, "", False),
    }  # fmt: skip


def test_a_year_that_is_not_published_is_refused_with_the_reason(world: World, client):
    for by in (world.zhou, None):
        with pytest.raises(PermissionDenied, match="没有 2027 年的国务院放假安排"):
            actions.seed_year(2027, by=by)
    client.force_login(world.zhou)
    answer = client.post(reverse("calendar_seed", args=[2027]))
    assert answer.status_code == 403
    assert "没有 2027 年的国务院放假安排" in answer.content.decode()
    assert rows() == {}


def test_the_page_warns_in_a_year_without_data_and_offers_to_fill_it(world: World, client):
    client.force_login(world.zhou)
    page, fill = reverse("calendar"), reverse("calendar_seed", args=[2026])
    warned = [f"日历里还没有 {year} 年的节假日" in client.get(page, {"year": year}).content.decode()
              for year in (2025, 2026, 2027)]  # fmt: skip
    assert warned == [True, True, True]

    answer = press(client, page, fill)

    assert (answer.status_code, answer.url) == (302, f"{page}?year=2026")
    shown = client.get(answer.url)
    text = shown.content.decode()
    assert "2026 年：新增 39 天，更新 0 天。" in text
    assert ("日历里还没有 2026 年的节假日" in text, re.findall(r">(\d{4}) 年<small", text)) == (False, ["2025", "2027"])
    unknown = client.get(page, {"year": 2027})
    assert "系统里没有 2027 年的国务院放假安排" in unknown.content.decode()
    assert offer_of(offers_of(unknown, page), reverse("calendar_seed", args=[2027])) is None


def test_a_reader_is_warned_too_and_told_who_fills_it(world: World, client):
    client.force_login(world.li)
    answer = client.get(reverse("calendar"))
    assert ("由党委组织部填写" in answer.content.decode(), answer.context["seed"].why) == (
        True, "工作日历由党委组织部设定。",
    )  # fmt: skip


def test_the_command_fills_three_years_and_names_the_one_without_data(world: World):
    def run():
        out = io.StringIO()
        call_command("seed_calendar", stdout=out)
        return out.getvalue().splitlines()

    unknown = "2027 年：没有放假安排的数据，暂按周一至周五为工作日。"
    assert run() == ["2025 年：新增 33 天，更新 0 天", "2026 年：新增 39 天，更新 0 天", unknown]
    actions.set_day(D(2026, 10, 10), by=world.zhou, said=(False, ""), was="1 调休上班")
    assert run() == ["2025 年：新增 0 天，更新 0 天", "2026 年：新增 0 天，更新 0 天，手工设定的 1 天没有动", unknown]
    assert set(AuditEntry.objects.filter(event="calendar_day.seeded").values_list("by", flat=True)) == {None}

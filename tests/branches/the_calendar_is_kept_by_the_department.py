"""The calendar's page: every officer reads it, the organization department at the top says what a day is.

Zhou sits in that department; Li leads First Branch; Zheng is a plain member. It is Monday, 23 November 2026.
"""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches import actions
from branches.actions.calendar import version_of
from branches.calendar import free_days
from branches.models import CalendarDay, Office, Term
from core.audit import AuditEntry
from core.audit.telling import tell
from core.workflow import StaleState
from tests.builders import World, make_officer, make_organization
from tests.pages import press
from tests.threads import move_to_a_file, together

D = datetime.date
DAY = D(2026, 12, 7)  # a Monday
PAGE = "/calendar/2026-12-07/"
SET = "设定休息或上班"


@pytest.fixture
def zhou(world: World, client):
    client.force_login(world.zhou)
    return client


def said_of(day=DAY):
    row = CalendarDay.objects.filter(day=day).first()
    return row and (row.is_workday, row.name, row.is_by_hand)


def history(row):
    """Each entry about a row as (event, by, what it changed in words)."""
    entries = list(AuditEntry.objects.about(row))
    told = tell(entries)
    return [(one.word, one.by, [(part.field, part.before, part.after) for part in told[one.pk]]) for one in entries]


def cell_of(client, day):
    """A day on the page of its year: its words, its mark, and whether it is today."""
    text = client.get(reverse("calendar"), {"year": day.year}).content.decode()
    tag = re.search(rf'href="/calendar/{day}/" aria-label="([^"]*)"([^>]*)>\d+(?:<small>(.)</small>)?', text)
    return tag[1], tag[3] or "", 'aria-current="date"' in tag[2]


def test_a_day_is_set_free_worked_and_ordinary_again(zhou, world):
    assert press(zhou, PAGE, kind="free", name="运动会").url == f"{reverse('calendar')}?year=2026#m-12"
    assert (said_of(), free_days(DAY, DAY)) == ((False, "运动会", True), {DAY: "运动会"})
    press(zhou, PAGE, kind="worked", name="补课")
    assert (said_of(), free_days(DAY, DAY)) == ((True, "补课", True), {})
    press(zhou, PAGE, kind="usual", name="补课")
    assert (said_of(), free_days(DAY, DAY)) == ((True, "", True), {})

    assert history(CalendarDay.objects.get()) == [
        (SET, world.zhou, [("工作日", "是", "否"), ("名称", "（空）", "运动会"), ("手工设定", "否", "是")]),
        (SET, world.zhou, [("工作日", "否", "是"), ("名称", "运动会", "补课")]),
        ("改回平日", world.zhou, [("名称", "补课", "（空）")]),
    ]
    assert "补课" in zhou.get(PAGE).content.decode()  # the history stays on the page


def test_nothing_is_written_where_nothing_changes(zhou):
    press(zhou, PAGE)
    assert (said_of(), AuditEntry.objects.filter(subject="branches.calendarday").count()) == (None, 0)
    press(zhou, PAGE, kind="free", name="运动会")
    assert "没有改动。" in zhou.get(press(zhou, PAGE).url).content.decode()
    assert AuditEntry.objects.filter(subject="branches.calendarday").count() == 1


def test_a_free_weekday_needs_a_reason_and_a_free_weekend_none(zhou):
    answer = press(zhou, PAGE, kind="free", name="")
    assert (answer.status_code, answer.context["form"].errors) == (422, {"name": ["请写明为什么休息，如 校庆放假。"]})
    assert press(zhou, "/calendar/2026-12-05/", kind="worked", name="补课").status_code == 302
    assert press(zhou, "/calendar/2026-12-05/", kind="free", name="").status_code == 302
    assert said_of(D(2026, 12, 5)) == (False, "", True)


def test_a_range_is_free_from_end_to_end_and_ordinary_again(zhou):
    """Over a weekend of which the Saturday was to be worked."""
    CalendarDay.objects.create(day=D(2026, 12, 5), is_workday=True, name="调休上班")
    page = reverse("calendar_range")
    press(zhou, page, first="2026-12-04", last="2026-12-07", kind="free", name="校庆放假")
    days = [D(2026, 12, day) for day in range(4, 8)]
    assert free_days(D(2026, 12, 3), D(2026, 12, 8)) == dict.fromkeys(days, "校庆放假")
    assert AuditEntry.objects.filter(event="calendar_day.set").count() == 4

    span = zhou.get(reverse("calendar")).context["sheet"].spans[-1]
    assert (span.first, span.last, span.days, span.origin) == (days[0], days[-1], 4, "手工设定")
    press(zhou, span.edit_url, page, kind="usual")  # the link brings the days along
    assert free_days(D(2026, 12, 3), D(2026, 12, 8)) == {D(2026, 12, 5): "周六", D(2026, 12, 6): "周日"}


@pytest.mark.parametrize(
    ("typed", "where", "says"),
    [
        ({"last": "2026-12-03"}, "last", "不能早于开始的日期。"),
        ({"last": "2027-02-02"}, "last", "一次最多 60 天。寒假、暑假不用在这里设，把学期的起止填好就有了。"),
        ({"first": "0226-12-04"}, "first", "年份不对，请核对。"),
        ({"name": ""}, "name", "请写明为什么休息，如 校庆放假。"),
        ({"first": "明天"}, "first", "请填写日期，如 2026-11-13。"),
    ],
)
def test_a_wrong_range_is_refused_at_the_field_and_what_was_typed_stays(zhou, typed, where, says):
    good = {"first": "2026-12-04", "last": "2026-12-07", "kind": "free", "name": "校庆放假"}
    answer = press(zhou, reverse("calendar_range"), **(good | typed))
    form = answer.context["form"]
    assert (answer.status_code, says in form.errors[where]) == (422, True)
    assert {name: form[name].value() for name in good} == good | typed
    assert not CalendarDay.objects.exists()


def test_the_year_marks_holidays_worked_weekends_terms_and_today(zhou):
    actions.seed_year(2026, by=None)
    for name, first, last in (("春季学期", D(2026, 3, 2), D(2026, 7, 5)), ("秋季学期", D(2026, 9, 1), D(2027, 1, 17))):
        Term.objects.create(name=name, starts_on=first, ends_on=last)
    CalendarDay.objects.create(day=D(2027, 10, 1), is_workday=False, name="国庆节")  # of another year
    days = {
        D(2026, 10, 1): ("10 月 1 日 周四 休息 国庆节", "休", False),
        D(2026, 10, 10): ("10 月 10 日 周六 上班 调休上班", "班", False),
        D(2026, 9, 1): ("9 月 1 日 周二 秋季学期开始", "", False),
        D(2026, 8, 31): ("8 月 31 日 周一 暑假", "", False),
        D(2026, 11, 23): ("11 月 23 日 周一 今天", "", True),
        D(2026, 11, 28): ("11 月 28 日 周六", "", False),
    }
    assert {day: cell_of(zhou, day) for day in days} == days
    sheet = zhou.get(reverse("calendar")).context["sheet"]
    assert [one.workdays for one in sheet.months] == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]
    assert [(one.month.number, one.notes) for one in sheet.months if one.notes] == [
        (3, ["2 日　春季学期开始"]), (7, ["5 日　春季学期结束", "6 日起　暑假"]), (9, ["1 日　秋季学期开始"]),
    ]  # fmt: skip
    assert [(one.name, one.days) for one in sheet.spans if one.word == "休息"] == [
        ("元旦", 3), ("春节", 9), ("清明节", 3), ("劳动节", 5), ("端午节", 3), ("中秋节", 3), ("国庆节", 7),
    ]  # fmt: skip


def test_a_day_that_goes_against_the_arrangement_says_so(zhou):
    actions.seed_year(2026, by=None)
    press(zhou, "/calendar/2026-10-10/", kind="usual")
    [span] = [one for one in zhou.get(reverse("calendar")).context["sheet"].spans if one.first == D(2026, 10, 10)]
    assert (span.word, span.origin) == ("休息", "手工设定，与国务院安排不同")


def test_terms_are_added_edited_and_dropped(zhou, world):
    typed = {"name": "第一学期", "starts_on": "2026-09-01", "ends_on": "2027-01-17"}
    press(zhou, reverse("term_add"), **typed)
    term = Term.objects.get()
    page = reverse("term_edit", args=[term.pk])
    press(zhou, page, ends_on="2027-01-24")
    term.refresh_from_db()
    assert term.ends_on == D(2027, 1, 24)
    assert history(term) == [
        ("添加学期", world.zhou, [("名称", "（空）", "第一学期"), ("开始日期", "（空）", "2026-09-01"),
                              ("结束日期", "（空）", "2027-01-17")]),
        ("修改学期", world.zhou, [("结束日期", "2027-01-17", "2027-01-24")]),
    ]  # fmt: skip
    press(zhou, page, reverse("term_drop", args=[term.pk]))
    assert not Term.objects.exists()
    entry = AuditEntry.objects.get(event="term.dropped")
    assert ([one.before for one in tell([entry])[entry.pk]], entry.note) == (
        ["第一学期", "2026-09-01", "2027-01-24"], "第一学期，2026-09-01 至 2027-01-24",
    )  # fmt: skip


@pytest.mark.parametrize(("first", "last"), [("2027-01-17", "2027-06-30"), ("2026-10-01", "2026-12-31"),
                                             ("2026-05-01", "2026-09-01"), ("2026-08-01", "2027-02-01")])  # fmt: skip
def test_terms_do_not_overlap(zhou, world, first, last):
    Term.objects.create(name="第一学期", starts_on=D(2026, 9, 1), ends_on=D(2027, 1, 17))
    answer = press(zhou, reverse("term_add"), name="又一学期", starts_on=first, ends_on=last)
    sentence = "与“第一学期，2026-09-01 至 2027-01-17”重叠，学期之间不能有同一天。"
    assert (answer.status_code, answer.context["form"].errors) == (422, {"starts_on": [sentence]})
    with pytest.raises(StaleState, match="重叠"):
        days = {"starts_on": D.fromisoformat(first), "ends_on": D.fromisoformat(last)}
        actions.add_term(by=world.zhou, name="又一学期", **days)
    assert Term.objects.count() == 1


def test_a_term_may_move_within_its_own_days_but_not_onto_another(zhou):
    autumn = Term.objects.create(name="第一学期", starts_on=D(2026, 9, 1), ends_on=D(2027, 1, 17))
    Term.objects.create(name="第二学期", starts_on=D(2027, 3, 1), ends_on=D(2027, 7, 4))
    page = reverse("term_edit", args=[autumn.pk])
    assert press(zhou, page, starts_on="2026-09-07").status_code == 302
    assert press(zhou, page, ends_on="2027-03-01").status_code == 422
    assert press(zhou, page, ends_on="2026-09-07").context["form"].errors == {"ends_on": ["要晚于开始的日期。"]}
    assert press(zhou, page, ends_on="2027-11-07").status_code == 422


WRITES = {
    "set_day": lambda by: actions.set_day(DAY, by=by, said=(False, "校庆"), was="1"),
    "set_range": lambda by: actions.set_range(DAY, DAY, by=by, said=(False, "校庆")),
    "seed_year": lambda by: actions.seed_year(2026, by=by),
    "add_term": lambda by: actions.add_term(by=by, name="学期", starts_on=D(2026, 9, 1), ends_on=D(2027, 1, 1)),
}


@pytest.mark.parametrize("act", WRITES)
def test_only_the_department_at_the_top_writes(world: World, act):
    """Not the one of a committee further down, nor a leader who reads everything."""
    lower = make_organization("COMMITTEE", "附属医院党委", world.committee)
    below = make_officer(lower, Office.ORGANIZATION_DEPARTMENT, "段组织部", branch=world.direct)
    for by in (world.li, world.wang, world.he, world.zheng, below):
        with pytest.raises(PermissionDenied, match=r"工作日历由党委组织部设定。"):
            WRITES[act](by)
    assert (CalendarDay.objects.exists(), Term.objects.exists()) == (False, False)
    WRITES[act](world.zhou)
    assert (CalendarDay.objects.exists(), Term.objects.exists()) == (act != "add_term", act == "add_term")


def test_a_reader_sees_everything_and_no_form(world: World, client):
    CalendarDay.objects.create(day=DAY, is_workday=False, name="运动会")
    client.force_login(world.li)
    year, day = client.get(reverse("calendar")), client.get(PAGE)
    assert [row.name for row in year.context["sheet"].spans] == ["运动会"]
    for page, why in ((year, "由党委组织部填写"), (day, "工作日历由党委组织部设定。")):
        text = page.content.decode()
        assert (why in text, "calendar/range" in text, 'action="/calendar' in text) == (True, False, False)
    client.force_login(world.zheng)
    assert (client.get(reverse("calendar")).url, client.get(PAGE).status_code) == (reverse("me"), 403)


def test_who_finds_a_day_changed_meanwhile_is_told_and_changes_nothing(zhou, world):
    """Two pages of the same day: the first saves, the second is led back to see it."""
    shown = {"kind": "free", "name": "校庆", "was": version_of(CalendarDay.usual(DAY))}
    assert zhou.post(PAGE, shown).status_code == 302
    answer = zhou.post(PAGE, shown | {"name": "运动会"}, headers={"referer": f"http://testserver{PAGE}"})
    assert (answer.status_code, answer.url.endswith(PAGE)) == (302, True)
    assert "这一天刚才有人改过，现在是“休息　校庆”，您的设定没有保存。" in zhou.get(PAGE).content.decode()
    assert said_of() == (False, "校庆", True)
    assert AuditEntry.objects.filter(subject="branches.calendarday").count() == 1


def test_so_is_who_finds_a_term_changed_or_gone(world: World):
    days = {"starts_on": D(2026, 9, 1), "ends_on": D(2027, 1, 17)}
    term = actions.add_term(by=world.zhou, name="第一学期", **days)
    was = "第一学期，2026-09-01 至 2027-01-17"
    actions.edit_term(term, by=world.zhou, name="秋季学期", was=was, **days)
    with pytest.raises(StaleState, match="现在是“秋季学期，2026-09-01 至 2027-01-17”"):
        actions.edit_term(term, by=world.zhou, name="第一学期", was=was, **days)
    actions.drop_term(term, by=world.zhou)
    for act in (lambda: actions.drop_term(term, by=world.zhou),
                lambda: actions.edit_term(term, by=world.zhou, name="x", was=was, **days)):  # fmt: skip
        with pytest.raises(StaleState, match="已经删去"):
            act()


@pytest.fixture
def shared(transactional_db, tmp_path):
    """The cast in a database that threads can share."""
    world = World()
    back = move_to_a_file(tmp_path)
    yield world
    back()


def set_and_added_at_once(shared):
    """Four say of one day each another thing, and four add terms that share days: the codes of both."""
    login = Client()
    login.force_login(shared.zhou)
    cookies = {key: morsel.value for key, morsel in login.cookies.items()}

    def sending(address, data):
        mine = Client()
        mine.cookies.load(cookies)
        return lambda: mine.post(address, data)

    days = [{"kind": "free", "name": f"第{number}人", "was": "1"} for number in range(4)]
    terms = [
        {"name": f"第{number}人的学期", "starts_on": D(2026, 9, 1 + number), "ends_on": "2027-01-17"}
        for number in range(4)
    ]
    answers = together(*(sending(PAGE, one) for one in days), *(sending(reverse("term_add"), one) for one in terms))
    codes = [getattr(answer, "status_code", type(answer).__name__) for answer in answers]
    return codes[:4], codes[4:]


def test_of_many_who_set_the_same_day_at_once_one_is_kept(shared):
    """And of many who add the same term; nobody gets an error page."""
    of_days, of_terms = set_and_added_at_once(shared)
    assert of_days == [302] * 4
    assert set(of_terms) <= {302, 422}  # who finds the other's term already in the form, and who only as it is written
    assert (CalendarDay.objects.count(), Term.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(event="calendar_day.set").count() == 1
    assert AuditEntry.objects.filter(event="term.added").count() == 1


def test_control_without_the_guards_every_one_of_them_is_kept(shared, monkeypatch):
    """Nobody compares with what the page showed, or with the other terms: each writes over what is there."""
    monkeypatch.setattr("branches.actions.calendar.version_of", lambda row: "1")
    monkeypatch.setattr(type(Term.objects.all()), "overlapping", lambda terms, first, last: terms.none())
    assert set_and_added_at_once(shared) == ([302] * 4, [302] * 4)
    assert AuditEntry.objects.filter(event="calendar_day.set").count() == 4
    assert Term.objects.count() == 4


@pytest.mark.parametrize("typed", ["1949", "2151", "99999", "-1", "²026", "２０２６", "", "x"])
def test_a_year_that_is_none_shows_the_present_one(zhou, typed):
    assert zhou.get(reverse("calendar"), {"year": typed}).context["sheet"].year == 2026
    assert zhou.get(reverse("calendar_range"), {"first": typed, "last": typed}).status_code == 200


def test_the_first_and_the_last_year_and_day_open_and_beyond_there_is_nothing(zhou):
    for year, day in ((1950, "1950-01-01"), (2150, "2150-12-31")):
        assert zhou.get(reverse("calendar"), {"year": year}).context["sheet"].year == year
        assert zhou.get(f"/calendar/{day}/").status_code == 200
    for day in ("1949-12-31", "2151-01-01", "2026-02-30", "0000-01-01"):
        assert zhou.get(f"/calendar/{day}/").status_code == 404
    assert zhou.post(reverse("calendar_seed", args=[99999])).status_code == 404


def test_a_year_costs_the_same_whatever_stands_in_it(zhou):
    def measured():
        with CaptureQueriesContext(connection) as queries:
            zhou.get(reverse("calendar"))
        return len(queries)

    measured()  # the first page of a session reads more
    empty = measured()
    actions.seed_year(2026, by=None)
    for month in (3, 9):
        Term.objects.create(name=f"{month} 月", starts_on=D(2026, month, 1), ends_on=D(2026, month + 3, 1))
    assert (measured(), empty < 15) == (empty, True)

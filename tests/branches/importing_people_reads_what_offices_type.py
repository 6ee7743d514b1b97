"""Whatever the order of the columns and the way in which dates are typed: the same people are read."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.imports import people
from branches.imports.cells import read_date
from tests.branches.sheets import GOOD_PERSON, write_sheet
from tests.builders import World

DAY = [
    lambda day: day,
    lambda day: datetime.datetime.combine(day, datetime.time(13, 30)),
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day.year}-{day.month}-{day.day}",
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day:%Y.%m.%d}",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day:%Y%m%d}",
    lambda day: int(f"{day:%Y%m%d}"),
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"　{day.year} 年 {day.month} 月 {day.day} 日 ",
]
FIRST_OF_MONTH = [
    lambda day: f"{day:%Y-%m}",
    lambda day: f"{day:%Y.%m}",
    lambda day: f"{day.year}/{day.month}",
    lambda day: f"{day.year}年{day.month}月",
]
DATES = {"出生日期": "born_on", "加入党组织日期": "joined_on", "转为正式党员日期": "confirmed_on"}
OTHER_HEADINGS = {
    "学工号": ["工号", "学号", "学工号"],
    "所在党支部": ["所在党支部(全称)", "所在党支部（全称）", "党支部编码"],
    "加入党组织日期": ["入党时间", "加入党组织日期"],
    "转为正式党员日期": ["转正时间", "转为正式党员日期"],
    "联系电话": ["联系电话(手机号)", "手机号", " 联系电话　"],
    "党费计算基数(元)": ["党费计算基数（元）", "党费基数"],
}
BRANCHES = {"0201001": "first", "中共测试学院文学院第二党支部": "second", "图书馆直属党支部": "direct"}


@st.composite
def person(draw):
    """What is meant: three dates in their order, a branch, a base."""
    born = draw(st.dates(datetime.date(1935, 1, 1), datetime.date(1990, 12, 31)))
    joined = draw(st.dates(datetime.date(2008, 1, 1), datetime.date(2020, 12, 31)))
    if draw(st.booleans()):
        joined = joined.replace(day=1)
    confirmed = draw(st.dates(joined, datetime.date(2026, 11, 23)))
    branch = draw(st.sampled_from(list(BRANCHES)))
    cents = draw(st.integers(0, 3_000_000))
    return {"born_on": born, "joined_on": joined, "confirmed_on": confirmed}, branch, Decimal(cents) / 100


@st.composite
def sheets(draw):
    """People, and a sheet that says them: columns shuffled, headings and dates in any accepted form."""
    meant = draw(st.lists(person(), min_size=1, max_size=4))
    columns = draw(st.permutations([*GOOD_PERSON, "序号", "备注"]))
    rows = []
    for number, (days, branch, base) in enumerate(meant, start=1):
        cells = GOOD_PERSON | {"序号": number, "备注": "", "学工号": f"{300000 + number}", "所在党支部": branch}
        cells["党费计算基数(元)"] = draw(st.sampled_from([float(base), f"{base:.2f}", f"{base:,.2f}"]))
        for heading, name in DATES.items():
            forms = DAY + (FIRST_OF_MONTH if days[name].day == 1 else [])
            cells[heading] = draw(st.sampled_from(forms))(days[name])
        rows.append([cells[column] for column in columns])
    headings = [draw(st.sampled_from(OTHER_HEADINGS.get(column, [column]))) for column in columns]
    lines = draw(st.integers(0, 4))
    return meant, headings, rows, [["说明"]] * lines


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_sheet=sheets())
def test_the_same_people_are_read_from_every_form_of_the_sheet(world: World, tmp_path, given_sheet):
    meant, headings, rows, first = given_sheet

    plan = people.read(write_sheet(tmp_path / "党员.xlsx", headings, rows, first=first))

    assert plan.faults == []
    constant = {
        "name": "田宏", "standing": "FULL", "gender": "FEMALE", "ethnicity": "汉族", "education": "大学",
        "category": "STAFF", "phone": "13800000001", "membership_state": "正常", "is_floating": False,
        "is_lost_contact": False, "is_leading_cadre": False,
    }  # fmt: skip
    assert [(line.values, line.branch, line.extras) for line in plan.new] == [
        (
            constant | days | {"staff_number": f"{300000 + number}"},
            getattr(world, BRANCHES[branch]),
            {"党费计算基数(元)": base.quantize(Decimal("0.01"))},
        )
        for number, (days, branch, base) in enumerate(meant, start=1)
    ]


@pytest.mark.parametrize(
    "cell, day",
    [
        ("2016.07", datetime.date(2016, 7, 1)),
        (2016.07, datetime.date(2016, 7, 1)),
        (2016.11, datetime.date(2016, 11, 1)),
        ("2016.10", datetime.date(2016, 10, 1)),
        ("2016.1", datetime.date(2016, 1, 1)),
        (20160701.0, datetime.date(2016, 7, 1)),
        ("2016年7月1", datetime.date(2016, 7, 1)),
        ("2024-02-29", datetime.date(2024, 2, 29)),
        ("", None),
        ("　", None),
        (None, None),
    ],
)
def test_a_date_that_only_looks_odd_is_read(cell, day):
    assert read_date(cell) == day

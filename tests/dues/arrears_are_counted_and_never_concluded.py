"""欠缴: months in a row are counted and flagged; what they mean is said by people; several are paid on one receipt.

It is 23 November; Zheng of First Branch owes 15 元 a month and the months before are all signed with a reason.
"""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.clock import at
from core.periods import Month
from core.workflow import StaleState
from dues import actions
from dues.actions import Choice
from dues.arrears import arrears, longest_run
from dues.models import Charge, DuesMonth, Entry, RatePolicy, Receipt
from tests.builders import NOVEMBER

JANUARY = Month(2026, 1)


@pytest.fixture
def zheng(world):
    actions.set_bases({world.zheng.person.pk: Decimal(3000)}, JANUARY, "核定", None)
    return world.zheng.person


@pytest.fixture
def months(world, zheng, monday):
    """Of each month whether it is paid: opened and signed in that month, put off where it is not."""

    def live(*paid, first=5):
        for number, is_paid in enumerate(paid, start=first):
            month = Month(2026, number)
            monday.move_to(at(datetime.date(2026, number, 10), 10))
            actions.open_month(month)
            row = DuesMonth.objects.get(organization=world.first, month=month)
            choices = {
                one.pk: Choice() if is_paid or one.person != zheng else Choice("DEFER", "在外实习")
                for one in row.charges.all()
            }
            actions.set_bases(
                {p.pk: Decimal(0) for p in world.first.people.exclude(pk=zheng.pk)}, JANUARY, "核定", None
            )
            actions.open_month(month)
            choices |= {one.pk: Choice() for one in row.charges.all() if one.pk not in choices}
            actions.verify_month(row, choices=choices, by=world.li)
        monday.move_to(at(datetime.date(2026, 11, 23), 10))

    return live


def owing(world, **asked):
    seen = DuesMonth.objects.visible_to(world.li)
    return {
        one.person.name: (one.run, one.level, one.money)
        for one in arrears(Charge.objects.filter(dues_month__in=seen), **asked)
    }


@pytest.mark.parametrize(
    ("months", "run"),
    [((), 0), ((3,), 1), ((1, 2, 4), 2), ((4, 2, 3, 3), 3), ((1, 3, 5), 1)],
)
def test_months_in_a_row_are_counted(months, run):
    assert longest_run(Month(2026, month) for month in months) == run


def test_a_year_ends_no_run():
    assert longest_run([Month(2025, 12), Month(2026, 1), Month(2026, 2)]) == 3


@pytest.mark.parametrize(
    ("paid", "found"),
    [
        ([True] * 6, {}),
        ([True, True, True, True, False, False], {"郑党员": (2, "", Decimal("30.00"))}),
        ([True, True, True, False, False, False], {"郑党员": (3, "REMIND", Decimal("45.00"))}),
        ([False, False, True, False, True, False], {"郑党员": (2, "", Decimal("60.00"))}),
        ([False] * 6, {"郑党员": (6, "ALERT", Decimal("90.00"))}),
    ],
)
def test_who_owes_months_in_a_row_is_flagged_by_the_thresholds_in_force(world, months, paid, found):
    months(*paid)

    assert owing(world) == found
    assert set(owing(world, level="REMIND")) == {name for name, (_, level, _) in found.items() if level}
    assert set(owing(world, level="ALERT")) == {name for name, (_, level, _) in found.items() if level == "ALERT"}


def test_the_thresholds_are_the_departments(world, months):
    months(False, False)
    RatePolicy.objects.update(remind_after=1, alert_after=2)

    assert owing(world) == {"郑党员": (2, "ALERT", Decimal("30.00"))}


def test_the_running_month_is_not_owed_yet(world, zheng):
    actions.open_month(NOVEMBER)

    assert owing(world) == {}


def test_what_was_found_out_stands_beside_the_flag_and_concludes_nothing(world, zheng, months, client):
    months(False, False, False)
    client.force_login(world.li)
    page = reverse("dues_owing", args=[zheng.pk])

    assert "登记说明" in client.get(page).content.decode()
    client.post(page, {"finding": "PROPER", "text": "在外实习，月底补交"})
    client.post(page, {"finding": "NOT_PROPER", "text": "联系不上"})

    listed = client.get(reverse("dues_arrears")).content.decode()
    assert "没有正当理由：联系不上" in listed
    assert owing(world) == {"郑党员": (3, "REMIND", Decimal("45.00"))}
    assert "有正当理由：在外实习，月底补交" in client.get(page).content.decode()
    zheng.refresh_from_db()
    assert zheng.left_on is None


def test_a_note_says_something_and_what_it_means(world, zheng, months, client):
    months(False)
    client.force_login(world.li)

    answer = client.post(reverse("dues_owing", args=[zheng.pk]), {"text": " "})

    assert (answer.status_code, set(answer.context["note_form"].errors)) == (422, {"finding", "text"})


@pytest.mark.parametrize("who", ["xu", "zheng", "zhao"])
def test_only_who_answers_for_the_member_writes_it_down(world, zheng, months, who):
    months(False)

    with pytest.raises(PermissionDenied):
        actions.note_arrears(zheng, finding="PROPER", text="自己说的", by=getattr(world, who))


def test_several_months_are_paid_on_one_receipt(world, zheng, months, client):
    months(False, False, False)
    client.force_login(world.li)
    first, _, last = Charge.objects.filter(person=zheng).order_by("month")

    answer = client.post(
        reverse("dues_pay_together", args=[zheng.pk]), {"charges": [first.pk, last.pk], "method": "CASH"}
    )

    receipt = Receipt.objects.get(person=zheng)
    assert answer.url == receipt.get_absolute_url()
    assert [(one.charge, one.month_paid, one.amount) for one in receipt.entries.order_by("pk")] == [
        (first, NOVEMBER, Decimal("15.00")),
        (last, NOVEMBER, Decimal("15.00")),
    ]
    assert owing(world) == {"郑党员": (1, "", Decimal("15.00"))}
    assert "人民币叁拾元整" in client.get(answer.url).content.decode()


def test_months_are_paid_together_or_not_at_all(world, zheng, months):
    months(False, False)
    charges = list(Charge.objects.filter(person=zheng))
    actions.pay(charges[0], method="CASH", by=world.li)

    with pytest.raises(StaleState, match="已经登记过"):
        actions.pay_together(charges, method="CASH", by=world.li)

    assert Entry.objects.filter(charge__in=charges).count() == 1
    assert Receipt.objects.count() == Entry.objects.filter(reverses=None).count()


def test_a_member_sees_how_the_own_dues_came_about(world, zheng, months, client):
    months(True, False)
    client.force_login(world.zheng)

    page = client.get(reverse("dues_mine")).content.decode()

    assert "3,000.00" in page
    assert "0.5%" in page
    assert Receipt.objects.get(person=zheng).get_absolute_url() in page
    assert "缓交：在外实习" in page
    assert reverse("dues_mine") in client.get(reverse("me")).content.decode()


def test_a_member_sees_nobody_elses(world, zheng, months, client):
    months(True)
    client.force_login(world.chen)

    assert "3,000.00" not in client.get(reverse("dues_mine")).content.decode()
    client.force_login(world.zheng)
    assert client.get(reverse("dues_owing", args=[zheng.pk])).status_code == 404

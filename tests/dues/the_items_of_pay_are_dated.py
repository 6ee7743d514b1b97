"""Of which items of pay a base is made is dated data: the department sets it, others read it, nobody overtakes."""

import pytest
from django.urls import reverse

from core.audit import AuditEntry
from core.periods import Month
from core.workflow import StaleState
from dues import actions as dues_actions
from dues.bases import actions
from dues.bases.models import PayScheme, PaySchemes
from tests.builders import make_person
from tests.pages import press

JANUARY, DECEMBER = Month(2027, 1), Month(2026, 12)
SHIPPED = [("岗位工资", "加"), ("薪级工资", "加"), ("基础绩效", "加"), ("五险一金", "减"), ("个人所得税", "减")]


@pytest.fixture
def page():
    return reverse("pay_items")


def items(month):
    return [(item.name, item.sign) for item in PaySchemes().items_of(month)]


def test_the_department_sets_them_from_a_month_on_and_earlier_months_keep_theirs(world, client, page):
    client.force_login(world.zhou)
    assert items(JANUARY) == SHIPPED

    press(client, page, effective_from="2027-01", **{"name-5": "职业年金", "sign-5": "deduct", "name-2": ""})

    assert items(DECEMBER) == SHIPPED
    assert items(JANUARY) == [SHIPPED[0], SHIPPED[1], SHIPPED[3], SHIPPED[4], ("职业年金", "减")]
    entry = AuditEntry.objects.get(event="pay_items.set")
    assert (entry.by, entry.note[:14]) == (world.zhou, "2027 年 1 月起：岗位")
    press(client, page, effective_from="2027-01", **{"name-5": "工会会费", "sign-5": "deduct"})
    assert (PayScheme.objects.count(), items(JANUARY)[-1]) == (2, ("工会会费", "减"))


def test_the_form_of_a_base_asks_for_the_items_of_its_month(world, client):
    person = make_person(world.first)
    dues_actions.set_bases({person.pk: 6000}, Month(2026, 1), "核定", None)
    actions.set_items(JANUARY, [("岗位工资", False), ("津贴", False)], by=world.zhou, seen=PaySchemes().stamp)
    client.force_login(world.chen)
    form = client.get(address := reverse("base_set", args=[person.pk])).context["form"]
    typed = {"seen": form.stamp, "scheme": form.scheme_key, "why": "", "words": "", "from_month": "2027-01"}

    answer = client.post(address, typed | {"part-岗位工资": "5000", "part-薪级工资": "100"})

    changed = answer.context["form"]
    assert (answer.status_code, changed.non_field_errors()) == (
        422, ["从这个月起核算项目不同，下面已换成这个月的项目，请核对后再按“下一步”。"],
    )  # fmt: skip
    assert [(field.name, field.value()) for field in changed.part_fields] == [
        ("part-岗位工资", "5000"), ("part-津贴", None),
    ]  # fmt: skip
    assert client.post(address, typed | {"scheme": changed.scheme_key, "part-岗位工资": "5000"}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "at", "sentence"),
    [
        ({"name-5": "薪级工资"}, "name-5", "“薪级工资”写了两次，请只留一项。"),
        ({"name-5": "基数"}, "name-5", "“基数”是导入表里别的列名，请换一个名称。"),
        ({f"name-{place}": "" for place in range(5)}, "name-0", "至少要有一项。"),
        ({f"sign-{place}": "deduct" for place in range(5)}, "sign-0", "至少要有一项是加的。"),
    ],
)
def test_what_cannot_be_is_told_at_its_line(world, client, page, typed, at, sentence):
    client.force_login(world.zhou)
    answer = press(client, page, **typed)
    assert (answer.status_code, answer.context["form"].errors) == (422, {at: [sentence]})
    assert PayScheme.objects.count() == 1


def test_of_two_editors_the_second_is_told(world, client, page):
    client.force_login(world.zhou)
    stamp = PaySchemes().stamp
    actions.set_items(JANUARY, [("岗位工资", False)], by=world.zhou, seen=stamp)
    typed = {"seen": stamp, "effective_from": "2027-01", "name-0": "别的", "sign-0": "add"}

    answer = client.post(page, typed)

    assert (answer.status_code, answer.context["form"]["name-0"].value()) == (409, "别的")
    with pytest.raises(StaleState):
        actions.set_items(JANUARY, [("别的", False)], by=world.zhou, seen=stamp)
    assert items(JANUARY) == [("岗位工资", "加")]


def test_what_is_to_come_is_taken_back_what_holds_is_not(world, client, page):
    client.force_login(world.zhou)
    coming = actions.set_items(JANUARY, [("岗位工资", False)], by=world.zhou, seen=PaySchemes().stamp)

    press(client, page, reverse("pay_items_drop", args=[coming.pk]))

    assert (items(JANUARY), AuditEntry.objects.get(event="pay_items.dropped").by) == (SHIPPED, world.zhou)
    with pytest.raises(StaleState, match="已经在用"):
        actions.drop_items(PayScheme.objects.get(), by=world.zhou, seen=PaySchemes().stamp)


@pytest.mark.parametrize("who", ["li", "wang", "he"])
def test_others_read_them(world, client, page, who):
    client.force_login(getattr(world, who))
    shown = client.get(page).content.decode()
    assert ("个人所得税" in shown, 'name="name-0"' in shown) == (True, False)
    assert client.post(page, {"name-0": "别的"}).status_code == 403
    assert client.post(reverse("pay_items_drop", args=[PayScheme.objects.get().pk])).status_code == 403

"""Which step starts from which standing, who registers it, on which day; and what is taken back.

Li and Chen keep First Branch; Wang keeps it from the general branch above, Zhou from the department. Wu's direct branch
has the department alone above it.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from branches import actions
from branches.models import Appointment, Office, Person, StandingChange, StructurePolicy, Transfer
from branches.reports.standings import probation_ends, probationers
from branches.reports.timeline import timeline_of
from branches.structure import latest_start, months_later
from core.audit import history_of
from core.workflow import StaleState
from tests.branches.standings import change, someone, state, typed
from tests.builders import make_officer

D = datetime.date
TODAY = D(2026, 11, 23)
CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]
BRANCH, ABOVE = {"li", "chen", "wang", "zhou"}, {"wang", "zhou"}

# kind → (where it starts and leads to, who registers it at First Branch)
TABLE = {
    "PROSPECT": ({"ACTIVIST": "PROSPECT"}, BRANCH),
    "ADMITTED": ({"PROSPECT": "PROBATIONARY"}, ABOVE),
    "CONFIRMED": ({"PROBATIONARY": "FULL"}, ABOVE),
    "EXTENDED": ({"PROBATIONARY": "PROBATIONARY"}, ABOVE),
    "CANCELLED": ({"PROBATIONARY": "ACTIVIST"}, ABOVE),
    "DROPPED": ({"ACTIVIST": "ACTIVIST", "PROSPECT": "PROSPECT"}, BRANCH),
}


def test_from_each_standing_exactly_the_steps_of_the_table_start(world):
    found = {}
    for standing in Person.Standing.values:
        for kind in [*TABLE, "CORRECTED"]:
            person = someone(world.first, standing)
            before = state(person)
            try:
                with transaction.atomic():
                    person = change(person, world.zhou, kind)
            except (StaleState, KeyError):
                assert state(person) == before
            else:
                found.setdefault(kind, {})[standing] = person.standing
    assert found == {kind: steps for kind, (steps, _) in TABLE.items()}
    assert set(StandingChange.Kind) - set(found) == {"CORRECTED"}  # no step: it has an act of its own


@pytest.mark.parametrize("kind", TABLE)
def test_exactly_those_of_the_table_register_a_step(world, client, kind):
    steps, allowed = TABLE[kind]
    for start in steps:
        person, passed = someone(world.first, start), {}
        for user in CAST:
            client.force_login(getattr(world, user))
            before = state(person)
            with transaction.atomic():
                answer = client.post(reverse("standing_change", args=[person.pk]), typed(kind))
                if state(person) != before:
                    passed[user] = answer.status_code
                transaction.set_rollback(True)
            assert user in allowed or answer.status_code == (403 if user in {"li", "chen", "xu", "he"} else 404)
        assert passed == dict.fromkeys(allowed, 302)


def test_a_direct_branch_has_its_admissions_registered_by_the_department(world):
    person = someone(world.direct, "PROSPECT")
    with pytest.raises(PermissionDenied):
        change(person, world.wu, "ADMITTED")
    assert change(person, world.zhou, "ADMITTED").joined_on == TODAY


def test_nobody_registers_corrects_or_undoes_the_own_standing(world):
    wang = world.wang.person  # registered at Second, below the own general branch
    for standing in ("PROBATIONARY", "PROSPECT", "ACTIVIST"):
        Person.objects.filter(pk=wang.pk).update(standing=standing, joined_on=None)
        for kind, (steps, _) in TABLE.items():
            if standing in steps:
                with pytest.raises(PermissionDenied, match="自己的类别变动由别人登记"):
                    change(wang, world.wang, kind, note="提前")
    with pytest.raises(PermissionDenied):
        actions.correct_standing(wang, by=world.wang, standing="FULL", joined_on=None, confirmed_on=None, note="x")
    change(wang, world.zhou, "PROSPECT")
    with pytest.raises(PermissionDenied):
        actions.undo_standing(wang, by=world.wang, note="x")


WRONG = [
    ("ACTIVIST", "PROSPECT", {"changed_on": D(2026, 11, 24)}, {"changed_on": ["这一天还没有到，到了再登记。"]}),
    ("PROSPECT", "ADMITTED", {"born_on": D(2008, 11, 24)}, {
        "changed_on": ["入党要年满 18 岁，出生日期登记的是 2008 年 11 月 24 日，请核对。"]}),
    ("PROBATIONARY", "CONFIRMED", {"changed_on": D(2025, 10, 7)}, {
        "changed_on": ["加入党组织是 2025 年 10 月 8 日，不能早于那一天。"]}),
    ("PROBATIONARY", "CONFIRMED", {"changed_on": D(2026, 10, 7), "note": ""}, {
        "note": ["预备期到 2026 年 10 月 8 日才满。确实提前转正的，请在这里写明依据。"]}),
    ("PROBATIONARY", "EXTENDED", {"until": D(2027, 4, 7)}, {
        "until": ["预备期到 2026 年 10 月 8 日满，延长要在半年到一年之间：2027 年 4 月 8 日至 2027 年 10 月 8 日。"]}),
    ("PROBATIONARY", "EXTENDED", {"until": D(2027, 10, 9)}, {
        "until": ["预备期到 2026 年 10 月 8 日满，延长要在半年到一年之间：2027 年 4 月 8 日至 2027 年 10 月 8 日。"]}),
    ("PROBATIONARY", "CANCELLED", {"note": ""}, {"note": ["请写明依据，如会议日期、批复文号或原因。"]}),
    ("ACTIVIST", "PROSPECT", {"changed_on": ""}, {"changed_on": ["这一项要填。"]}),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "kind", "changes", "errors"), WRONG)
def test_what_is_wrong_is_said_at_its_field_and_refused_by_the_act_too(world, client, standing, kind, changes, errors):
    fields = {"born_on": changes["born_on"]} if "born_on" in changes else {}
    person = someone(world.first, standing, **fields)
    changes = {name: value for name, value in changes.items() if name != "born_on"}
    client.force_login(world.wang)
    before = state(person)

    answer = client.post(reverse("standing_change", args=[person.pk]), typed(kind, **changes))

    form = {offer.kind: form for offer, form in answer.context["offers"]}[kind]
    assert (answer.status_code, form.errors, form["note"].value()) == (422, errors, typed(kind, **changes)["note"])
    if changes.get("changed_on") != "":
        with pytest.raises(PermissionDenied):
            change(person, world.wang, kind, **changes)
    assert state(person) == before


def test_a_probation_ends_on_the_day_or_earlier_with_a_reason(world):
    on_the_day, earlier = someone(world.first, "PROBATIONARY"), someone(world.first, "PROBATIONARY")
    assert change(on_the_day, world.wang, "CONFIRMED", changed_on=D(2026, 10, 8), note="").confirmed_on == D(
        2026, 10, 8
    )
    assert change(earlier, world.wang, "CONFIRMED", changed_on=D(2026, 9, 1), note="特批").confirmed_on == D(2026, 9, 1)


def test_a_probation_is_extended_once_and_then_ends_later(world):
    person = change(someone(world.first, "PROBATIONARY"), world.wang, "EXTENDED")
    assert (person.standing, probation_ends(person)) == ("PROBATIONARY", D(2027, 6, 8))
    with pytest.raises(PermissionDenied, match="已经延长过一次"):
        change(person, world.wang, "EXTENDED", until=D(2027, 9, 1))
    with pytest.raises(PermissionDenied, match="预备期到 2027 年 6 月 8 日才满"):
        change(person, world.wang, "CONFIRMED", note="")


def test_a_step_is_not_before_the_one_before(world):
    person = change(someone(world.first, "ACTIVIST"), world.li, "PROSPECT", changed_on=D(2026, 11, 10))
    with pytest.raises(PermissionDenied, match="上一次变动是 2026 年 11 月 10 日"):
        change(person, world.wang, "ADMITTED", changed_on=D(2026, 11, 9))
    assert change(person, world.wang, "ADMITTED", changed_on=D(2026, 11, 10)).is_member


def test_who_comes_second_is_told_where_the_person_stands(world, client):
    person = someone(world.first, "PROBATIONARY")
    change(person, world.zhou, "CONFIRMED")
    client.force_login(world.wang)
    answer = client.post(reverse("standing_change", args=[person.pk]), typed("CONFIRMED"), follow=True)
    said = [str(one) for one in answer.context["messages"]]
    assert said == ["现在的类别是“正式党员”，不能转为正式党员。请看最新情况后再决定。"]
    assert person.standing_changes.count() == 1


@pytest.mark.parametrize(("kind", "start"), [(kind, start) for kind, (steps, _) in TABLE.items() for start in steps])
def test_what_is_taken_back_stands_as_before_and_the_log_keeps_both(world, kind, start):
    person = someone(world.first, start)
    before = state(person)[:2]
    change(person, world.zhou, kind)
    allowed = TABLE[kind][1]
    for user in CAST:
        with transaction.atomic():
            try:
                actions.undo_standing(person, by=getattr(world, user), note="登记错了")
            except PermissionDenied:
                assert user not in allowed
            else:
                assert user in allowed
            transaction.set_rollback(True)

    actions.undo_standing(person, by=world.zhou, note="登记错了")

    assert state(person)[:2] == before
    assert [row.status for row in person.transfers.all()] == (["WITHDRAWN"] if kind == "DROPPED" else [])
    assert [entry.event for entry in history_of(person)] == ["standing.changed", "standing.undone"]
    assert history_of(person).last().note.endswith("；撤回原因：登记错了")
    with pytest.raises(PermissionDenied, match="没有可以撤回的登记"):
        actions.undo_standing(person, by=world.zhou, note="再来一次")


def test_only_the_latest_step_is_taken_back_and_a_cancelled_probation_comes_back_whole(world):
    person = someone(world.first, "PROSPECT")
    change(person, world.zhou, "ADMITTED", changed_on=D(2025, 10, 8))
    change(person, world.zhou, "EXTENDED", changed_on=D(2026, 10, 9))
    change(person, world.zhou, "CANCELLED")
    person.refresh_from_db()
    assert (person.standing, person.joined_on, person.probation_until) == ("ACTIVIST", None, None)

    actions.undo_standing(person, by=world.zhou, note="没有取消")

    person.refresh_from_db()
    assert (person.standing, person.joined_on, person.probation_until) == (
        "PROBATIONARY",
        D(2025, 10, 8),
        D(2027, 6, 8),
    )
    assert [row.kind for row in person.standing_changes.all()] == ["ADMITTED", "EXTENDED"]


def test_who_holds_an_office_gives_it_up_before_the_membership_ends(world):
    person = someone(world.first, "PROBATIONARY")
    held = Appointment.objects.create(
        person=person, organization=world.first, office=Office.GROUP_LEADER, starts_on=D(2026, 1, 1)
    )
    with pytest.raises(PermissionDenied, match="还担任党内职务"):
        change(person, world.zhou, "CANCELLED")
    held.ends_on = TODAY
    held.save()
    assert change(person, world.zhou, "CANCELLED").standing == "ACTIVIST"


def test_the_day_of_a_day_before_is_answered_by_the_entries(world):
    """The day before a step somebody stood as before it, also where the import alone knew of the admission."""
    steps = [("PROSPECT", D(2024, 3, 1)), ("ADMITTED", D(2025, 10, 8)), ("EXTENDED", D(2026, 10, 9)),
             ("CANCELLED", D(2026, 11, 20))]  # fmt: skip
    made, imported = someone(world.first, "ACTIVIST"), someone(world.first, "PROBATIONARY", name="导入的")
    for kind, day in steps:
        change(made, world.zhou, kind, changed_on=day)
    change(imported, world.zhou, "CANCELLED", changed_on=D(2026, 11, 20))
    days = [D(2024, 2, 29), D(2024, 3, 1), D(2025, 10, 7), D(2025, 10, 8), D(2026, 11, 19), D(2026, 11, 20)]

    def then(person, day):
        rows = Person.objects.filter(pk=person.pk)
        return rows.with_standing_on(day).get().standing_then, rows.members_on(day).exists()

    assert [then(made, day) for day in days] == [
        ("ACTIVIST", False), ("PROSPECT", False), ("PROSPECT", False), ("PROBATIONARY", True), ("PROBATIONARY", True),
        ("ACTIVIST", False),
    ]  # fmt: skip
    assert [then(imported, day)[1] for day in days] == [False, False, False, True, True, False]


def test_a_correction_says_what_was_true_all_along(world, client):
    person = someone(world.first, "FULL", joined_on=D(2010, 7, 1), confirmed_on=None)
    client.force_login(world.li)
    address = reverse("standing_correct", args=[person.pk])
    values = {"standing": "PROBATIONARY", "joined_on": "2026-03-01", "confirmed_on": "", "note": "志愿书所载"}
    assert client.post(address, values).status_code == 403  # the level above answers for it
    client.force_login(world.wang)
    assert client.post(address, values | {"joined_on": ""}).status_code == 422
    assert client.post(address, values).status_code == 302
    rows = Person.objects.filter(pk=person.pk)
    assert [rows.members_on(day).exists() for day in (D(2026, 2, 28), D(2026, 3, 1), TODAY)] == [False, True, True]
    assert rows.with_standing_on(D(2026, 3, 1)).get().standing_then == "PROBATIONARY"
    with pytest.raises(PermissionDenied, match="最近一次是更正"):
        actions.undo_standing(person, by=world.zhou, note="x")
    change(person, world.zhou, "CONFIRMED", note="提前")
    assert client.post(address, values).status_code == 403  # a step is taken back, not corrected over


def test_the_page_names_what_may_be_done_and_why_the_rest_may_not(world, client):
    person = someone(world.first, "PROBATIONARY")
    offered = {}
    for user in ("li", "wang", "xu"):
        client.force_login(getattr(world, user))
        page = client.get(reverse("standing_change", args=[person.pk])).context
        offered[user] = {offer.kind: bool(form) for offer, form in page["offers"]}, bool(page["correct"])
        acts = [name for name, *_ in client.get(person.get_absolute_url()).context["acts"]]
        assert ("类别变动" in acts) == (user == "wang")
    kinds = ("CONFIRMED", "EXTENDED", "CANCELLED")
    assert offered == {
        "li": (dict.fromkeys(kinds, False), False), "wang": (dict.fromkeys(kinds, True), True),
        "xu": (dict.fromkeys(kinds, False), False),
    }  # fmt: skip


def test_a_step_stands_once_on_the_timeline(world):
    person = someone(world.first, "ACTIVIST")
    for kind, day in (("PROSPECT", D(2026, 1, 5)), ("ADMITTED", D(2026, 6, 1))):
        change(person, world.zhou, kind, changed_on=day)
    person.refresh_from_db()
    told = [(entry.day, entry.what) for entry in timeline_of(person, world.li).entries]
    assert told == [(D(2026, 6, 1), "接收为预备党员：支部大会决议"), (D(2026, 1, 5), "列为发展对象：支部大会决议")]


def test_whose_probation_is_over_is_listed_by_the_day_itself(world, client):
    months = StructurePolicy.in_force().probation_months
    over = someone(world.first, "PROBATIONARY", name="已满", joined_on=D(2025, 11, 23))
    soon = someone(world.first, "PROBATIONARY", name="快满", joined_on=D(2025, 11, 24))
    later = someone(world.first, "PROBATIONARY", name="延长", probation_until=D(2027, 4, 8))
    someone(world.second, "PROBATIONARY", name="别的支部")
    client.force_login(world.li)

    def names(**asked):
        return [line.person.name for line in client.get(reverse("standings_due"), asked).context["lines"]]

    assert (names(), names(when="soon"), names(when="all")) == (
        [over.name], [over.name, soon.name], [later.name, over.name, soon.name],
    )  # fmt: skip
    for day in (D(2026, 2, 28), D(2024, 2, 29), D(2026, 3, 1), D(2026, 12, 31)):
        leap = [D(2022, 1, 1) + datetime.timedelta(days=number) for number in range(1500)]
        Person.objects.filter(pk=over.pk).update(joined_on=None)
        wanted = [one for one in leap if months_later(one, months) <= day]
        assert latest_start(day, months) == max(wanted)
    assert probationers(Person.objects.visible_to(world.zhao), "all").count() == 1


def test_a_registered_step_is_seen_by_whoever_sees_the_person_alone(world):
    change(someone(world.first, "ACTIVIST"), world.li, "PROSPECT")
    make_officer(world.first, Office.GROUP_LEADER, "葛组长")
    seen = {user: StandingChange.objects.visible_to(getattr(world, user)).count() for user in CAST}
    assert seen == {user: int(user in {"li", "chen", "xu", "wang", "zhou", "he"}) for user in CAST}
    assert not Transfer.objects.exists()

"""What a form does not show cannot be sent with it, and what it does not offer cannot be chosen.

Every act of the register is posted twice from the same state: as its page would, and with every other field of every
model of the register beside, under both of its names, with values of other branches and other people. Both must leave
the very same rows.
"""

import datetime

import pytest
from django.apps import apps
from django.db import models, transaction

from branches.models import Office, Organization, Person
from core.accounts import Activation, User
from core.audit import AuditEntry
from tests.branches.register_acts import ALL, TODAY
from tests.branches.register_rights import TABLE
from tests.branches.register_states import cast_of, changed
from tests.branches.the_register_has_no_side_door import ids
from tests.builders import make_branch, make_group, make_officer, make_organization, make_person
from tests.pages import offer_of, offers_of

MODELS = [model for model in apps.get_models() if model._meta.app_label in ("branches", "core")]
POISONED = [*apps.get_app_config("branches").get_models(), User, Activation]
# made at random, or telling the ids of new rows, which a database may give anew after a rollback
VARYING = {"password", "code_hash", "file", "key", "url", "payload", "data", "subject_id", "path"}
NO_FIELD = {"is_superuser": "on", "is_staff": "on", "approved_by": "1", "groups": "1", "user_permissions": "1",
            "accepted_at": "2001-02-03", "by_id": "1", "csrf": "x"}  # fmt: skip


def first_time(act):
    """The first state of the table in which the act is somebody's, and one of those whose it is."""
    for kind, rows in TABLE.items():
        for state in rows.values():
            if state.may.get(act):
                return kind, state, "department" if "department" in state.may[act] else min(state.may[act])
    raise AssertionError(act)


def foreign(world, field):
    """A value of somebody else's for a field of a model."""
    others = {"Organization": world.other.pk, "Person": world.qian.person.pk, "User": world.zhao.pk}
    if isinstance(field, models.ForeignKey):
        return others.get(field.related_model.__name__, 1)
    if field.choices:
        return [value for value, _ in field.choices][-1]
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.DateTimeField | models.DateField):
        return "2001-02-03"
    return "7" if isinstance(field, models.IntegerField | models.AutoField) else "外来"


def everything_else(world, shown):
    """``{name: value}`` of every field that the form does not show."""
    found = dict(NO_FIELD)
    for model in POISONED:
        for field in model._meta.concrete_fields:
            found |= dict.fromkeys((field.name, field.attname), foreign(world, field))
    return {name: value for name, value in found.items() if name not in shown}


def pictured():
    """All rows, with new ones under the order of their making and without what differs at every try."""
    rows = {model: list(model._base_manager.order_by("pk").values()) for model in MODELS}
    places = {model: {row[model._meta.pk.attname]: place for place, row in enumerate(found)}
              for model, found in rows.items()}  # fmt: skip
    return {model.__name__: [_as_ordered(model, row, places) for row in found] for model, found in rows.items()}


def _as_ordered(model, row, places):
    points = {field.attname: field.related_model for field in model._meta.concrete_fields if field.is_relation}
    points |= {model._meta.pk.attname: model} | ({"organization_id": Organization} if model is AuditEntry else {})
    return {
        name: places.get(points[name], {}).get(value, value) if name in points else value
        for name, value in row.items()
        if name not in VARYING
    }


def posted(client, address, data):
    """What a post leaves behind; it is taken back."""
    with transaction.atomic():
        for file in (value for value in data.values() if hasattr(value, "seek")):
            file.seek(0)
        answer = client.post(address, data)
        assert answer.status_code in (200, 302), (address, answer.status_code)
        after = pictured()
        transaction.set_rollback(True)
    return after


@pytest.mark.parametrize("act", ALL)
def test_posting_every_other_field_beside_changes_nothing_more(world, client, act):
    (kind, state, office), what, cast = first_time(act), ALL[act], cast_of(world)
    subject = state.build(world, cast)
    numbers, data = ids(kind, subject), what.typed(subject)
    client.force_login(cast[office])
    page = what.form(numbers)
    offer = offer_of(offers_of(client.get(page), page), what.way(numbers), **what.choices(subject))
    shown_later = {"seen", *dict(what.sent)}  # on the page that asks once more
    assert set(data) - offer.names - shown_later == set()
    before, others = pictured(), everything_else(world, offer.names | set(data))
    assert len(others) > 90

    plainly, with_more = (posted(client, what.way(numbers), sent) for sent in (data, others | data))

    assert plainly != before
    assert with_more == plainly


def test_the_control_a_field_that_is_shown_does_change_the_rows(world, client):
    person = make_person(world.first, "当事人")
    client.force_login(world.li)
    what = ALL["person_edit"]
    data = what.typed(person)
    plainly, otherwise = (posted(client, what.way([person.pk]), data | {"name": name}) for name in ("甲", "乙"))
    assert plainly != otherwise


def group_next_door(world):
    return make_group(world.second, "隔壁的党小组").pk


def student_next_door(world):
    return make_person(world.second, "隔壁的学生", category="STUDENT").pk


def of(name):
    return lambda world: getattr(world, name).pk


def closed(world):
    return changed(make_branch(world.arts, "已撤支部"), closed_on=TODAY).pk


def value(text):
    return lambda world: text


BRANCH = ("organization", "a branch with people")
MEMBER = ("person", "a full member")
# state, office, act, field, what is sent for it; the error stands at the field
FOREIGN = [
    (*MEMBER, "secretary", "person_edit", "group", group_next_door),
    (*MEMBER, "secretary", "person_edit", "category", value("PRESIDENT")),
    (*BRANCH, "secretary", "person_new", "group", group_next_door),
    (*BRANCH, "secretary", "person_new", "standing", value("FULL")),
    (*BRANCH, "secretary", "person_new", "standing", value("PROBATIONARY")),
    (*BRANCH, "department", "person_new", "standing", value("FULL")),
    (*BRANCH, "secretary", "person_admit", "standing", value("LEADER")),
    (*BRANCH, "secretary", "graduates", "person", student_next_door),
    (*BRANCH, "secretary", "office_appoint, a group leader", "group", group_next_door),
    (*BRANCH, "secretary", "office_appoint, a group leader", "person", lambda world: world.zhao.person.pk),
    (*BRANCH, "secretary", "office_appoint, a group leader", "office", value("SECRETARY")),
    (*BRANCH, "gb_secretary", "office_appoint, a member", "person", lambda world: world.qian.person.pk),
    (*BRANCH, "gb_secretary", "office_appoint, a member", "office", value("ORGANIZATION_DEPARTMENT")),
    (*BRANCH, "gb_secretary", "election_hold", "secretary_1", lambda world: world.zhao.person.pk),
    (*BRANCH, "gb_secretary", "election_hold", "member_1", lambda world: world.qian.person.pk),
    (*BRANCH, "department", "organization_move", "parent", value("0201002")),
    (*BRANCH, "department", "organization_move", "parent", value("没有这个组织")),
    (*BRANCH, "department", "organization_close", "people_to", value("0201")),
    (*BRANCH, "department", "organization_close", "people_to", value("0201001")),
    ("organization", "a general branch", "department", "organization_found", "kind", value("COMMITTEE")),
    ("organization", "a general branch", "department", "organization_found", "kind", value("GENERAL_BRANCH")),
    (*MEMBER, "secretary", "transfer_request", "to", of("first")),
    (*MEMBER, "secretary", "transfer_request", "to", of("arts")),
    (*MEMBER, "secretary", "transfer_request", "to", closed),
    *[(*MEMBER, "secretary", "person_leave", "kind", value(kind))
      for kind in ("SUSPENDED", "LEFT", "WITHIN", "IN", "RESUMED", "DROPPED", "UNDONE")],
    (*MEMBER, "secretary", "exclusion_propose", "reason", value("不想来")),
    (*MEMBER, "gb_secretary", "standing_correct", "standing", value("LEADER")),
    (*MEMBER, "secretary", "person_reveal", "why", value("好奇")),
    ("gathered", "a list", "department", "import_upload", "kind", value("ACCOUNTS")),
]  # fmt: skip


@pytest.mark.parametrize("case", FOREIGN, ids=lambda case: f"{case[2]}-{case[3]}-{case[4]}".replace(" ", "_"))
def test_what_the_form_does_not_offer_is_refused_at_its_field(world, client, case):
    kind, name, office, act, field, sent = case
    cast, what = cast_of(world), ALL[act]
    subject = TABLE[kind][name].build(world, cast)
    numbers, data = ids(kind, subject), what.typed(subject) | {field: sent(world)}
    client.force_login(cast[office])
    before = pictured()
    answer = client.post(what.way(numbers), data)
    form = answer.context["correct_form" if act == "standing_correct" else "form"]
    assert (answer.status_code, list(form.errors)) == (422, ["__all__" if act == "graduates" else field])
    assert pictured() == before


def test_a_group_next_door_is_no_place_for_somebody(world, client):
    mine, theirs = make_group(world.first, "第一党小组"), make_group(world.second, "隔壁的党小组")
    client.force_login(world.li)
    field, ours = f"p{world.zheng.person.pk}", ALL["groups_arrange"].way([world.first.pk])
    answer = client.post(ours, {field: theirs.pk, f"initial-{field}": ""})
    assert (answer.status_code, list(answer.context["arrange"].errors)) == (422, [field])
    stranger = f"p{world.zhao.person.pk}"
    client.post(ours, {stranger: mine.pk, f"initial-{stranger}": ""})
    assert Person.objects.filter(group=mine).count() == 0


def test_a_department_below_names_nothing_outside_its_part(world, client):
    lower = make_organization("COMMITTEE", "二级党委", world.committee, code="02")
    branch = make_branch(lower, "二级党委直属支部", 2)
    officer = make_officer(lower, Office.ORGANIZATION_DEPARTMENT, "二级组织部", branch=branch)
    client.force_login(officer)
    day = {"on": datetime.date(2026, 11, 23), "reason": "决定", "step": "confirmed"}
    asked = {
        "organization_move": {"parent": "0301", "was": lower.pk},
        "organization_close": {"people_to": "0201002"},
    }
    before = pictured()
    for act, more in asked.items():
        answer = client.post(ALL[act].way([branch.pk]), day | more)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(more)[:1])
    assert pictured() == before

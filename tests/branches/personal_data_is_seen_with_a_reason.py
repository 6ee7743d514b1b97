"""Phone, birth date and identity number are masked; the person's own chain sees them for a reason that is kept.

Chen keeps the register of First Branch, Wang that of the general branch above it, Zhou everybody's. Xu and He see the
person and keep nothing; Zhao, Qian, Sun and Wu are elsewhere; Zheng is the person.
"""

import datetime

import pytest
from django.db import connection
from django.urls import reverse

from branches import identity
from branches.access import can
from branches.models import Person
from core.audit import AuditEntry
from tests.branches.sheets import database
from tests.builders import World, fresh, make_officer, make_person

PHONE, BORN, NUMBER = "13912340001", "1985 年 5 月 20 日", "410105198505201124"
MASKED = ["139****0001", "1985 年 **", "4101**********1124"]
KEEPERS = ["li", "chen", "wang", "zhou"]
READERS = ["xu", "he"]
OUTSIDE = ["zhao", "qian", "sun", "wu"]


@pytest.fixture(autouse=True)
def numbers_are_kept(settings):
    settings.IDENTITY_KEYS = [identity.new_key()]


@pytest.fixture
def person(world: World):
    return with_secrets(world.zheng.person)


def with_secrets(row):
    row.phone, row.born_on = PHONE, datetime.date(1985, 5, 20)
    row.identity_sealed = identity.seal(NUMBER)
    row.save(update_fields=["phone", "born_on", "identity_sealed"])
    return row


def shown(answer):
    """Which of the data stand on the page whole, and which masked."""
    page = answer.content.decode()
    return [word in page for word in (PHONE, BORN, NUMBER)], [word in page for word in MASKED]


WHOLE, HIDDEN = ([True] * 3, [False] * 3), ([False] * 3, [True] * 3)


def reveal(client, person, **data):
    return client.post(reverse("person_reveal", args=[person.pk]), data)


@pytest.mark.parametrize("name", KEEPERS + READERS)
def test_a_persons_page_is_masked_for_everybody(world, person, client, name):
    client.force_login(getattr(world, name))
    page = client.get(person.get_absolute_url())

    assert shown(page) == HIDDEN
    assert f"tel:{PHONE}" not in page.content.decode()
    assert (reverse("person_reveal", args=[person.pk]) in page.content.decode()) == (name in KEEPERS)


@pytest.mark.parametrize("name", KEEPERS)
def test_who_keeps_the_register_sees_it_for_a_reason_on_that_one_answer(world, person, client, name):
    client.force_login(getattr(world, name))
    answer = reveal(client, person, why="核对信息", words="核对电话")

    assert (answer.status_code, shown(answer)) == (200, WHOLE)
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(event="person.unmasked")
    assert (entry.by, entry.subject, entry.subject_id, entry.note, entry.data["fields"]) == (
        getattr(world, name), "branches.person", person.pk, "核对信息：核对电话",
        ["联系电话", "出生日期", "公民身份证号"],
    )  # fmt: skip
    assert shown(client.get(person.get_absolute_url())) == HIDDEN


@pytest.mark.parametrize("name", READERS + OUTSIDE)
def test_who_does_not_keep_it_sees_nothing_and_nothing_is_logged(world, person, client, name):
    client.force_login(getattr(world, name))
    answer = reveal(client, person, why="核对信息")

    assert (answer.status_code, shown(answer)[0]) == (403 if name in READERS else 404, [False] * 3)
    assert AuditEntry.objects.filter(event="person.unmasked").count() == 0


@pytest.mark.parametrize(
    "data, field, sentence",
    [
        ({}, "why", "请选一个原因，原因会留在记录里。"),
        ({"why": "好奇"}, "why", "请从列出的选项里选。"),
        ({"why": "其他"}, "words", "选了“其他”，请写明原因。"),
        ({"why": "其他", "words": "   "}, "words", "选了“其他”，请写明原因。"),
    ],
)
def test_without_a_reason_it_stays_masked(world, person, client, data, field, sentence):
    client.force_login(world.chen)
    answer = reveal(client, person, **data)

    assert (answer.status_code, shown(answer)) == (422, HIDDEN)
    assert answer.context["form"].errors == {field: [sentence]}
    assert sentence in answer.content.decode()
    assert AuditEntry.objects.filter(event="person.unmasked").count() == 0


def test_reading_the_address_shows_nothing(world, person, client):
    client.force_login(world.chen)
    for ask in (client.get, client.head):
        answer = ask(reverse("person_reveal", args=[person.pk]), {"why": "核对信息"})
        assert (answer.status_code, PHONE in answer.content.decode()) == (405, False)


def test_only_what_is_there_is_logged_as_seen(world, client, settings):
    settings.IDENTITY_KEYS = []
    row = make_person(world.first, phone=PHONE)
    client.force_login(world.chen)
    reveal(client, row, why="联系本人")
    assert AuditEntry.objects.get(event="person.unmasked").data["fields"] == ["联系电话"]


def test_ones_own_data_are_whole_and_not_logged(world, person, client):
    client.force_login(world.zheng)

    assert shown(client.get(reverse("me"))) == WHOLE
    assert shown(client.get(person.get_absolute_url())) == WHOLE
    assert AuditEntry.objects.count() == 0


def test_who_may_reveal_is_who_keeps(world):
    gone = make_person(world.first, left_on=datetime.date(2026, 1, 1))
    elsewhere = make_officer(world.first, "SECRETARY", "外来书记", branch=world.other).person
    for name in KEEPERS + READERS + OUTSIDE + ["zheng"]:
        user = fresh(getattr(world, name))
        may = {one for one in Person.objects.all() if can(user, "person.reveal", one)}
        assert may == set(Person.objects.kept_by(user))
        assert {gone, elsewhere} & may == {gone} - ({gone} if name not in KEEPERS else set()) | (
            {elsewhere} if name in ("qian", "sun", "zhou") else set()
        )


def test_a_list_is_masked_and_a_search_shows_no_number(world, person, client):
    client.force_login(world.zhou)
    columns = ["phone", "born", "identity"]
    assert shown(client.get(reverse("people"), {"q": "郑党员", "columns": columns})) == HIDDEN
    assert shown(client.get(reverse("search"), {"q": "郑党员"}))[0] == [False] * 3


def test_a_wrong_key_is_told_and_no_page_breaks(world, person, client, settings):
    settings.IDENTITY_KEYS = [identity.new_key()]
    client.force_login(world.chen)
    for answer in (
        client.get(person.get_absolute_url()),
        reveal(client, person, why="核对信息"),
        client.get(reverse("people"), {"q": "郑党员", "columns": ["identity"]}),
    ):
        assert (answer.status_code, "打不开：密钥不对，请告诉管理员" in answer.content.decode()) == (200, True)
    client.force_login(world.zheng)
    assert "打不开：密钥不对，请告诉管理员" in client.get(reverse("me")).content.decode()


@pytest.mark.parametrize("keys", [[], ["no key at all"]])
def test_switched_off_there_is_no_such_line_and_no_such_column(world, person, client, settings, keys):
    settings.IDENTITY_KEYS = keys
    client.force_login(world.chen)
    pages = [
        client.get(person.get_absolute_url()),
        reveal(client, person, why="核对信息"),
        client.get(reverse("people"), {"columns": ["identity"]}),
    ]
    client.force_login(world.zheng)
    pages.append(client.get(reverse("me")))
    assert [("身份证" in page.content.decode(), NUMBER in page.content.decode()) for page in pages] == [
        (False, False)
    ] * 4


def test_nothing_of_the_number_stands_in_the_database_or_in_the_log(world, person, client, caplog, capsys):
    client.force_login(world.chen)
    reveal(client, person, why="其他", words="核对")
    address = f"{reverse('people_export_full')}?columns=identity&q=郑党员"
    client.post(address, {"reason": "核对"}).getvalue()
    client.get(reverse("people_export"), {"q": NUMBER}).getvalue()  # typed where it finds nothing

    everything = str(database())
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_sealed FROM branches_person WHERE id = %s", [person.pk])
        stored = cursor.fetchone()[0]
    assert identity.unseal(stored) == NUMBER
    for part in (NUMBER, NUMBER[6:14], NUMBER[8:]):
        assert (part in everything, part in caplog.text + capsys.readouterr().err) == (False, False)


def test_the_history_on_the_page_is_for_keepers_and_masked_like_the_page(world, person, client):
    AuditEntry.objects.create(
        subject="branches.person", subject_id=person.pk, event="person.imported", by=world.zhou, note="更正",
        data={"changes": {
            "phone": ["13812340002", PHONE], "born_on": [None, "1985-05-20"], "standing": ["PROBATIONARY", "FULL"],
            "organization_id": [world.second.pk, world.first.pk], "is_floating": [False, True],
        }},
    )  # fmt: skip
    client.force_login(world.chen)
    page = client.get(person.get_absolute_url())

    (step,) = page.context["history"]
    assert (step.word, step.by, step.note) == ("导入党员信息", "周组织部", "更正")
    assert [(one.name, one.before, one.after) for one in step.changes] == [
        ("所在党支部", "文学院第二党支部", "文学院第一党支部"),
        ("出生日期", "空", "1985 年 **"),
        ("人员类别", "预备党员", "正式党员"),
        ("联系电话", "138****0002", "139****0001"),
        ("流动党员", "否", "是"),
    ]
    assert shown(page) == HIDDEN
    client.force_login(world.xu)
    assert client.get(person.get_absolute_url()).context["history"] == []

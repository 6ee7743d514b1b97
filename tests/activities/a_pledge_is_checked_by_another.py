"""承诺: one a person and year, written by the member or from paper; checked by another, never by oneself.

Li is First's secretary, Chen and Xu sit on its committee, Zheng is a plain member; Wang sits above. Zhao leads Second.
"""

from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.actions import pledges
from activities.models import Pledge
from branches.models import Appointment, Office
from core.audit import AuditEntry
from core.clock import today
from core.inbox import Notice
from tests.builders import fresh, make_officer, make_person
from tests.service_builders import make_pledge

CAST = ("li", "chen", "xu", "zheng", "zhao", "wang", "qian", "zhou", "he")


def checkers(world, pledge):
    """Who is let through to check; asked of the rule and of the action, all undone."""
    found = set()
    for name in CAST:
        user = fresh(getattr(world, name))
        with transaction.atomic():
            try:
                pledges.check_pledge(pledge, by=user, result="KEPT")
                found.add(name)
            except PermissionDenied:
                pass
            transaction.set_rollback(True)
        assert Pledge.objects.checkable_by(user).filter(pk=pledge.pk).exists() == (name in found)
    return found


def test_the_secretary_checks_and_nobody_checks_the_own(world):
    assert checkers(world, make_pledge(world.zheng.person)) == {"li"}
    of_li = make_pledge(world.li.person)
    assert checkers(world, of_li) == {"chen", "xu"}  # no deputy: another officer
    world.deng = make_officer(world.first, Office.DEPUTY_SECRETARY, "邓副书记")
    assert checkers(world, of_li) == set()
    pledges.check_pledge(of_li, by=world.deng, result="KEPT")
    assert checkers(world, make_pledge(world.deng.person)) == {"li"}


def test_where_the_branch_has_nobody_else_the_level_above_does(world):
    alone = make_pledge(world.zhao.person)  # the one officer of Second
    direct = make_pledge(world.wu.person)  # and of a direct branch, under the committee
    assert (checkers(world, alone), checkers(world, direct)) == ({"wang"}, {"zhou"})


def test_an_ended_office_checks_nothing(world):
    pledge = make_pledge(world.zheng.person)
    Appointment.objects.filter(person__user=world.li).update(ends_on=today())
    assert checkers(world, pledge) == {"chen", "xu"}


def test_a_member_writes_the_own_and_may_change_it_until_it_is_checked(world, client):
    client.force_login(world.zheng)
    write = reverse("pledge_write", args=[world.zheng.person.pk, 2026])
    assert client.get(reverse("me")).content.decode().count(write) == 1
    for text in ("每月答疑一次", "每周答疑一次"):
        assert client.post(write, {"text": text, "made_on": "2026-03-01"}).status_code == 302
    pledge = Pledge.objects.get()
    assert (pledge.text, pledge.by, pledge.organization) == ("每周答疑一次", world.zheng, world.first)
    with pytest.raises(PermissionDenied):  # what the member wrote, nobody writes anew
        pledges.write_pledge(world.zheng.person, 2026, by=world.li, text="改写", made_on=today())
    pledges.check_pledge(pledge, by=world.li, result="KEPT")
    assert client.post(write, {"text": "事后改", "made_on": "2026-03-01"}).status_code == 403
    assert Pledge.objects.get().text == "每周答疑一次"


@pytest.mark.parametrize(("who", "status"), [("xu", 302), ("zhao", 404), ("wang", 403), ("zhou", 403), ("he", 403)])
def test_the_branchs_officers_write_it_from_paper_and_tell_the_member(world, client, who, status):
    client.force_login(getattr(world, who))
    write = reverse("pledge_write", args=[world.zheng.person.pk, 2026])
    assert client.post(write, {"text": "每月答疑", "made_on": "2026-03-01"}).status_code == status
    assert Pledge.objects.exists() == (status == 302)
    assert set(Notice.objects.values_list("recipient", flat=True)) == ({world.zheng.pk} if status == 302 else set())


@pytest.mark.parametrize(("year", "made_on"), [(2025, "2025-03-01"), (2027, "2026-11-23"), (2026, "2025-12-31")])
def test_a_pledge_is_of_its_year(world, client, year, made_on):
    client.force_login(world.zheng)
    write = reverse("pledge_write", args=[world.zheng.person.pk, year])
    assert client.post(write, {"text": "x", "made_on": made_on}).status_code in (403, 422)
    assert not Pledge.objects.exists()


def test_in_january_the_year_before_can_still_come_in_from_paper(world, monday):
    monday.move_to("2027-01-11T10:00:00+08:00")
    day = today().replace(year=2026, month=12, day=30)
    assert pledges.write_pledge(world.zheng.person, 2026, by=world.li, text="x", made_on=day).year == 2026


def test_who_is_no_member_promises_nothing(world):
    prospect = make_person(world.first, "发展对象", standing="PROSPECT")
    with pytest.raises(PermissionDenied):
        pledges.write_pledge(prospect, 2026, by=world.li, text="x", made_on=today())


def test_the_table_sets_what_was_sent_and_nothing_else(world, client):
    mine, first, second = (make_pledge(one) for one in (world.li.person, world.zheng.person, world.xu.person))
    theirs = make_pledge(world.zhao.person)
    client.force_login(world.li)
    page = client.get(reverse("pledges")).context
    assert set(page["checkable"]) == {first, second}
    check = reverse("pledges_check")
    sent = {
        f"result-{first.pk}": "KEPT", f"word-{first.pk}": "", f"result-{second.pk}": "", f"word-{second.pk}": "",
        f"result-{mine.pk}": "KEPT", f"result-{theirs.pk}": "KEPT",
    }  # fmt: skip
    for _ in range(2):  # the second time nothing is left to do: it is set, not toggled
        assert client.post(check, sent).status_code == 302
    assert dict(Pledge.objects.values_list("person", "result")) == {
        world.li.person.pk: "", world.zheng.person.pk: "KEPT", world.xu.person.pk: "", world.zhao.person.pk: "",
    }  # fmt: skip
    assert AuditEntry.objects.filter(event="pledge.checked").count() == 1
    assert set(Notice.objects.values_list("recipient", flat=True)) == {world.zheng.pk}


def test_what_was_not_kept_in_full_is_explained(world, client):
    pledge = make_pledge(world.zheng.person)
    client.force_login(world.li)
    sent = {f"result-{pledge.pk}": "PARTLY", f"word-{pledge.pk}": ""}
    answer = client.post(f"{reverse('pledges_check')}?period=2026", sent)
    assert (answer.status_code, "请写明情况" in answer.content.decode()) == (422, True)
    assert client.post(reverse("pledge_check", args=[pledge.pk]), {"result": "NOT_KEPT"}).status_code == 422
    assert Pledge.objects.get().result == ""
    answer = client.post(reverse("pledges_check"), sent | {f"word-{pledge.pk}": "有两次未做到"})
    assert (answer.status_code, Pledge.objects.get().word) == (302, "有两次未做到")


def test_words_without_a_result_are_asked_about(world, client):
    pledge = make_pledge(world.zheng.person)
    client.force_login(world.li)
    answer = client.post(reverse("pledges_check"), {f"result-{pledge.pk}": "", f"word-{pledge.pk}": "有两次未做到"})
    assert (answer.status_code, answer.context["form"].errors) == (422, {f"result-{pledge.pk}": ["请先选兑现情况。"]})
    assert 'value="有两次未做到"' in answer.content.decode()


def shown(client, **asked):
    """What the table's form would send as it stands."""
    form = client.get(reverse("pledges"), asked).context["form"]
    return {field.html_name: field.value() for field in form}


def test_an_old_page_leaves_alone_what_was_checked_since_and_not_touched_on_it(world, client):
    first, second = make_pledge(world.zheng.person, result="KEPT", word=""), make_pledge(world.xu.person)
    client.force_login(world.li)
    old = shown(client)
    pledges.check_pledge(first, by=world.li, result="PARTLY", word="有两次未做到")
    assert client.post(reverse("pledges_check"), old | {f"result-{second.pk}": "KEPT"}).status_code == 302
    assert set(Pledge.objects.values_list("result", "word")) == {("PARTLY", "有两次未做到"), ("KEPT", "")}


@pytest.mark.parametrize("asked", [{}, {"status": "open"}])  # checked meanwhile, it is no longer among the open ones
def test_a_row_that_was_checked_since_is_told_and_a_second_save_is_a_choice(world, client, asked):
    deputy = make_officer(world.first, Office.DEPUTY_SECRETARY, "邓副书记")
    first, second = make_pledge(world.zheng.person), make_pledge(world.xu.person)
    client.force_login(world.li)
    typed = {f"result-{first.pk}": "KEPT", f"result-{second.pk}": "NOT_KEPT", f"word-{second.pk}": "没有做"}
    sent, check = shown(client, **asked) | typed, f"{reverse('pledges_check')}?{urlencode(asked)}"
    pledges.check_pledge(first, by=deputy, result="PARTLY", word="有两次未做到")

    answer = client.post(check, sent)
    form = answer.context["form"]
    told = [(one.name, one.typed, one.now) for one in form.overtaken]
    assert (answer.status_code, told) == (409, [("郑党员（邓副书记评定）", "已兑现", "部分兑现　有两次未做到")])
    assert set(Pledge.objects.values_list("result", flat=True)) == {"PARTLY", ""}  # neither of the two
    again = {field.html_name: field.value() for field in form}
    assert again.items() >= typed.items()
    assert all(f'name="{name}"' in answer.content.decode() for name in again)
    assert client.post(check, again).status_code == 302
    assert set(Pledge.objects.values_list("result", "word")) == {("KEPT", ""), ("NOT_KEPT", "没有做")}


def test_a_row_that_is_refused_is_named_on_top_and_seen_whatever_the_filter_shows(world, client):
    pledge = make_pledge(world.zheng.person)
    client.force_login(world.li)
    sent = shown(client, status="open") | {f"result-{pledge.pk}": "NOT_KEPT"}
    pledges.check_pledge(pledge, by=world.li, result="KEPT")
    answer = client.post(f"{reverse('pledges_check')}?status=open", sent)
    page = answer.content.decode()
    assert (answer.status_code, answer.context["form"].refused) == (422, [pledge])
    assert "郑党员的，要改的地方写在各行里。" in page
    assert (f'name="result-{pledge.pk}"' in page, "请写明情况。" in page, "保存评定" in page) == (True, True, True)


@pytest.mark.parametrize(
    "broken", [{"text": ""}, {"result": "KEPT"}, {"year": 2025}, {"checked_by": 1}, {"result": "PARTLY", "word": ""}]
)
def test_the_database_keeps_one_a_person_and_year_with_its_checker(world, broken):
    make_pledge(world.zheng.person, 2025, by=world.li)
    pledge = make_pledge(world.zheng.person, 2026, by=world.li)
    if "checked_by" in broken:
        broken = {"checked_by": world.li}
    if broken.get("result") == "PARTLY":
        broken |= {"checked_by": world.li, "checked_at": "2026-11-20T09:00+08:00"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.filter(pk=pledge.pk).update(**broken)


def test_the_list_says_who_has_none_yet_and_goes_out_as_it_is(world, client):
    made = {make_pledge(world.zheng.person), make_pledge(world.zhao.person)}
    left = make_person(world.first, "离开的", left_on=today())
    pledge_of_left = make_pledge(left)
    client.force_login(world.wang)
    assert set(client.get(reverse("pledges")).context["page"]) == made | {pledge_of_left}
    shown = client.get(reverse("pledges"), {"only": "none"}).context
    members = world.first.people.members().present().count() + world.second.people.members().present().count()
    assert (shown["page"].paginator.count, shown["lacking"]) == (members - 2, members - 2)
    assert {row.name for row in shown["page"]}.isdisjoint({"郑党员", "赵书记", "离开的"})
    client.force_login(world.zheng)
    assert [row.person for row in client.get(reverse("pledges")).context["page"]] == [world.zheng.person]


def test_nobody_lacks_a_pledge_of_a_year_for_which_none_can_be_written(world, client, monday):
    old, members = make_pledge(world.zheng.person, 2025), world.first.people.members().present().count()
    client.force_login(world.li)

    def asked(year):
        answer = client.get(reverse("pledges"), {"only": "none", "period": year})
        page = answer.context
        return page["table"].is_lacking, page["lacking"], 'name="only"' in answer.content.decode(), list(page["page"])

    assert (asked(2025), asked(2026)[:3]) == ((False, 0, False, [old]), (True, members, True))
    monday.move_to("2027-01-11T10:00:00+08:00")
    client.force_login(world.li)
    # from paper, the year before can still come in
    assert (asked(2026)[0], asked(2025)[0]) == (True, False)


@pytest.mark.parametrize("only", ["", "none"])
def test_an_export_says_its_year_once(world, client, only):
    client.force_login(world.li)
    client.get(reverse("pledges_export"), {"period": 2026, "only": only, "q": "郑"})
    said = AuditEntry.objects.get(event="pledges.exported").data["filters"]
    assert said == {"年度": "2026 年", "姓名或学工号": "郑"}

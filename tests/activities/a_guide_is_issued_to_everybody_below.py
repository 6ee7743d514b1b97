"""工作提示: written by one's own hand, issued to everybody below, corrected with a reason, told to each secretary once.

Zhou sits in the organization department, He reads everything. Wang is secretary of First's general branch, Sun works in
another one, where Qian leads a branch. Li leads First, Zhao Second next door, Wu a direct branch.
"""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

import activities.tasks  # noqa: F401 - a worker knows every kind of job
from activities.actions import guides as issuing
from activities.models import GuideItem, MonthGuide
from branches.models import Appointment, Office
from core import clock
from core.accounts import User
from core.audit import AuditEntry, history_of
from core.documents import StoredFile
from core.inbox import Notice
from core.jobs import Job, work_off
from core.workflow import StaleState
from tests.builders import NOVEMBER, make_branch, make_guide, make_officer, make_seat

DECEMBER = NOVEMBER.next
VALUES = {"title": "宪法宣传", "text": "学习宪法。"}
ITEM = {"kind": "EDUCATION", "subtype": "SPIRIT", "content": "学习宪法", "minutes": 40, "is_required": True}
CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]


def save(organization, by, version=0, values=VALUES, items=(ITEM,), **files):
    return issuing.save_guide(organization, DECEMBER, by=by, version=version, values=values, items=list(items), **files)


def work_off_all():
    for pk in Job.objects.runnable(clock.now()).order_by("pk").values_list("pk", flat=True):
        work_off(pk)


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def form(version, **fields):
    return {
        "version": version, "title": "宪法宣传", "text": "学习宪法。", "i-TOTAL_FORMS": "1", "i-INITIAL_FORMS": "0",
        "i-0-what": "EDUCATION.SPIRIT", "i-0-content": "学习宪法", "i-0-minutes": "40", "i-0-is_required": "on",
    } | fields  # fmt: skip


def place(name, organization):
    return reverse(name, args=[organization.pk, DECEMBER])


def test_a_draft_becomes_an_issued_guide(world, client):
    client.force_login(world.zhou)
    assert client.post(place("guide_save", world.committee), form(0)).status_code == 302
    guide = MonthGuide.objects.get()
    assert (guide.status, guide.version, guide.title, guide.text) == ("DRAFT", 1, "宪法宣传", "学习宪法。")
    assert [(item.kind, item.subtype, item.content, item.minutes, item.is_required) for item in guide.items.all()] == [
        ("EDUCATION", "SPIRIT", "学习宪法", 40, True)
    ]
    assert client.get(guide.get_absolute_url()).url == place("guide_edit", world.committee)
    page = client.get(place("guide_edit", world.committee)).content.decode()
    assert "发布后下面的 4 个党支部马上看得到" in page

    answer = client.post(place("guide_issue", world.committee), form(1, title="宪法宣传周"))

    assert answer.url == guide.get_absolute_url()
    guide.refresh_from_db()
    assert (guide.status, guide.issued_by, guide.issued_at, guide.issues) == ("ISSUED", world.zhou, clock.now(), 1)
    assert (guide.title, guide.version) == ("宪法宣传周", 2)
    assert [entry.event for entry in history_of(guide)] == ["guide.started", "guide.saved", "guide.issued"]


def test_each_sees_the_guides_of_the_own_line_and_drafts_only_of_the_own_hand(world, client):
    rows = {
        "committee": make_guide(world.committee, world.zhou),
        "arts": make_guide(world.arts, world.wang),
        "history": make_guide(world.history, world.sun),
        "committee draft": make_guide(world.committee, world.zhou, DECEMBER.next, is_issued=False),
        "arts draft": make_guide(world.arts, world.wang, DECEMBER.next, is_issued=False),
        "history draft": make_guide(world.history, world.sun, DECEMBER.next, is_issued=False),
    }
    line = {"committee", "arts"}
    expected = {
        "li": line, "chen": line, "xu": line, "zhao": line, "zheng": set(),
        "wang": line | {"arts draft"}, "qian": {"committee", "history"}, "wu": {"committee"},
        "sun": {"committee", "history", "history draft"},
        "zhou": {"committee", "arts", "history", "committee draft"}, "he": {"committee", "arts", "history"},
    }  # fmt: skip
    seen = {
        name: {key for key, row in rows.items() if row in MonthGuide.objects.visible_to(getattr(world, name))}
        for name in CAST
    }
    assert seen == expected
    for name in CAST:
        client.force_login(getattr(world, name))
        opened = {key for key, row in rows.items() if client.get(row.get_absolute_url()).status_code in (200, 302)}
        assert (name, opened) == (name, expected[name])


def test_only_its_officers_write_the_guide_of_an_organization(world):
    may = {"committee": {"zhou"}, "arts": {"wang"}, "history": {"sun"}, "first": set()}
    done = {}
    for key in may:
        for name in CAST:
            try:
                with transaction.atomic():
                    save(getattr(world, key), getattr(world, name))
                    done.setdefault(key, set()).add(name)
                    transaction.set_rollback(True)
            except PermissionDenied:
                pass
    assert done | {"first": done.get("first", set())} == may


@pytest.mark.parametrize("act", ["issue", "correct", "withdraw"])
def test_only_its_officers_take_the_later_steps(world, act):
    guide = make_guide(world.arts, world.wang, is_issued=act != "issue")
    acts = {
        "issue": lambda by: issuing.issue_guide(guide, by=by),
        "withdraw": lambda by: issuing.withdraw_guide(guide, by=by, reason="有误"),
        "correct": lambda by: issuing.correct_guide(
            guide, by=by, version=1, values=VALUES, items=[], reason="有误"
        ),
    }  # fmt: skip
    refused = []
    for name in CAST:
        try:
            with transaction.atomic():
                acts[act](getattr(world, name))
                transaction.set_rollback(True)
        except PermissionDenied:
            refused.append(name)
    assert refused == [name for name in CAST if name != "wang"]


def test_every_secretary_below_is_told_once_whatever_happens(world):
    make_seat(world.zhao, world.first, Office.DEPUTY_SECRETARY)  # deputy here, secretary there: told once
    former = make_officer(world.first, Office.SECRETARY, "顾书记")
    Appointment.objects.filter(person__user=former).update(ends_on=clock.today())
    gone = make_officer(world.second, Office.DEPUTY_SECRETARY, "停用者")
    User.objects.filter(pk=gone.pk).update(is_active=False)

    guide = issuing.issue_guide(save(world.committee, world.zhou), by=world.zhou)
    assert Notice.objects.filter(kind="guide_issued").count() == 0  # a request writes no thousands of rows
    work_off_all()

    everybody = sorted(["李书记", "赵书记", "钱书记", "吴书记", "王总支"])
    assert told("guide_issued") == everybody
    issuing.tell_below(guide=guide.pk, event="guide_issued", issue=1, reason="", say=lambda percent: None)
    assert told("guide_issued") == everybody
    notice = Notice.objects.get(kind="guide_issued", recipient=world.li)
    assert notice.title == "校党委组织部发布 2026 年 12 月工作提示：宪法宣传"
    assert (notice.url, notice.sender) == (guide.get_absolute_url(), "校党委组织部")


def test_of_a_general_branchs_guide_its_own_branches_are_told(world):
    issuing.issue_guide(save(world.arts, world.wang), by=world.wang)
    work_off_all()
    assert told("guide_issued") == sorted(["李书记", "赵书记"])


def test_telling_many_asks_the_same_few_queries_a_batch(world, monkeypatch, django_assert_max_num_queries):
    branch = make_branch(world.arts, "大支部")
    for number in range(25):
        make_officer(branch, Office.DEPUTY_SECRETARY, f"副书记{number}")
    guide = make_guide(world.committee, world.zhou)
    monkeypatch.setattr(issuing, "BATCH", 10)
    said = []
    with django_assert_max_num_queries(2 + 3 * 4):  # the guide, the ids; of three batches the accounts and the notices
        assert issuing.tell_below(guide=guide.pk, event="guide_issued", issue=1, reason="", say=said.append) == 30
    assert said == [0, 33, 66]
    assert Notice.objects.filter(kind="guide_issued").count() == 30


def test_issuing_twice_is_told_and_done_once(world, client):
    guide = save(world.committee, world.zhou)
    issuing.issue_guide(guide, by=world.zhou)
    with pytest.raises(StaleState):
        issuing.issue_guide(guide, by=world.zhou)
    client.force_login(world.zhou)
    answer = client.post(place("guide_issue", world.committee), form(2), follow=True)
    assert "这件事已经有人办过了" in answer.content.decode()
    work_off_all()
    assert (Job.objects.count(), Notice.objects.filter(recipient=world.li).count()) == (1, 1)
    assert AuditEntry.objects.filter(event="guide.issued").count() == 1


def test_what_says_nothing_or_comes_too_late_is_not_issued(world, client):
    client.force_login(world.zhou)
    empty = form(0, text=" ") | {"i-0-what": "", "i-0-content": "", "i-0-minutes": ""}
    page = client.post(place("guide_issue", world.committee), empty, follow=True).content.decode()
    assert "正文、议程、附件至少要有一样" in page
    assert (MonthGuide.objects.get().status, Job.objects.count()) == ("DRAFT", 0)

    october = make_guide(world.arts, world.wang, NOVEMBER.previous, is_issued=False)
    with pytest.raises(PermissionDenied, match="2026 年 10 月已经过去"):
        issuing.issue_guide(october, by=world.wang)


def test_a_correction_says_why_and_is_told_again(world, client):
    guide = issuing.issue_guide(save(world.arts, world.wang), by=world.wang)
    work_off_all()
    client.force_login(world.wang)
    page = client.post(place("guide_correct", world.arts), form(1, title="宪法日"))
    assert (page.status_code, MonthGuide.objects.get().title) == (422, "宪法宣传")
    assert "更正要写明原因" in page.content.decode()

    client.post(place("guide_correct", world.arts), form(1, title="宪法日", reason="日期有误"))
    work_off_all()

    guide.refresh_from_db()
    assert (guide.status, guide.title, guide.version, guide.issues) == ("ISSUED", "宪法日", 2, 2)
    notice = Notice.objects.get(kind="guide_corrected", recipient=world.li)
    assert notice.title == "文学院党总支更正 2026 年 12 月工作提示：宪法日"
    assert notice.text == "原因：日期有误"
    assert told("guide_corrected") == told("guide_issued") == sorted(["李书记", "赵书记"])
    client.force_login(world.li)
    assert "日期有误" in client.get(guide.get_absolute_url()).content.decode()


def test_lines_are_added_and_dropped_in_a_correction_without_issuing_it(world, client):
    guide = issuing.issue_guide(save(world.arts, world.wang), by=world.wang)
    client.force_login(world.wang)
    more = client.post(place("guide_correct", world.arts), form(1, title="改了一半", add="1"))
    assert [line["content"].value() for line in more.context["formset"]] == ["学习宪法", None]
    assert more.context["form"]["title"].value() == "改了一半"
    fewer = client.post(place("guide_correct", world.arts), form(1, drop="0"))
    assert (fewer.status_code, list(fewer.context["formset"])) == (200, [])
    guide.refresh_from_db()
    assert (guide.title, guide.items.count(), guide.issues) == ("宪法宣传", 1, 1)


def test_a_withdrawn_guide_is_seen_by_its_writers_alone_and_may_be_issued_anew(world, client):
    guide = issuing.issue_guide(save(world.arts, world.wang), by=world.wang)
    client.force_login(world.wang)
    assert client.post(reverse("guide_withdraw", args=[guide.pk]), {"reason": ""}).status_code == 422
    client.post(reverse("guide_withdraw", args=[guide.pk]), {"reason": "等上级文件"})
    work_off_all()
    assert (told("guide_issued"), told("guide_withdrawn")) == ([], sorted(["李书记", "赵书记"]))  # only the latest step
    client.force_login(world.li)
    assert client.get(guide.get_absolute_url()).status_code == 404

    guide.refresh_from_db()
    issuing.issue_guide(guide, by=world.wang)
    work_off_all()
    assert told("guide_issued") == sorted(["李书记", "赵书记"])
    assert client.get(guide.get_absolute_url()).status_code == 200


def test_of_two_editors_the_second_sees_both(world, client):
    second = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "秦组织部", branch=world.direct)
    save(world.committee, world.zhou)
    save(world.committee, second, version=1, values={"title": "秦的标题", "text": ""})
    client.force_login(world.zhou)
    page = client.post(place("guide_save", world.committee), form(1, title="周的标题"))
    assert page.status_code == 409
    text = page.content.decode()
    assert ("周的标题" in text, "秦组织部那里修改草稿过" in text, "再按一次“存草稿”" in text) == (True, True, True)
    assert [(one.name, one.typed, one.now) for one in page.context["differences"]] == [
        ("标题", "周的标题", "秦的标题"), ("正文", "学习宪法。", ""),
    ]  # fmt: skip
    assert (MonthGuide.objects.get().title, MonthGuide.objects.get().version) == ("秦的标题", 2)
    again = page.context["form"]["version"].value()
    client.post(place("guide_save", world.committee), form(again, title="周的标题"))
    assert (MonthGuide.objects.get().title, MonthGuide.objects.get().version) == ("周的标题", 3)
    with pytest.raises(issuing.Overtaken):
        save(world.committee, world.zhou, version=0)


def test_what_is_typed_while_somebody_issues_is_not_lost(world, client):
    guide = save(world.committee, world.zhou)
    issuing.issue_guide(guide, by=world.zhou)
    client.force_login(world.zhou)
    page = client.post(place("guide_save", world.committee), form(1, title="还在写的标题"))
    assert (page.status_code, "还在写的标题" in page.content.decode()) == (409, True)
    assert MonthGuide.objects.get().title == "宪法宣传"
    assert place("guide_correct", world.committee) in page.content.decode()  # saving again is a correction by now
    client.post(place("guide_correct", world.committee), form(1, title="还在写的标题", reason="补充"))
    assert MonthGuide.objects.get().title == "还在写的标题"


def test_a_draft_that_nobody_has_seen_is_dropped_with_its_files(world, client):
    draft = make_guide(
        world.arts, world.wang, items=[("SERVICE", "", "清洁校园", False)], files=["一.pdf"], is_issued=False
    )
    once = make_guide(world.arts, world.wang, DECEMBER.next, is_issued=False, issues=1)
    issued = make_guide(world.arts, world.wang, DECEMBER + 2)
    client.force_login(world.wang)
    shown = [
        reverse("guide_drop", args=[row.pk])
        in client.get(reverse("guide_edit", args=[world.arts.pk, row.month])).content.decode()
        for row in (draft, once, issued)
    ]
    assert shown == [True, False, False]
    for row, why in ((once, "发布过"), (issued, "已经有人办过")):
        page = client.post(reverse("guide_drop", args=[row.pk]), follow=True).content.decode()
        assert (why in page, MonthGuide.objects.filter(pk=row.pk).exists()) == (True, True)
    with pytest.raises(PermissionDenied):
        issuing.drop_guide(draft, by=world.zhou)

    answer = client.post(reverse("guide_drop", args=[draft.pk]))

    assert (answer.url, MonthGuide.objects.filter(pk=draft.pk).exists()) == (f"{reverse('guides')}?year=2026", False)
    assert (GuideItem.objects.count(), StoredFile.objects.count()) == (0, 0)
    entry = AuditEntry.objects.get(event="guide.dropped")
    assert (entry.by, entry.note, len(entry.data["also"])) == (world.wang, "文学院党总支 2026 年 12 月工作提示", 2)

    late = client.post(place("guide_save", world.arts), form(1, title="还在写"))  # in another window, opened before
    assert (late.status_code, "这份草稿刚刚被删去了" in late.content.decode()) == (409, True)
    client.post(place("guide_save", world.arts), form(late.context["form"]["version"].value(), title="还在写"))
    assert MonthGuide.objects.get(month=DECEMBER).title == "还在写"


def test_the_database_keeps_one_guide_a_month_and_no_issued_one_without_issuer(world):
    make_guide(world.committee, world.zhou)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_guide(world.committee, world.zhou)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_guide(world.arts, world.wang, issued_by=None)


def test_saving_changes_line_by_line_and_says_so(world):
    first = save(world.committee, world.zhou, items=[ITEM, ITEM | {"content": "总结全年", "is_required": False}])
    ids = list(first.items.values_list("pk", flat=True))
    save(world.committee, world.zhou, version=1, items=[ITEM | {"content": "学习宪法和党章"}])
    assert list(GuideItem.objects.values_list("pk", "content")) == [(ids[0], "学习宪法和党章")]
    changes = {one["id"]: one["changes"] for one in history_of(first).last().data["also"]}
    assert changes[ids[0]] == {"content": ["学习宪法", "学习宪法和党章"]}
    assert changes[ids[1]]["content"] == ["总结全年", None]


def test_the_list_is_the_year_of_the_own_line(world, client):
    make_guide(world.committee, world.zhou, title="校里的提示")
    make_guide(world.arts, world.wang, title="总支的提示")
    make_guide(world.history, world.sun, title="别家的提示")
    make_guide(world.committee, world.zhou, DECEMBER + 1, title="明年的提示")

    def listed(user, year=2026, **asked):
        client.force_login(user)
        page = client.get(reverse("guides"), {"year": year} | asked)
        rows = [
            (str(row.month), [guide.title for guide in row.guides], row.can_begin) for row in page.context["months"]
        ]
        return rows, [guide.title for guide in page.context["page"]]

    assert listed(world.li) == ([("2026-12", ["校里的提示", "总支的提示"], False)], [])
    assert listed(world.wu) == ([("2026-12", ["校里的提示"], False)], [])
    assert listed(world.zhou) == (
        [("2026-11", [], True), ("2026-12", ["校里的提示"], False)], ["总支的提示", "别家的提示"],
    )  # fmt: skip
    assert listed(world.li, 2027) == ([("2027-01", ["明年的提示"], False)], [])
    assert listed(world.li, 2025) == ([], [])

    ours, theirs = world.arts.pk, world.history.pk
    assert listed(world.zhou, number=12) == ([("2026-12", ["校里的提示"], False)], ["总支的提示", "别家的提示"])
    assert listed(world.zhou, number=11, q="提示") == ([], [])
    assert listed(world.zhou, organization=theirs) == ([], ["别家的提示"])
    assert listed(world.zhou, q="文学院") == ([], ["总支的提示"])
    assert listed(world.li, organization=ours) == ([("2026-12", ["总支的提示"], False)], [])
    assert listed(world.li, organization=theirs) == ([], [])  # as if there were none
    assert listed(world.li, number="13", organization="x") == listed(world.li)
    issuers = client.get(reverse("guides"), {"year": 2026}).context["issuers"]
    assert issuers == [world.committee, world.arts]
    assert "这一年还没有工作提示" in client.get(reverse("guides"), {"year": "2025"}).content.decode()
    assert client.get(reverse("guides"), {"year": "x"}).context["year"] == 2026


def test_paper_says_what_is_required(world, client):
    items = [("EDUCATION", "SPIRIT", "学习宪法", True), ("SERVICE", "LEGAL_AID", "法律咨询", False)]
    guide = make_guide(world.committee, world.zhou, items=items, files=["方案.pdf"])
    client.force_login(world.li)
    page = client.get(reverse("guide_print", args=[guide.pk])).content.decode()
    for words in ("【必须安排】集中教育 · 党性观念教育：学习宪法", "2．为民服务 · 法律援助：法律咨询", "1．方案.pdf"):
        assert words in page

"""A guide's documents: uploaded on its page, refused where hostile, handed to exactly those who read the guide."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse

from activities.actions import guides as issuing
from activities.guides import guides_for
from activities.models import GuideFile, MonthGuide
from core.audit import history_of
from core.documents import StoredFile, sweep
from tests.builders import NOVEMBER, PDF, make_guide, make_officer
from tests.core.hostile_documents import HOSTILE, content_of

DECEMBER = NOVEMBER.next
CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]


def upload(name="方案.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def form(version, *files, **fields):
    return {
        "version": version, "title": "宪法宣传", "text": "学习宪法。", "i-TOTAL_FORMS": 0, "i-INITIAL_FORMS": 0,
        "attach": list(files),
    } | fields  # fmt: skip


def place(name, organization):
    return reverse(name, args=[organization.pk, DECEMBER])


def names_of(guide):
    return [str(row.file) for row in guide.files.all()]


def test_files_come_with_the_draft_and_go_with_a_tick(world, client, django_capture_on_commit_callbacks):
    client.force_login(world.zhou)
    client.post(place("guide_save", world.committee), form(0, upload(), upload("../名单.txt", "一支部".encode())))
    guide = MonthGuide.objects.get()
    assert names_of(guide) == ["方案.pdf", "名单.txt"]
    first, second = guide.files.select_related("file")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(place("guide_save", world.committee), form(1, upload("新方案.pdf"), take_off=[first.pk]))

    assert names_of(guide) == ["名单.txt", "新方案.pdf"]
    assert [row.order for row in guide.files.all()] == [2, 3]
    assert (StoredFile.objects.count(), default_storage.exists(first.file.path)) == (2, False)
    assert [(entry.event, entry.note) for entry in history_of(guide)] == [
        ("guide.started", ""), ("guide.file_attached", "方案.pdf"), ("guide.file_attached", "名单.txt"),
        ("guide.saved", ""), ("guide.file_dropped", "方案.pdf"), ("guide.file_attached", "新方案.pdf"),
    ]  # fmt: skip
    assert second in guide.files.all()


def test_a_file_of_another_guide_is_not_taken_off(world, client):
    theirs = make_guide(world.arts, world.wang, files=["总支.pdf"]).files.get()
    make_guide(world.committee, world.zhou, is_issued=False)
    client.force_login(world.zhou)
    assert client.post(place("guide_save", world.committee), form(1, take_off=[theirs.pk])).status_code == 422
    issuing.save_guide(
        world.committee, DECEMBER, by=world.zhou, version=1, values={}, items=[], drop=[theirs.pk]
    )  # fmt: skip
    assert GuideFile.objects.get() == theirs


@pytest.mark.parametrize("case", ["html as pdf", "docm as docx", "two suffixes", "nothing", "300 letters", "svg"])
def test_a_hostile_one_is_named_at_its_field_and_nothing_of_it_is_kept(world, client, case):
    name, content, sentence = HOSTILE[case]
    client.force_login(world.zhou)
    page = client.post(place("guide_save", world.committee), form(0, upload(), upload(name, content_of(content))))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert "宪法宣传" in page.content.decode()
    assert (MonthGuide.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert not default_storage.exists("documents")


def test_no_more_than_ten_go_with_a_guide(world, client):
    make_guide(world.committee, world.zhou, is_issued=False, files=[f"{number}.pdf" for number in range(9)])
    client.force_login(world.zhou)
    page = client.post(place("guide_save", world.committee), form(1, upload("九.pdf"), upload("十.pdf")))
    assert page.status_code == 422
    assert "一份工作提示最多带 10 个附件，现在还留着 9 个。" in page.content.decode()
    assert client.post(place("guide_save", world.committee), form(1, upload("九.pdf"))).status_code == 302
    assert GuideFile.objects.count() == 10


def test_a_correction_takes_files_too(world, client):
    guide = make_guide(world.arts, world.wang, files=["旧.pdf"])
    client.force_login(world.wang)
    row = guide.files.get()
    client.post(
        place("guide_correct", world.arts), form(1, upload("新.pdf"), take_off=[row.pk], reason="换附件")
    )  # fmt: skip
    assert names_of(guide) == ["新.pdf"]


def test_whoever_reads_the_guide_has_its_files_and_nobody_else(world, client):
    rows = {
        "committee": make_guide(world.committee, world.zhou, files=["校.pdf"]),
        "arts": make_guide(world.arts, world.wang, files=["文.pdf"]),
        "history": make_guide(world.history, world.sun, files=["史.pdf"]),
        "draft": make_guide(world.arts, world.wang, DECEMBER.next, files=["稿.pdf"], is_issued=False),
    }
    line, got = {"committee", "arts"}, {}
    for name in CAST:
        client.force_login(getattr(world, name))
        for key, guide in rows.items():
            answer = client.get(reverse("guide_file", args=[guide.pk, guide.files.get().pk]))
            assert answer.status_code in (200, 404)
            if answer.status_code == 200:
                assert answer.getvalue() == PDF  # read to its end, it is closed
                got.setdefault(name, set()).add(key)
    assert got == {
        "li": line, "chen": line, "xu": line, "zhao": line, "wang": line | {"draft"}, "qian": {"committee", "history"},
        "sun": {"committee", "history"}, "wu": {"committee"}, "zhou": {"committee", "arts", "history"},
        "he": {"committee", "arts", "history"},
    }  # fmt: skip


def test_a_link_alone_is_worth_nothing(world, client):
    ours, theirs = (
        make_guide(world.arts, world.wang, files=["文.pdf"]),
        make_guide(world.history, world.sun, files=["史.pdf"]),
    )
    foreign, own = theirs.files.get(), ours.files.get()
    client.force_login(world.li)
    for guide, file in ((theirs.pk, foreign.pk), (ours.pk, foreign.pk), (theirs.pk, own.pk), (ours.pk, 987654)):
        assert client.get(reverse("guide_file", args=[guide, file])).status_code == 404
    client.logout()
    assert client.get(reverse("guide_file", args=[ours.pk, own.pk])).status_code == 302


def test_a_file_leaves_with_its_own_headers(world, client):
    guide = make_guide(world.committee, world.zhou, files=["十二月方案.pdf"])
    client.force_login(world.li)
    answer = client.get(reverse("guide_file", args=[guide.pk, guide.files.get().pk]))
    answer.getvalue()
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%8D%81")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_right_ends_with_the_office(world, client):
    guide = make_guide(world.arts, world.wang, files=["文.pdf"])
    coming = make_officer(world.second, "MEMBER", "来委员")
    client.force_login(coming)
    address = reverse("guide_file", args=[guide.pk, guide.files.get().pk])
    client.get(address).getvalue()
    coming.person.appointments.update(ends_on="2026-11-23")
    assert client.get(address).status_code == 404


def test_the_sweep_leaves_what_a_guide_holds(world, monday):
    guide = make_guide(world.committee, world.zhou, files=["方案.pdf"])
    monday.shift(3 * 86400)
    assert sweep() == 0
    assert default_storage.exists(guide.files.get().file.path)


def test_the_panel_for_the_plan_form_shows_title_items_and_files(world):
    guide = make_guide(
        world.committee, world.zhou, items=[("EDUCATION", "SPIRIT", "学习宪法", True)], files=["方案.pdf"]
    )
    guides = guides_for(world.first, DECEMBER)
    panel = render_to_string("activities/guide_panel.html", {"guides": guides})
    for words in (
        "12 月工作提示", "校党委组织部", "宪法宣传和年终总结", "必须安排", "学习宪法", "方案.pdf",
        f'href="{reverse("guide_file", args=[guide.pk, guide.files.get().pk])}"',
    ):  # fmt: skip
        assert words in panel
    assert render_to_string("activities/guide_panel.html", {"guides": []}).strip() == ""

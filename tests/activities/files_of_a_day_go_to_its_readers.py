"""Photos and documents of a day: uploaded with its record, refused where hostile, given to its readers alone.

First's days are read by its officers, Wang above it, Zhou and He; Second's by Zhao and those above.
"""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.urls import reverse

from activities import actions
from activities.models import ActivityDay, DayFile
from core.audit import AuditEntry, history_of
from core.documents import StoredFile, sweep
from core.workflow import StaleState
from tests.activities.a_record_says_who_was_served import typed
from tests.builders import make_day
from tests.core.hostile_documents import HOSTILE, docx
from tests.core.hostile_documents import content_of as made
from tests.core.hostile_pictures import REDRAWN, REFUSED, content_of
from tests.record_builders import make_paper, make_photo, paper, photo

CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]
READERS = {"first": {"li", "chen", "xu", "wang", "zhou", "he"}, "second": {"zhao", "wang", "zhou", "he"},
           "other": {"qian", "sun", "zhou", "he"}, "direct": {"wu", "zhou", "he"}}  # fmt: skip


def places(row, *names):
    names = names or ("day_file", "day_file_thumb")
    return [reverse(name, args=[row.day_id, row.pk]) for name in names]


def read_whole(answer):
    """A file that is read to its end is closed."""
    return answer.getvalue() if answer.streaming else answer.content


def send(client, day, name="day_save", **fields):
    return client.post(reverse(name, args=[day.pk]), typed(day) | fields)


def files_of(day):
    return [(row.file.name, row.sort, row.item_id) for row in day.files.all()]


def test_what_is_chosen_comes_with_the_record(world, client):
    day = make_day(world.first)
    lesson = day.items.get(kind="EDUCATION")
    client.force_login(world.xu)
    send(client, day, summary="写了一半", photos=[photo("合影.png"), photo("宣誓.jpg")], papers=[paper()])
    assert files_of(day) == [("合影.jpg", "PHOTO", None), ("宣誓.jpg", "PHOTO", None), ("签到表.pdf", "DOCUMENT", None)]
    day.refresh_from_db()
    assert day.summary == "写了一半"
    assert send(client, day, papers=[paper("讲稿.docx", docx())], of_item=lesson.pk).status_code == 302
    assert files_of(day)[-1] == ("讲稿.docx", "MATERIAL", lesson.pk)
    assert StoredFile.objects.count() == 6  # two photos with their thumbnails, two papers
    assert AuditEntry.objects.filter(event="day.file_attached").count() == 4


def test_the_record_goes_in_with_its_photos_and_needs_none(world, client):
    day, other = make_day(world.first), make_day(world.direct)
    client.force_login(world.li)
    assert send(client, day, "day_submit", summary="走访", photos=[photo()]).status_code == 302
    client.force_login(world.wu)
    assert send(client, other, "day_submit", summary="走访").status_code == 302
    assert {(one.status, one.files.count()) for one in ActivityDay.objects.all()} == {("RECORDED", 1), ("RECORDED", 0)}


def test_a_record_that_lacks_something_has_kept_its_photos(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    answer = send(client, day, "day_submit", photos=[photo()])
    assert (answer.status_code, files_of(day)) == (422, [("合影.jpg", "PHOTO", None)])
    assert places(day.files.get())[1] in answer.content.decode()
    again = typed(day, summary="走访") | {"version": answer.context["form"]["version"].value()}
    client.post(reverse("day_submit", args=[day.pk]), again)
    assert (ActivityDay.objects.get().status, day.files.count()) == ("RECORDED", 1)


def test_whoever_was_overtaken_uploads_nothing(world, client):
    day = make_day(world.first)
    old = typed(day)
    actions.save_record(day, by=world.xu, version=1, summary="许写的", outcomes={})
    client.force_login(world.li)
    answer = client.post(reverse("day_save", args=[day.pk]), old | {"photos": [photo()]})
    assert (answer.status_code, StoredFile.objects.count(), default_storage.exists("documents")) == (409, 0, False)


@pytest.mark.parametrize("case", ["svg as png", "html as jpg", "bomb", "heic", "cut", "gif as jpg", "two suffixes"])
def test_a_hostile_photo_is_named_and_nothing_of_the_act_is_kept(world, client, case):
    day = make_day(world.first)
    name, content, sentence = REFUSED[case]
    client.force_login(world.li)
    answer = send(client, day, photos=[photo(), photo(name, content_of(content))], summary="写了一半")
    assert answer.status_code == 422
    assert f"“{name}”" in answer.content.decode() and sentence in answer.content.decode()
    assert "写了一半" in answer.content.decode()
    day.refresh_from_db()
    assert (day.version, StoredFile.objects.count(), default_storage.exists("documents")) == (1, 0, False)


@pytest.mark.parametrize("case", ["html as pdf", "docm as docx", "svg", "two suffixes"])
def test_a_hostile_document_is_named_too(world, client, case):
    day = make_day(world.first)
    name, content, sentence = HOSTILE[case]
    client.force_login(world.li)
    answer = send(client, day, papers=[paper(name, made(content))])
    assert (answer.status_code, sentence in answer.content.decode(), day.files.count()) == (422, True, 0)


def test_nine_at_once_and_thirty_in_all(world, client):
    day = make_day(world.first)
    for number in range(22):
        make_paper(day, world.li, f"{number}.pdf")
    client.force_login(world.li)
    answer = send(client, day, photos=[photo() for _ in range(5)], papers=[paper() for _ in range(5)])
    assert answer.context["form"].errors["photos"][0] == "照片和文件一次最多传 9 个。"
    answer = send(client, day, papers=[paper() for _ in range(9)])
    assert answer.context["form"].errors == {"photos": ["一次活动最多放 30 个文件，现在已有 22 个；先删去不要的。"]}
    assert send(client, day, papers=[paper() for _ in range(8)]).status_code == 302
    with pytest.raises(PermissionDenied, match="30"):
        actions.attach_files(day, by=world.li, papers=[paper()])
    assert day.files.count() == 30


def test_an_item_of_another_day_takes_no_material(world, client):
    day, other = make_day(world.first), make_day(world.second)
    client.force_login(world.li)
    assert send(client, day, papers=[paper()], of_item=other.items.first().pk).status_code == 422
    assert DayFile.objects.count() == 0


def test_the_form_that_keeps_itself_takes_no_file(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    send(client, day, "day_autosave", photos=[photo()], summary="写了一半")
    day.refresh_from_db()
    assert (day.summary, day.files.count()) == ("写了一半", 0)


def test_order_and_removal(world, client, django_capture_on_commit_callbacks):
    day = make_day(world.first)
    one, two = make_photo(day, world.li, "一.jpg"), make_photo(day, world.li, "二.jpg")
    make_paper(day, world.li)
    client.force_login(world.xu)
    client.post(places(two, "day_file_move")[0])
    assert [name for name, *_ in files_of(day)] == ["二.jpg", "一.jpg", "签到表.pdf"]
    client.post(places(two, "day_file_move")[0])  # the first stays
    assert [name for name, *_ in files_of(day)] == ["二.jpg", "一.jpg", "签到表.pdf"]
    kept = [one.file.path, one.thumb.path]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(places(one, "day_file_drop")[0])
    assert [name for name, *_ in files_of(day)] == ["二.jpg", "签到表.pdf"]
    assert [default_storage.exists(path) for path in kept] == [False, False]
    assert [entry.event for entry in history_of(day)] == ["day.file_moved", "day.file_dropped"]
    with pytest.raises(StaleState, match="已经删去"):
        actions.drop_day_file(one, by=world.li)


def test_after_the_record_is_in_nothing_is_added_or_taken_until_it_is_open_again(world, client):
    day = make_day(world.first, status="RECORDED")
    row = make_photo(day, world.li)
    client.force_login(world.li)
    answers = [
        send(client, day, photos=[photo()]), client.post(places(row, "day_file_drop")[0]),
        client.post(places(row, "day_file_move")[0]),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [302, 302, 302]  # told that it is in, and sent back
    assert day.files.get() == row
    actions.reopen_record(day, by=world.li, reason="补照片")
    day.refresh_from_db()
    assert send(client, day, photos=[photo()]).status_code == 302
    assert day.files.count() == 2


@pytest.mark.parametrize("user", ["wang", "zhou", "he"])
def test_who_only_reads_the_day_changes_none_of_its_files(world, client, user):
    day = make_day(world.first)
    row = make_photo(day, world.li)
    client.force_login(getattr(world, user))
    for address in places(row, "day_file_drop", "day_file_move"):
        assert client.post(address).status_code == 403
    assert send(client, day, photos=[photo()]).status_code == 403
    assert day.files.get() == row


def test_whoever_reads_the_day_has_its_files_and_nobody_else(world, client):
    """Offices × own, sibling, other and direct branch, each with a photo, its thumbnail and a document."""
    rows = {
        name: (make_photo(day, world.li), make_paper(day, world.li))
        for name, day in ((name, make_day(getattr(world, name))) for name in READERS)
    }
    got = {name: set() for name in READERS}
    for user in CAST:
        client.force_login(getattr(world, user))
        for name, (shot, document) in rows.items():
            statuses = set()
            for address in [*places(shot), *places(document, "day_file")]:
                answer = client.get(address)
                statuses.add(answer.status_code)
                read_whole(answer)
            assert statuses in ({200}, {404})
            got[name] |= {user} if statuses == {200} else set()
    assert got == READERS


def test_a_link_alone_is_worth_nothing(world, client):
    day, other = make_day(world.first), make_day(world.second)
    own, foreign = make_photo(day, world.li), make_photo(other, world.zhao)
    client.force_login(world.li)
    pages = set()
    for pair in ((day.pk, foreign.pk), (other.pk, foreign.pk), (other.pk, own.pk), (day.pk, 987654), (987654, own.pk)):
        for name in ("day_file", "day_file_thumb"):
            answer = client.get(reverse(name, args=pair))
            pages.add((answer.status_code, len(answer.content)))
    assert {status for status, _ in pages} == {404}
    assert len(pages) == 1  # foreign, missing, or under another day: the same answer
    for name in ("day_file_drop", "day_file_move"):
        assert client.post(reverse(name, args=[day.pk, foreign.pk])).status_code == 404
    assert client.get(f"/media/{own.file.path}").status_code == 404
    client.logout()
    assert client.get(places(own)[0]).status_code == 302
    assert DayFile.objects.count() == 2


def test_the_right_ends_with_the_office(world, client):
    row = make_photo(make_day(world.first), world.li)
    client.force_login(world.xu)
    read_whole(client.get(places(row)[0]))
    world.xu.person.appointments.update(ends_on="2026-11-22")
    assert [client.get(address).status_code for address in places(row)] == [404, 404]


def test_a_photo_is_shown_and_a_document_is_handed_out(world, client):
    day = make_day(world.first)
    shot, document = make_photo(day, world.li), make_paper(day, world.li)
    client.force_login(world.he)
    told = {}
    for address in [*places(shot), *places(document, "day_file")]:
        answer = client.get(address)
        told[address] = (answer["Content-Type"], answer["Content-Disposition"].split(";")[0], answer["Cache-Control"])
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert (answer["X-Content-Type-Options"], answer["Cross-Origin-Resource-Policy"]) == ("nosniff", "same-origin")
        read_whole(answer)
    assert list(told.values()) == [
        ("image/jpeg", "inline", "private, max-age=3600"), ("image/jpeg", "inline", "private, max-age=3600"),
        ("application/pdf", "attachment", "private, no-store"),
    ]  # fmt: skip
    assert client.get(places(document, "day_file_thumb")[0]).status_code == 404


def test_nothing_of_where_a_photo_was_taken_is_kept(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    send(client, day, photos=[photo("合影.jpg", content_of(REDRAWN["exif with a script and a place"][1]))])
    for address in places(day.files.get()):
        content = client.get(address).getvalue()
        assert content.startswith(b"\xff\xd8") and b"Exif" not in content and b"CAMERA" not in content


def test_the_sweep_leaves_what_a_day_holds(world, monday):
    row = make_photo(make_day(world.first), world.li)
    monday.shift(3 * 86400)
    assert sweep() == 0
    assert default_storage.exists(row.file.path) and default_storage.exists(row.thumb.path)

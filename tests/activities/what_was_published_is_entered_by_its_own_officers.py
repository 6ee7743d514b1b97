"""宣传 is entered by the officers of the organization that it is about, and read by those above: nobody else sees it.

Li, Chen and Xu record for First; Wang reads for the general branch above it, and enters what is the general branch's.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.actions.publicity import LinkTaken, Overtaken, add_publicity, drop_publicity, save_publicity
from activities.models import Publicity
from core.audit import AuditEntry
from core.documents import StoredFile
from tests.builders import OCTOBER, make_day, make_plan
from tests.pages import press
from tests.publicity_builders import a_photo, make_publicity

LINK = "https://news.example.edu.cn/2026/11/day.html"
LAST_WEEK = datetime.date(2026, 11, 16)


def values(**fields):
    return {"channel": "CAMPUS_WEB", "title": "活动日报道", "published_on": LAST_WEEK} | fields


def typed(**fields):
    return {"channel": "CAMPUS_WEB", "title": "活动日报道", "published_on": "2026-11-16", "version": "0"} | fields


def add_address(organization):
    return reverse("publicity_add", args=[organization.pk])


@pytest.mark.parametrize("who", ["li", "chen", "xu"])
def test_whoever_records_enters_it(world, who):
    row = add_publicity(world.first, by=getattr(world, who), values=values())
    assert (row.organization, row.created_by) == (world.first, getattr(world, who))
    assert AuditEntry.objects.get(event="publicity.added").organization_id == world.first.pk


@pytest.mark.parametrize("who", ["zheng", "zhao", "wang", "zhou", "he"])
def test_nobody_enters_it_for_another(world, who):
    with pytest.raises(PermissionDenied):
        add_publicity(world.first, by=getattr(world, who), values=values())
    row = make_publicity(world.first, world.li)
    with pytest.raises(PermissionDenied):
        save_publicity(row, by=getattr(world, who), version=1, values=values(title="改了"))
    with pytest.raises(PermissionDenied):
        drop_publicity(row, by=getattr(world, who))
    assert [one.title for one in Publicity.objects.all()] == ["活动日报道"]


def test_a_general_branch_has_its_own(world, client):
    client.force_login(world.wang)
    assert press(client, add_address(world.arts), **typed(title="党总支联合活动")).status_code == 302
    assert [(row.organization, row.title) for row in Publicity.objects.all()] == [(world.arts, "党总支联合活动")]


def test_those_above_and_the_own_see_it_and_the_neighbours_do_not(world):
    row = make_publicity(world.first, world.li)
    make_publicity(world.second, world.zhao)
    cast = ["li", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]
    seen = {who for who in cast if row in Publicity.objects.visible_to(getattr(world, who))}
    assert seen == {"li", "xu", "wang", "zhou", "he"}
    assert row not in Publicity.objects.visible_to(world.zhao)


def test_it_is_entered_from_the_page_of_a_day_and_stands_there(world, client):
    day = make_day(world.first, OCTOBER)
    client.force_login(world.xu)
    page = client.get(day.get_absolute_url())
    address = page.context["publicity"].add_url
    assert address == f"{add_address(world.first)}?day={day.pk}"
    assert client.get(address).context["form"].initial["day"] == day
    answer = press(client, address, add_address(world.first), **typed(day=str(day.pk)))
    assert answer.url == day.get_absolute_url()
    assert [row.title for row in client.get(day.get_absolute_url()).context["publicity"].rows] == ["活动日报道"]


def test_those_above_find_no_button_on_the_day(world, client):
    day = make_day(world.first, OCTOBER)
    make_publicity(world.first, world.li, day=day)
    client.force_login(world.wang)
    part = client.get(day.get_absolute_url()).context["publicity"]
    assert ([row.title for row in part.rows], part.add_url) == (["活动日报道"], "")


def test_a_day_of_another_organization_is_not_taken(world, client):
    theirs = make_day(world.second, OCTOBER)
    with pytest.raises(PermissionDenied):
        add_publicity(world.first, by=world.li, values=values(day=theirs))
    client.force_login(world.li)
    answer = client.post(add_address(world.first), typed(day=str(theirs.pk)))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["day"])
    assert client.get(f"{add_address(world.first)}?day={theirs.pk}").context["form"].initial["day"] is None


def test_a_day_that_was_not_held_is_none_to_write_about(world, client):
    plan = make_plan(world.first, OCTOBER, "ACCEPTED")
    client.force_login(world.li)
    assert client.get(plan.day.get_absolute_url()).context["publicity"].add_url == ""
    answer = client.post(add_address(world.first), typed(day=str(plan.day.pk)))
    assert list(answer.context["form"].errors) == ["day"]


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("published_on", {"published_on": "2026-11-24"}),  # tomorrow
        ("channel_name", {"channel": "OTHER"}),
        ("title", {"title": " "}),
        ("link", {"link": "javascript:alert(1)"}),
        ("link", {"link": "ftp://example.edu.cn/a"}),
        ("link", {"link": "data:text/html,x"}),
        ("channel", {"channel": "RADIO"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world, client, field, fields):
    client.force_login(world.li)
    answer = client.post(add_address(world.first), typed(**fields))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Publicity.objects.exists()


def test_the_action_takes_no_date_to_come_either(world):
    tomorrow = datetime.date(2026, 11, 24)
    with pytest.raises(PermissionDenied):
        add_publicity(world.first, by=world.li, values=values(published_on=tomorrow))
    assert add_publicity(world.first, by=world.li, values=values(published_on=datetime.date(2026, 11, 23))).pk


@pytest.mark.parametrize(
    "fields",
    [
        {"link": "javascript:alert(1)"},
        {"channel": "OTHER"},
        {"channel": "PRESS", "channel_name": "校报"},
        {"title": ""},
    ],
)
def test_the_database_keeps_what_must_never_be_false(world, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_publicity(world.first, world.li, **fields)


def test_a_picture_never_stands_without_its_thumb(world):
    row = make_publicity(world.first, world.li, has_picture=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publicity.objects.filter(pk=row.pk).update(thumb=None)


def test_another_channel_goes_by_its_own_name(world, client):
    client.force_login(world.li)
    press(client, add_address(world.first), **typed(channel="OTHER", channel_name="校园广播"))
    press(client, add_address(world.first), **typed(channel="PRESS", channel_name="写错了地方"))
    assert sorted(row.channel_word for row in Publicity.objects.all()) == ["报刊", "校园广播"]


def test_the_same_link_is_said_before_saving(world, client):
    make_publicity(world.first, world.li, link=LINK, title="先登记的")
    make_publicity(world.second, world.zhao, link=LINK)  # another organization's is none of First's business
    client.force_login(world.li)

    twice = client.post(add_address(world.first), typed(link="HTTPS://News.Example.edu.cn/2026/11/day.html"))
    other = client.post(add_address(world.first), typed(link=LINK, channel="WECHAT"))

    assert twice.status_code == other.status_code == 422
    assert "先登记的" in twice.context["form"].errors["link"][0]
    assert (twice.context["form"].asks_again, other.context["form"].asks_again) == (False, True)
    assert client.post(add_address(world.first), typed(link=LINK, channel="WECHAT", again="on")).status_code == 302
    channels = Publicity.objects.filter(organization=world.first, link=LINK).values_list("channel", flat=True)
    assert sorted(channels) == ["CAMPUS_WEB", "WECHAT"]


def test_what_was_entered_for_two_channels_is_corrected_without_asking_again(world, client):
    make_publicity(world.first, world.li, link=LINK, channel="CAMPUS_WEB")
    row = make_publicity(world.first, world.li, link=LINK, channel="WECHAT")
    client.force_login(world.li)
    save = reverse("publicity_save", args=[row.pk])
    press(client, row.get_absolute_url(), save, title="改好的标题")
    row.refresh_from_db()
    assert (row.title, row.channel) == ("改好的标题", "WECHAT")
    moved = client.post(save, typed(link=LINK, channel="PRESS", version=row.version))
    assert (moved.status_code, moved.context["form"].asks_again) == (422, True)


def test_a_tick_does_not_let_the_same_link_in_twice_for_a_channel(world, client):
    make_publicity(world.first, world.li, link=LINK)
    client.force_login(world.li)
    assert client.post(add_address(world.first), typed(link=LINK, again="on")).status_code == 422
    with pytest.raises(LinkTaken):  # somebody was faster than the form's look
        add_publicity(world.first, by=world.li, values=values(link=LINK))
    assert Publicity.objects.count() == 1


def test_without_a_link_there_may_be_many(world):
    for title in ("一", "二"):
        add_publicity(world.first, by=world.li, values=values(title=title))
    assert Publicity.objects.count() == 2


def test_a_link_is_left_without_a_trace_of_us(world, client):
    row = make_publicity(world.first, world.li, link=LINK)
    for who, address in (
        ("li", reverse("publicity")),
        ("wang", row.get_absolute_url()),
        ("li", row.get_absolute_url()),
    ):
        client.force_login(getattr(world, who))
        page = client.get(address).content.decode()
        assert f'<a href="{LINK}" target="_blank" rel="noopener noreferrer">' in page or (
            f'href="{LINK}" target="_blank" rel="noopener noreferrer"' in page
        )


def test_of_two_editors_the_second_is_told_and_keeps_what_was_typed(world, client):
    row = make_publicity(world.first, world.li)
    client.force_login(world.li)
    save = reverse("publicity_save", args=[row.pk])
    assert client.post(save, typed(title="李改的", version="1")).status_code == 302
    answer = client.post(save, typed(title="许改的", version="1"))
    assert (answer.status_code, [(one.typed, one.now) for one in answer.context["differences"]]) == (
        409, [("许改的", "李改的")],
    )  # fmt: skip
    with pytest.raises(Overtaken):
        save_publicity(row, by=world.xu, version=1, values=values(title="许改的"))
    assert Publicity.objects.get().title == "李改的"
    assert client.post(save, typed(title="许改的", version="2")).status_code == 302


def test_a_photo_is_seen_by_whoever_sees_the_row_and_goes_with_it(world, client):
    client.force_login(world.li)
    press(client, add_address(world.first), **typed(attach=a_photo()))
    row = Publicity.objects.get()
    pictures = [reverse(name, args=[row.pk]) for name in ("publicity_picture", "publicity_thumb")]
    for who, status in (("li", 200), ("wang", 200), ("zhao", 404), ("zheng", 404)):
        client.force_login(getattr(world, who))
        answers = [client.get(address) for address in pictures]
        assert [answer.status_code for answer in answers] == [status, status]
        assert all(b"".join(answer.streaming_content)[:2] == b"\xff\xd8" for answer in answers if status == 200)
    client.force_login(world.li)
    assert press(client, row.get_absolute_url(), reverse("publicity_drop", args=[row.pk])).status_code == 302
    assert (Publicity.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_a_new_photo_takes_the_place_of_the_old_and_can_be_taken_off(world):
    row = add_publicity(world.first, by=world.li, values=values(), picture=a_photo())
    old = {row.picture_id, row.thumb_id}
    row = save_publicity(row, by=world.li, version=1, values=values(), picture=a_photo(colour="blue"))
    assert old.isdisjoint({row.picture_id, row.thumb_id}) and StoredFile.objects.count() == 2
    row = save_publicity(row, by=world.li, version=2, values=values(), drops_picture=True)
    assert (row.picture, row.thumb, StoredFile.objects.count()) == (None, None, 0)


def test_what_is_no_photo_is_refused_at_its_field(world, client):
    client.force_login(world.li)
    file = a_photo("假的.png")
    file.file.write(b"not a picture at all")
    file.file.truncate(20)
    file.file.seek(0)
    answer = client.post(add_address(world.first), typed(attach=file))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["attach"])
    assert (Publicity.objects.count(), StoredFile.objects.count()) == (0, 0)

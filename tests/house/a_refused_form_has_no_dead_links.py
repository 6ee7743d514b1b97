"""A page that answers a form with 422 stands at the address to which the form was sent, which takes no GET.

So every link on it names the page's own address: the pager, the tabs and the rows of Zhou's and Li's pages lead on.
"""

import re
from urllib.parse import urljoin

from django.urls import reverse

from branches.models import SheetImport
from tests.builders import NOVEMBER, OCTOBER, make_import, make_person, make_plan
from tests.house.every_page_asks_few_queries import fill

HREF = re.compile(r'(?:href|hx-get)="([^"#][^"]*)"')


def dead(client, address, **posted):
    """``(links, those that answer 405)`` of the page that refuses what was posted."""
    answer = client.post(address, posted)
    assert answer.status_code == 422
    links = {urljoin(address, link.replace("&amp;", "&")) for link in HREF.findall(answer.content.decode())}
    links = {link for link in links if not link.startswith(("http", "tel:", "/static/"))}
    return links, {link for link in links if client.get(link).status_code == 405}


def test_the_register(world, client):
    for number in range(40):
        make_person(world.first, f"第{number}人")
    client.force_login(world.zhou)
    links, gone = dead(client, reverse("people_export_full"), reason="")
    assert (f"{reverse('people')}?page=2" in links, gone) == (True, set())


def test_imports_and_one_of_them(world, client):
    row = make_import(world.zhou)
    SheetImport.objects.bulk_create(
        SheetImport(kind="PEOPLE", status="DROPPED", name=f"{number}.xlsx", by=world.zhou) for number in range(60)
    )
    client.force_login(world.zhou)
    links, gone = dead(client, reverse("import_upload"))
    assert (f"{reverse('imports')}?page=2" in links, gone) == (True, set())
    links, gone = dead(client, reverse("import_confirm", args=[row.pk]))
    assert (any(link.startswith(f"{row.get_absolute_url()}?show=") for link in links), gone) == (True, set())


def test_review_and_attendance(world, client):
    plan = make_plan(world.second, NOVEMBER.next, "SUBMITTED")
    client.force_login(world.wang)
    links, gone = dead(client, reverse("plan_return", args=["month", plan.pk]))
    address = f"{reverse('review')}?kind=month&plan={plan.pk}"
    assert (address in {link.split("#")[0] for link in links}, gone) == (True, set())
    fill(world, [world.first])
    client.force_login(world.li)
    day = world.first.days.get(month=OCTOBER)
    mark = reverse("attendance_mark", args=[day.attendance.filter(status="PRESENT").first().pk])
    links, gone = dead(client, mark, status="")
    assert (any(link.startswith(f"{reverse('day_attendance', args=[day.pk])}?edit=") for link in links), gone) == (
        True, set(),
    )  # fmt: skip

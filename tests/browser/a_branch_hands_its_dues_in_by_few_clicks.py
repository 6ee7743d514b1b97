"""On the day a branch of thirty signs its dues off and hands them in, from the workbench, by four clicks at most.

Everybody was there and paid. Every question that the page asks back is counted as a click too.
"""

import json

import pytest

from branches.models import Person
from dues.actions import open_month
from dues.models import Charge, DuesMonth
from tests.browser.counting import COUNT
from tests.builders import NOVEMBER, make_day, make_person

pytestmark = pytest.mark.django_db(transaction=True)
MOST_CLICKS, MEMBERS = 4, 30


@pytest.mark.parametrize("width", [360, 1280])
def test_thirty_are_signed_off_and_handed_in_by_four_clicks(world, sits_down, width):
    for number in range(MEMBERS - world.first.people.members().count()):
        make_person(world.first, f"党员{number + 1:02d}")
    Person.objects.filter(organization=world.first).update(category="STUDENT")
    make_day(world.first)
    open_month(NOVEMBER)
    li = sits_down(world.li, width)
    li.page.add_init_script(COUNT)
    li.open("/")

    li.follow(li.page.get_by_role("listitem").filter(has_text="党费").first.get_by_role("link").first)
    li.press("查验签认并上报")
    li.reads("11 月党费已查验签认并上报")

    done = json.loads(li.page.evaluate("sessionStorage.getItem('done')"))
    clicks = len(done["clicks"]) + len(li.questions)
    print(f"{width} px: {clicks} clicks, {len(li.questions)} of them answers")
    assert (clicks <= MOST_CLICKS, done["fields"]) == (True, []), done
    row = DuesMonth.objects.get(organization=world.first, month=NOVEMBER)
    states = Charge.objects.with_state().filter(dues_month=row).values_list("state", flat=True)
    assert (row.status, list(states)) == ("SUBMITTED", ["PAID"] * MEMBERS)
    assert "30 人" in " ".join(li.questions)  # what is to be signed is told before it is

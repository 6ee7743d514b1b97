"""Every page of 为民服务, narrowed as its figures do it, costs the same with one row of each kind and with many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.builders import OCTOBER, make_branch, make_day, make_officer, make_person
from tests.service_builders import fill_service, service_things_of

PAGES = ("service", "pairings", "visits", "pledges", "service_figures", "service_items", "me")
OF_A_THING = {"wish": "wish", "pairing": "pairing", "pledge": "pledge"}
MOST = 15


def fill(branch):
    make_day(branch, OCTOBER)
    fill_service(branch, [make_person(branch) for _ in range(2)])


@pytest.mark.parametrize("who", ["li", "zhou", "zheng"])
def test_few_rows_and_many_cost_the_same(world, client, who):
    fill(world.first)
    things = service_things_of(world.first, world.zheng.person)
    asked = [(reverse(name), {"period": "2026"}) for name in PAGES]
    asked += [(reverse("service"), {"only": "all"}), (reverse("pledges"), {"only": "none"})]
    asked += [(reverse(name, args=things[kind]), {}) for name, kind in OF_A_THING.items()]
    asked += [(reverse("person_timeline", args=[world.zheng.person.pk]), {}), (reverse("search"), {"q": "复查"})]
    client.force_login(getattr(world, who))

    client.get(reverse("me"))  # the session is written once

    def costs():
        found = {}
        for address, data in asked:
            with CaptureQueriesContext(connection) as queries:
                client.get(address, data)
            found[address, str(data)] = len(queries)
        return found

    few = costs()
    assert {key: number for key, number in few.items() if number > MOST} == {}
    for number in range(3):
        branch = make_branch(world.arts, f"第{number}支部", members=2)
        make_officer(branch, "SECRETARY", f"书记{number}")
        fill(branch)
    assert costs() == few

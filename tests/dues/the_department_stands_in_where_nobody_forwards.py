"""A month handed in to a general branch where nobody else could forward it does not get stuck: the department does."""

import pytest
from django.urls import reverse

from branches.models import Appointment
from dues.models import DuesMonth
from tests.dues_builders import make_dues


@pytest.fixture
def month(world):
    """First Branch's, handed in; Wang is the only officer of its general branch."""
    Appointment.objects.filter(organization=world.arts).exclude(person__user=world.wang).delete()
    return make_dues(world.first, verified=world.li, submitted=world.li)


@pytest.mark.parametrize("who", ["nobody is in office", "only who handed it in is"])
def test_where_nobody_else_can_forward_the_department_does(world, month, client, who):
    if who == "nobody is in office":
        Appointment.objects.filter(organization=world.arts).delete()
    else:
        DuesMonth.objects.filter(pk=month.pk).update(submitted_by=world.wang)
    client.force_login(world.zhou)

    assert [row.pk for row, _ in client.get(reverse("dues_waiting")).context["lines"]] == [month.pk]
    client.post(reverse("dues_forward"), {"month": month.pk})

    month.refresh_from_db()
    assert month.status == "FORWARDED"


def test_while_somebody_can_forward_the_department_does_not(world, month, client):
    client.force_login(world.zhou)

    assert client.get(reverse("dues_waiting")).context["lines"] == []
    assert client.post(reverse("dues_forward"), {"month": month.pk}).status_code == 403

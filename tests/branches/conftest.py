"""What several tests of the register stand on."""

import pytest

from tests.builders import make_branch

PASSWORD = "zhengque-mima-1"


@pytest.fixture
def empty(world):
    """A branch of the arts faculty in which nobody is."""
    return make_branch(world.arts, "文学院旧党支部", code="0201009")


@pytest.fixture
def li(world):
    """Li, who can log in by the password."""
    world.li.set_password(PASSWORD)
    world.li.save()
    return world.li

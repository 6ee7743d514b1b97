"""The filing forms as Chromium prints them: as many A4 pages as plans, and nothing beside the edge of a phone."""

import re

from django.urls import reverse

from tests.builders import NOVEMBER, make_branch, make_plan
from tests.papers import page_papers

USUAL = [("EDUCATION", "SPIRIT", "围绕本季度的主题学习讨论，每人谈一点体会，联系自己的岗位说说打算", 20)] * 6


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has: its page tree's root counts them all."""
    return max(int(count) for count in re.findall(rb"/Count (\d+)", pdf))


def test_as_many_pages_are_printed_as_there_are_plans(world, sits_down):
    branches = [world.first, world.second, *(make_branch(world.arts, f"第{place}党支部", 3) for place in range(3, 6))]
    for branch in branches:
        make_plan(branch, NOVEMBER, "SUBMITTED", items=USUAL, theme="主题" * 30, place="文学院教工之家会议室" * 3)
    make_plan(world.other, NOVEMBER, "SUBMITTED")
    wang = sits_down(world.wang, 360)

    wang.open(f"{reverse('plans_print')}?month=2026-11")

    page = wang.page
    assert len(page_papers(page.content())) == 5
    outside = """[...document.querySelectorAll('.sheet *')].filter(one => {
        const box = one.getBoundingClientRect(), cell = one.closest('td, th')?.getBoundingClientRect();
        return box.right > 360 || (cell && (box.left < cell.left - 1 || box.right > cell.right + 1));
    }).length"""
    assert page.evaluate(outside) == 0
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 5

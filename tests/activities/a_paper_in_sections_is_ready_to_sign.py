"""A paper in sections (a year's plan, its summary): the print page and the Word document say what they are given."""

import dataclasses
import io

import docx
import pytest
from django.template.loader import render_to_string

from activities.paper import Opinion, Section, SectionedPaper
from activities.word import sections_document
from core.word import WIDTH
from tests.papers import document_papers, page_breaks, page_papers

PAPER = SectionedPaper(
    title="2027 年党员活动日年度计划",
    branch="文学院党总支",
    number="编号：备〔2027〕0201-1",
    sections=(
        Section("一、工作目标", ("把活动日办成党员愿意来的一天。", "=1+1 也只是文字。")),
        Section("二、主要措施", ("每月安排提前报送。", "<b>不是</b>标签 😀", "长" * 300, "w" * 300)),
    ),
    quarters=(
        ("第一季度", "学习"), ("第二季度", "服务"), ("第三季度", "实践"), ("第四季度", "总结"),
    ),
    opinions=(
        Opinion("党总支\n意见", "同意报送。", "书记（签字）："), Opinion("组织部\n备案意见", "", "经办人（签字）："),
    ),
    foot="党总支、组织部各存一份。",
)  # fmt: skip
SIGN = "（盖章）\t　　年　　月　　日"


def on_page(papers, **context):
    return render_to_string("activities/paper_sections.html", {"papers": papers, "title": "年度计划", **context})


def test_the_page_and_the_document_say_the_same_in_the_same_order():
    expected = [
        "2027 年党员活动日年度计划",
        "填报单位：文学院党总支\t编号：备〔2027〕0201-1",
        "一、工作目标", *PAPER.sections[0].paragraphs,
        "二、主要措施", *PAPER.sections[1].paragraphs,
        [
            [["季度"], ["主题"]], [["第一季度"], ["学习"]], [["第二季度"], ["服务"]], [["第三季度"], ["实践"]],
            [["第四季度"], ["总结"]],
        ],
        [
            [["党总支", "意见"], ["同意报送。", "书记（签字）：\t", SIGN]],
            [["组织部", "备案意见"], ["", "经办人（签字）：\t", SIGN]],
        ],
        "党总支、组织部各存一份。",
    ]  # fmt: skip
    assert page_papers(on_page([PAPER])) == [expected]
    assert document_papers(sections_document([PAPER], "年度计划", author="王总支")) == [expected]


def test_many_papers_begin_a_page_each():
    papers = [
        dataclasses.replace(PAPER, branch=name) for name in ("文学院党总支", "文学院第一党支部", "文学院第二党支部")
    ]
    content = sections_document(papers, "年度计划", author="王总支")
    assert document_papers(content) == page_papers(on_page(papers))
    assert (len(document_papers(content)), page_breaks(content)) == (3, 2)


def test_what_is_not_there_leaves_no_trace():
    bare = dataclasses.replace(PAPER, sections=(), quarters=(), number="", foot="")
    expected = ["2027 年党员活动日年度计划", "填报单位：文学院党总支"]
    for [paper] in (page_papers(on_page([bare])), document_papers(sections_document([bare], "计划", author="王总支"))):
        assert (paper[:2], len(paper)) == (expected, 3)


@pytest.mark.parametrize("columns", [("季度", "主题"), ("季度", "主题", "安排"), ("季度", "主题", "安排", "负责人")])
def test_the_table_of_quarters_fills_the_width(columns):
    quarters = tuple((name, *(f"{name}的{head}" for head in columns[1:])) for name, _ in PAPER.quarters)
    paper = dataclasses.replace(PAPER, columns=columns, quarters=quarters)
    content = sections_document([paper], "年度计划", author="王总支")
    assert document_papers(content) == page_papers(on_page([paper]))
    drawn, opinions = docx.Document(io.BytesIO(content)).tables
    widths = [[round(column.width.mm) for column in table.columns] for table in (drawn, opinions)]
    assert [len(widths[0]), widths[0][0], widths[1][0]] == [len(columns), 26, 26]
    assert [abs(sum(each) - WIDTH) < len(columns) for each in widths] == [True, True]


def test_the_page_leads_back_and_to_its_document_where_there_is_one():
    page = on_page([PAPER], back="/plans/year/", document="/plans/year/document/")
    assert [f'href="{address}"' in page for address in ("/plans/year/", "/plans/year/document/")] == [True, True]
    assert "下载 Word" not in on_page([PAPER], back="/plans/year/")

"""A paper in neutral blocks: print page and Word document say the same, in the same order and the same places."""

import io

import docx
from django.template.loader import render_to_string
from lxml import html

from core.papers import (
    SEAL,
    WIDTH,
    Cell,
    Contents,
    Heading,
    Note,
    Paper,
    Table,
    Text,
    facts,
    heads,
    label,
    signing_row,
)
from core.word import papers_document
from tests.papers import document_papers, page_breaks, page_papers

HEAD = heads("序号", "姓名", "签到")
ROWS = tuple((Cell((str(number),), align="center"), label(f"党员{number}"), Cell(("",))) for number in range(1, 4))
BLOCKS = (
    Heading("一、情况"),
    Text("<b>不是</b>标签 =1+1"),
    Contents((("一、支部概况", "part-branch"),)),
    facts([("党支部", "一支部"), ("年度", 2026)], [("内容", "第一行\n\n第二行")], [("空", "")]),
    Table((20, 60, 94), (HEAD, *ROWS, (label("列席", span=3),)), has_head=True, row_height=7, is_small=True),
    facts([("主题", "学习")], signed=[signing_row("签字", "主持人", "支部书记", sealed=True)]),
    Note("各存一份。"),
)
PAPER = Paper("活动记录", BLOCKS, left="填报单位：一支部", right="未提交", foot="由系统生成。", anchor="part-a")


def on_page(papers):
    return render_to_string("core/papers.html", {"papers": papers, "title": "记录", "back": "/days/"})


def in_word(papers):
    return papers_document(papers, "记录", author="李书记")


def test_both_say_the_same_in_the_same_order():
    expected = [
        "活动记录",
        "填报单位：一支部\t未提交",
        "一、情况",
        "<b>不是</b>标签 =1+1",
        "一、支部概况",
        [[["党支部"], ["一支部"], ["年度"], ["2026"]], [["内容"], ["第一行", "第二行"]], [["空"], [""]]],
        [
            [["序号"], ["姓名"], ["签到"]], [["1"], ["党员1"], [""]], [["2"], ["党员2"], [""]],
            [["3"], ["党员3"], [""]], [["列席"]],
        ],
        [
            [["主题"], ["学习"]],
            [["签字"], ["", "主持人（签字）：\t", "支部书记（签字）：\t", "\t".join(SEAL)]],
        ],
        "各存一份。",
        "由系统生成。",
    ]  # fmt: skip
    assert page_papers(on_page([PAPER])) == [expected]
    assert document_papers(in_word([PAPER])) == [expected]


def test_papers_begin_a_page_each_and_the_contents_lead_to_them():
    papers = [PAPER, Paper(title="签到表", blocks=(), anchor="part-branch")]
    page, content = on_page(papers), in_word(papers)
    assert (len(document_papers(content)), page_breaks(content)) == (2, 1)
    [link] = html.fromstring(page).xpath("//article[1]//p[@class='contents']/a/@href")
    assert html.fromstring(page).xpath(f"//article[@id='{link.removeprefix('#')}']/h1/text()") == ["签到表"]


def test_a_head_stands_on_every_page_of_both():
    page, content = on_page([PAPER]), in_word([PAPER])
    assert html.fromstring(page).xpath("//thead/tr/th/text()") == ["序号", "姓名", "签到"]
    [plain, headed, _] = docx.Document(io.BytesIO(content)).tables
    assert [[bool(row._tr.trPr is not None and row._tr.trPr.xpath("w:tblHeader")) for row in one.rows] for one in
            (plain, headed)] == [[False] * 3, [True, False, False, False, False]]  # fmt: skip


def test_columns_are_as_wide_on_both_and_rows_as_high_as_is_asked():
    table = docx.Document(io.BytesIO(in_word([PAPER]))).tables[1]
    assert [round(column.width.mm) for column in table.columns] == [20, 60, 94]
    assert [round(row.height.mm) for row in table.rows] == [7] * 5
    shares = html.fromstring(on_page([PAPER])).xpath("//table[contains(@class, 'by-hand')]//col/@width")
    assert shares == ["11.5%", "34.5%", "54.0%"]
    assert sum(facts([("一", "二")]).widths) == WIDTH


def test_small_letters_are_a_style_that_only_who_needs_it_has():
    small, plain = (docx.Document(io.BytesIO(in_word([one]))) for one in (PAPER, Paper("甲", (Text("乙"),))))
    assert ["表格小字" in [style.name for style in one.styles] for one in (small, plain)] == [True, False]
    assert {one.style.name for row in small.tables[1].rows for cell in row.cells for one in cell.paragraphs} == {
        "表格小字"
    }

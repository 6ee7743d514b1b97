"""A Word document of the site: A4, Chinese fonts by style, room to sign, whatever texts it is given."""

import datetime
import io
import re
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from core.word import BLANK, LABEL, SIGN, TEXT, WIDTH, Cell, Document, plain
from tests.papers import document_papers, page_breaks

SIGNING = [("书记（签字）：", ""), ("（盖章）", "　　年　　月　　日")]
HOSTILE = {
    "=1+1": "=1+1",
    "\x00\x01a\x0b\x1f\x7f\ud800\ufffe\uffff": "a\x7f",
    "😀🎏 <b>&amp;</b> ]]>": "😀🎏 <b>&amp;</b> ]]>",
    "主" * 300: "主" * 300,
    "w" * 300: "w" * 300,
    "  两头有空格　": "  两头有空格　",
}


def made(texts=("学用结合",), titles=("备案表",)):
    document = Document("十二月的备案表", author="李书记", remarks="共 1 份")
    for title in titles:
        document.title(title)
        document.note("填报单位：一支部", "编号：1")
        for text in texts:
            document.heading(text)
            document.paragraph(text)
        rows = [[Cell(["主题"], is_label=True), Cell([text])] for text in texts]
        signed = [Cell(["党支部", "意见"], is_label=True), Cell(["同意报送。"], signing=SIGNING)]
        document.table([26, WIDTH - 26], [*rows, signed], headed=True)
        document.note("各存一份。")
    return document.bytes()


def opened(content):
    return docx.Document(io.BytesIO(content))


def test_it_is_a4_with_a_title_above_and_the_page_below():
    document = opened(made())
    [section] = document.sections
    size = (round(section.page_width.mm), round(section.page_height.mm))
    assert (size, round(section.left_margin.mm), round(section.right_margin.mm)) == ((210, 297), 18, 18)
    assert section.header.paragraphs[0].text == "十二月的备案表"
    [foot] = section.footer.paragraphs
    shown = [part.get(qn("w:instr")) or part.text for part in foot._p if part.tag != qn("w:pPr")]
    assert shown == ["第 ", "PAGE", " 页，共 ", "NUMPAGES", " 页"]


def test_every_style_names_its_chinese_font_and_no_theme_overrules_it():
    document = opened(made())
    fonts = {}
    for style in document.styles:
        for font in style.element.iter(qn("w:rFonts")):
            fonts[style.name] = font.get(qn("w:eastAsia"))
            assert [name for name in font.attrib if "Theme" in name] == []
    assert fonts == {
        "Normal": "仿宋", "Title": "宋体", "Heading 1": "黑体", "Header": "宋体", "Footer": "宋体",
        "表格项目": "黑体", "表格内容": "仿宋", "签字盖章": "仿宋", "表下说明": "宋体",
    }  # fmt: skip
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert [font.get(qn("w:eastAsia")) for font in defaults.iter(qn("w:rFonts"))] == ["仿宋"]
    assert [language.get(qn("w:eastAsia")) for language in defaults.iter(qn("w:lang"))] == ["zh-CN"]
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    assert {run.font.name or run.font.size for run in runs} == {None}  # what is to be changed is changed on a style


def test_a_form_is_signed_on_a_line_and_sealed():
    [table] = opened(made()).tables
    cell = table.rows[-1].cells[1]
    opinion, signature, seal = cell.paragraphs
    assert [one.style.style_id for one in cell.paragraphs] == [TEXT, SIGN, SIGN]
    assert [(run.text, bool(run.underline)) for run in signature.runs] == [("书记（签字）：\t", False), (BLANK, True)]
    assert [(run.text, bool(run.underline)) for run in seal.runs] == [
        ("（盖章）\t", False), ("　　年　　月　　日", False),
    ]  # fmt: skip
    assert opinion.text == "同意报送。"
    assert table.rows[-1].height.mm > 25
    assert [one.style.style_id for one in table.rows[0].cells[0].paragraphs] == [LABEL]


def test_no_text_breaks_it_or_widens_its_table():
    content = made(texts=HOSTILE)
    [[title, top, *texts, table, foot]] = document_papers(content)
    assert (title, top, foot) == ("备案表", "填报单位：一支部\t编号：1", "各存一份。")
    assert texts == [text for text in HOSTILE.values() for _ in range(2)]
    assert [row[1] for row in table[:-1]] == [[text] for text in HOSTILE.values()]
    [drawn] = opened(content).tables
    assert drawn.autofit is False
    assert [round(column.width.mm) for column in drawn.columns] == [26, WIDTH - 26]
    assert b"<w:instrText" not in content
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


@pytest.mark.parametrize(("given", "kept"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_what_xml_refuses_is_dropped_and_nothing_else(given, kept):
    assert plain(given) == kept


def test_every_form_after_the_first_begins_a_page():
    content = made(titles=("甲", "乙", "丙"))
    assert [paper[0] for paper in document_papers(content)] == ["甲", "乙", "丙"]
    assert page_breaks(content) == 2


def test_a_head_stands_on_every_page_and_what_is_signed_is_not_torn():
    [table] = opened(made(texts=("项目", "很长的内容"))).tables
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    whole = [row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows]
    assert (heads, whole) == ([True, False, False], [True, False, True])


def test_it_says_who_made_it_when_and_not_on_which_machine():
    content = made()
    of = opened(content).core_properties
    now = datetime.datetime(2026, 11, 23, 2, tzinfo=datetime.UTC)
    assert (of.title, of.author, of.last_modified_by) == ("十二月的备案表", "李书记", "李书记")
    assert (of.comments, of.created, of.modified) == ("共 1 份", now, now)
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert {name.rsplit("/")[-1] for name in archive.namelist()} == {
        "[Content_Types].xml", ".rels", "core.xml", "document.xml", "document.xml.rels", "styles.xml", "settings.xml",
        "webSettings.xml", "fontTable.xml", "theme1.xml", "header1.xml", "footer1.xml",
    }  # fmt: skip
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert re.findall(rb"python-docx|Macintosh|w:rsid", everything) == []


def test_the_longest_properties_fit():
    document = opened(Document("题" * 400, author="作\x00" * 400, remarks="注" * 400).bytes())
    of = document.core_properties
    assert (of.title, of.author, of.comments) == ("题" * 255, "作" * 255, "注" * 255)

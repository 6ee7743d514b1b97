"""A print page and a Word document read back the same way, so that a test can compare them: texts in their order."""

import io

import docx
from docx.table import Table
from lxml import html

from core.word import BLANK


def list_cells(page: str) -> list[list[str]]:
    """The rows of a page's list, each with the words of its cells."""
    rows = html.fromstring(page).xpath("//table[contains(@class, 'list')]/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]


def page_papers(page: str) -> list[list]:
    """Each sheet of a print page: its texts, and its tables as rows of cells of lines."""
    return [_sheet(one) for one in html.fromstring(page).xpath("//article[contains(@class, 'sheet')]")]


def _sheet(sheet):
    found = []
    for part in sheet:
        if part.tag == "table":
            found.append([[_page_cell(cell) for cell in row.xpath("th|td")] for row in part.xpath(".//tr")])
        elif "no" in part.get("class", "").split():
            found.append(_joined(part.xpath("span")))
        else:
            found.append(part.text_content())
    return found


def _joined(parts):
    """Two ends of a line; an empty one is not there."""
    return "\t".join(filter(None, (part.text_content() for part in parts)))


def _page_cell(cell):
    divs = cell.xpath("div[not(@class)]")
    lines = [div.text_content() for div in divs] or ["".join(cell.xpath("text()|br/text()"))]
    if cell.xpath("br"):
        lines = [text.strip() for text in cell.xpath("text()")]
    signing = cell.xpath("div[@class='sign']/*")
    lines += [f"{asked.text_content()}\t{given.text or ''}" for asked, given in zip(*[iter(signing)] * 2, strict=True)]
    return lines


def document_papers(content: bytes) -> list[list]:
    """The same of a Word document: a paper begins with each title."""
    found: list[list] = []
    for part in docx.Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(part, Table):
            found[-1].append([[_word_cell(cell) for cell in _cells(row, part)] for row in part.rows])
        elif part.style.name == "Title":
            found.append([part.text])
        elif part.text:
            found[-1].append(part.text)
    return found


def _cells(row, table):
    """Each cell once, however many columns it goes over."""
    return [docx.table._Cell(tc, table) for tc in row._tr.tc_lst]


def _word_cell(cell):
    return [paragraph.text.replace(BLANK, "") for paragraph in cell.paragraphs]


def page_breaks(content: bytes) -> int:
    """How often a Word document begins a new page."""
    paragraphs = docx.Document(io.BytesIO(content)).paragraphs
    return sum(bool(one.paragraph_format.page_break_before) for one in paragraphs)

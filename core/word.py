"""Word documents that an office goes on editing: A4, Chinese fonts by style, tables to be signed and sealed.

Fonts, sizes and indents stand on named styles, so that whoever edits a document changes them in one place. Only the
styles that are used are in it, and nothing that tells on which machine the library's template was made.
"""

import datetime
import io
import re
from collections.abc import Iterable, Sequence

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn
from docx.oxml.table import CT_Tc
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from core import clock
from core.papers import WIDTH, Block, Cell, Contents, Heading, Note, Paper, Text
from core.papers import Table as TableBlock

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
A4 = (Mm(210), Mm(297))
MARGIN_X, MARGIN_Y = Mm(18), Mm(15)  # as on the print pages
SIGNED_HEIGHT = Mm(29)  # of a row that is signed: room for a seal
SIGN_AT, SIGN_TAB = Mm(62), Mm(100)  # where the lines to sign begin, and their second half
BLANK = "　" * 8  # underlined, it is the line on which somebody signs

SONG, HEI, FANG, LATIN = "宋体", "黑体", "仿宋", "Times New Roman"
BODY, TITLE, HEADING, LABEL, TEXT, SIGN, NOTE, SMALL = (
    "Normal", "Title", "Heading1", "FormLabel", "FormText", "FormSign", "FormNote", "FormSmall",
)  # fmt: skip
NAMES = {LABEL: "表格项目", TEXT: "表格内容", SIGN: "签字盖章", NOTE: "表下说明", SMALL: "表格小字"}
ALIGNED = {"center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
_KEPT = {BODY, TITLE, HEADING, "Header", "Footer", "TableGrid", "TableNormal", "DefaultParagraphFont", "NoList"}
_FOREIGN = ("/customXml", "/numbering", "/stylesWithEffects", "/thumbnail", "/extended-properties")
_REFUSED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold


def plain(text) -> str:
    """A text without the control characters that were pasted with it: no Word document holds them."""
    return _REFUSED.sub("", str(text))


class Document:
    """A document written from top to bottom. ``title``, ``author`` and ``remarks`` are its properties.

    The title also stands at the top of every page, and its number at the foot.
    """

    def __init__(self, title: str, *, author: str, remarks=""):
        self._document = docx.Document()
        self._has_title = False
        self._drop_the_templates_own()
        self._set_properties(title, author, remarks)
        self._set_styles()
        self._set_page(title)

    def title(self, text: str):
        """What a form is called; from the second on it begins a new page."""
        paragraph = self.paragraph(text, TITLE)
        if self._has_title:
            paragraph.paragraph_format.page_break_before = True
        self._has_title = True

    def heading(self, text: str):
        """The heading of a section; it stays with what follows."""
        self.paragraph(text, HEADING)

    def paragraph(self, text: str, style=BODY) -> Paragraph:
        paragraph = self._document.add_paragraph()
        return _write(paragraph, text, style)

    def note(self, text: str, right=""):
        """A line in small letters; ``right`` stands at its other end."""
        paragraph = self.paragraph(f"{plain(text)}\t{plain(right)}" if right else text, NOTE)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)

    def paper(self, paper: Paper):
        """A paper as it stands: its title, the line below, its blocks, its foot."""
        self.title(paper.title)
        if paper.left or paper.right:
            self.note(paper.left, paper.right)
        for block in paper.blocks:
            self.block(block)
        if paper.foot:
            self.note(paper.foot)

    def block(self, block: Block):
        match block:
            case Heading():
                self.heading(block.text)
            case Text():
                self.paragraph(block.text)
            case Note():
                self.note(block.text)
            case Contents():
                for name, _ in block.entries:
                    self.paragraph(name)
            case TableBlock():
                self.table(
                    block.widths, block.rows, headed=block.has_head, height=block.row_height, small=block.is_small
                )

    def table(self, widths: Sequence[int], rows: Iterable[Sequence[Cell]], *, headed=False, height=0, small=False):
        """A table of the given column widths (millimetres); no text makes a column wider.

        A row goes on overleaf where it must, except one that is signed. ``headed``: the first stands on every page.
        ``height`` is the least height of a row, in millimetres; ``small`` has small letters close to the lines.
        """
        table = self._document.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.autofit = False
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        if small:
            self._draw_close(table)
        for number, cells in enumerate(rows):
            row = self._row(table, widths, cells, is_head=headed and number == 0, style=SMALL if small else TEXT)
            if height and row.height is None:
                row.height = Mm(height)  # at least

    def _draw_close(self, table: Table):
        """The style of small letters comes with the first table that has them."""
        if NAMES[SMALL] not in [style.name for style in self._document.styles]:
            self._add_style(SMALL)
            self._style(NAMES[SMALL], FANG, 8, before=1, after=1)
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            margin = OxmlElement(f"w:{side}")
            margin.set(qn("w:w"), "28")  # half a millimetre
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
        table._tbl.tblPr.append(margins)

    @staticmethod
    def _row(table: Table, widths, cells, *, is_head, style):
        row = _Row(table._tbl.add_tr(), table)
        place = 0
        for cell in cells:
            tc = CT_Tc.new()
            row._tr.append(tc)
            tc.width = Mm(sum(widths[place : place + cell.span]))
            if cell.span > 1:
                tc.grid_span = cell.span
            place += cell.span
            _fill(_Cell(tc, table), cell, style)
        properties = row._tr.get_or_add_trPr()
        is_signed = any(cell.signing for cell in cells)
        if is_signed or is_head:
            properties.append(OxmlElement("w:cantSplit"))
        if is_signed:
            row.height = SIGNED_HEIGHT  # at least
        if is_head:
            properties.append(OxmlElement("w:tblHeader"))
        return row

    def bytes(self) -> bytes:
        """The finished .docx file."""
        buffer = io.BytesIO()
        self._document.save(buffer)
        return buffer.getvalue()

    def _drop_the_templates_own(self):
        package = self._document.part.package
        for relations in (package.rels, self._document.part.rels):
            for key in [key for key, one in relations.items() if one.reltype.endswith(_FOREIGN)]:
                del relations[key]
        styles = self._document.styles.element
        for style in [style for style in styles.style_lst if style.styleId not in _KEPT]:
            styles.remove(style)
        _drop(styles, ".//w:rsid")  # in which session of editing a thing came
        settings = self._document.settings.element
        _drop(settings, "w:rsids", "w:savePreviewPicture")
        settings.find("w:themeFontLang", nsmap).set(qn("w:eastAsia"), "zh-CN")

    def _set_properties(self, title, author, remarks):
        now = clock.now().astimezone(datetime.UTC).replace(tzinfo=None)  # the format's times are UTC and naive
        of = self._document.core_properties
        of.title, of.author, of.last_modified_by = (plain(word)[:255] for word in (title, author, author))
        of.comments, of.language, of.revision = plain(remarks)[:255], "zh-CN", 1
        of.created = of.modified = now

    def _set_styles(self):
        styles = self._document.styles
        defaults = styles.element.find(qn("w:docDefaults"))
        language = defaults.find(f".//{qn('w:lang')}")
        language.set(qn("w:eastAsia"), "zh-CN")
        _set_font(defaults.find(f".//{qn('w:rPr')}"), FANG)
        for name in (LABEL, TEXT, SIGN, NOTE):
            self._add_style(name)
        self._style("Normal", FANG, 14, line=1.5, first_indent=28)
        self._style("Title", SONG, 20, bold=True, centred=True, after=12)
        self._style("Heading 1", HEI, 14, before=8, after=4)
        self._style("表格项目", HEI, 11.5, centred=True, before=3, after=3)
        self._style("表格内容", FANG, 12, before=3, after=3, line=1.15)
        self._style("签字盖章", FANG, 12, before=3)
        self._style("表下说明", SONG, 10, before=3, after=3)
        self._style("Header", SONG, 9)
        self._style("Footer", SONG, 9, centred=True)
        lines = styles["签字盖章"].paragraph_format
        lines.left_indent = SIGN_AT
        lines.tab_stops.add_tab_stop(SIGN_TAB)

    def _add_style(self, name):
        styles = self._document.styles
        style = styles.add_style(NAMES[name], WD_STYLE_TYPE.PARAGRAPH)
        style.element.set(qn("w:styleId"), name)
        style.base_style, style.quick_style = styles["Normal"], True

    def _style(self, name, font, size, *, bold=False, centred=False, before=0.0, after=0.0, line=1.0, first_indent=0.0):
        style = self._document.styles[name]
        _drop(style.element, "w:pPr", "w:rPr", "w:link")  # the template's own: colours, borders, fonts of a theme
        _set_font(style.element.get_or_add_rPr(), font)
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, RGBColor(0, 0, 0)
        form = style.paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), line
        form.first_line_indent = Pt(first_indent)
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
        if name == "Heading 1":
            form.keep_with_next = True

    def _set_page(self, title):
        section = self._document.sections[0]
        section.page_width, section.page_height = A4
        section.left_margin = section.right_margin = MARGIN_X
        section.top_margin = section.bottom_margin = Length(MARGIN_Y + Mm(3))
        section.header_distance = section.footer_distance = Mm(9)
        _write(section.header.paragraphs[0], title, "Header")
        foot = _write(section.footer.paragraphs[0], "第 ", "Footer")
        for field, after in (("PAGE", " 页，共 "), ("NUMPAGES", " 页")):
            counter = OxmlElement("w:fldSimple")
            counter.set(qn("w:instr"), field)
            foot._p.append(counter)
            number = OxmlElement("w:r")
            number.text = "1"
            counter.append(number)
            foot.add_run(after)
        for part in (section.header.part, section.footer.part, self._document.part):
            for element in part.element.iter():
                for name in [name for name in element.attrib if "rsid" in name]:  # a session of editing, again
                    del element.attrib[name]


def papers_document(papers: Iterable[Paper], title: str, *, author: str, remarks="") -> bytes:
    """Papers one after another, each on a page of its own; ``title`` stands at the top of every page."""
    document = Document(title, author=author, remarks=remarks)
    for paper in papers:
        document.paper(paper)
    return document.bytes()


def _drop(element, *paths):
    for path in paths:
        for found in element.findall(path, nsmap):
            found.getparent().remove(found)


def _set_font(properties, east_asian):
    """Both alphabets by name: a font of a theme would have the last word."""
    _drop(properties, "w:rFonts")
    fonts = OxmlElement("w:rFonts")
    for name, value in (("hint", "eastAsia"), ("ascii", LATIN), ("eastAsia", east_asian), ("hAnsi", LATIN)):
        fonts.set(qn(f"w:{name}"), value)
    properties.insert(0, fonts)


def _write(paragraph: Paragraph, text, style: str) -> Paragraph:
    paragraph._p.style = style
    paragraph.add_run(plain(text))
    return paragraph


def _fill(cell: _Cell, content: Cell, style: str):
    """The lines as paragraphs, those to sign after them; Word wants at least one in a cell."""
    style = LABEL if content.is_label and style == TEXT else style
    for number, line in enumerate(content.lines or [""]):
        paragraph = _write(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), line, style)
        if content.align or (content.is_label and style == SMALL):
            paragraph.alignment = ALIGNED[content.align or "center"]
    if not content.signing:
        cell._tc.get_or_add_tcPr().append(_middle())
    for number, (asked, given) in enumerate(content.signing):
        paragraph = _write(cell.add_paragraph(), f"{plain(asked)}\t", SIGN)
        if number == 0:
            paragraph.paragraph_format.space_before = Pt(20)
        run = paragraph.add_run(plain(given) or BLANK)
        run.underline = not given or None


def _middle():
    align = OxmlElement("w:vAlign")
    align.set(qn("w:val"), "center")
    return align

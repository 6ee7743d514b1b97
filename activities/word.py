"""The paper of plans as Word documents that the office goes on editing: the same rows as the print pages."""

from collections.abc import Sequence
from itertools import repeat

from activities.paper import Entry, FilingForm, Opinion, SectionedPaper
from core.papers import LABELS, VALUES, WIDTH, Cell
from core.word import Document


def filing_document(forms: Sequence[FilingForm], title: str, *, author: str, remarks="") -> bytes:
    """The forms one after another, each on a page of its own; ``title`` stands at the top of every page."""
    document = Document(title, author=author, remarks=remarks)
    for form in forms:
        document.title(form.title)
        document.note(form.unit, form.number)
        rows = [[cell for entry in row for cell in _entry(entry, wide=len(row) == 1)] for row in form.rows]
        document.table([LABELS, VALUES, LABELS, VALUES], rows + _opinions(form.opinions, span=3))
        document.note(form.foot)
    return document.bytes()


def sections_document(papers: Sequence[SectionedPaper], title: str, *, author: str, remarks="") -> bytes:
    """Papers in sections (a year's plan, its summary), each beginning a page."""
    document = Document(title, author=author, remarks=remarks)
    for paper in papers:
        document.title(paper.title)
        document.note(paper.unit, paper.number)
        for section in paper.sections:
            document.heading(section.heading)
            for text in section.paragraphs:
                document.paragraph(text)
        if paper.quarters:
            _quarters(document, paper)
        document.note("")
        document.table([LABELS, WIDTH - LABELS], _opinions(paper.opinions, span=1))
        if paper.foot:
            document.note(paper.foot)
    return document.bytes()


def _quarters(document, paper):
    first, others = LABELS, len(paper.columns) - 1
    widths = [first, *repeat((WIDTH - first) // others, others)]
    document.note("")
    heads = [Cell([name], is_label=True) for name in paper.columns]
    rows = [[Cell([row[0]], is_label=True), *(Cell([text]) for text in row[1:])] for row in paper.quarters]
    document.table(widths, [heads, *rows], headed=True)


def _entry(entry: Entry, *, wide) -> list[Cell]:
    return [_label(entry.label), Cell(entry.lines, span=3 if wide else 1)]


def _opinions(opinions: Sequence[Opinion], *, span) -> list[list[Cell]]:
    return [[_label(one.label), Cell([one.text], span=span, signing=one.signing)] for one in opinions]


def _label(text) -> Cell:
    return Cell(text.split("\n"), is_label=True)

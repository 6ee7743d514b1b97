"""A plan as the rows that the preview shows, and how many there are of each kind."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from branches.imports import calendar, organizations, people
from branches.imports.plan import Plan
from branches.models import SheetImport, SheetRow

Outcome = SheetRow.Outcome
SOURCES: dict[str, Any] = {
    SheetImport.Kind.ORGANIZATIONS: organizations,
    SheetImport.Kind.PEOPLE: people,
    SheetImport.Kind.CALENDAR: calendar,
}
LONGEST_KEY, LONGEST_TITLE = 60, 200


def rows_of(row: SheetImport, plan: Plan) -> Iterator[SheetRow]:
    """Every row to be stored for an import, unsaved."""
    source, cells = SOURCES[row.kind], dict(plan.sheet.rows)

    def make(outcome, number, key="", title="", details=()):
        return SheetRow(
            sheet=row, outcome=outcome, row=number, key=key[:LONGEST_KEY], title=title[:LONGEST_TITLE], details=details
        )

    for line in plan.new:
        facts = [[heading, "", said] for heading, said in source.facts_of(line)]
        yield make(Outcome.NEW, line.row, source.key_of(line), source.title_of(line), facts)
    for line, changes in plan.changed:
        words = [list(source.words_of(line, change)) for change in changes]
        yield make(Outcome.CHANGED, line.row, source.key_of(line), source.title_of(line), words)
    for line in plan.unchanged:
        yield make(Outcome.UNCHANGED, line.row, source.key_of(line), source.title_of(line))
    for outcome, found in ((Outcome.FAULTY, plan.faults), (Outcome.NOTED, plan.warnings)):
        by_row = defaultdict(list)
        for one in found:
            by_row[one.row].append([one.column, one.message])
        for number, said in by_row.items():
            key, title = source.named(cells[number]) if number in cells else ("", "")
            yield make(outcome, number, key, title, said)
    for like in plan.alike:
        yield make(Outcome.ALIKE, like.row, like.key, like.title, [["", like.why]])
    for absent in plan.missing:
        yield make(Outcome.MISSING, 0, absent.key, absent.title, [["", absent.where]])


def counts_of(rows, plan: Plan) -> dict[str, int]:
    """How many rows of each outcome, and how many of the sheet could be told apart by its headings."""
    return {**Counter(str(one.outcome) for one in rows), "ROWS": 0 if plan.sheet.faults else len(plan.sheet.rows)}

"""A plan as the rows that the preview shows, and how many there are of each kind."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from branches.imports import calendar, organizations, people
from branches.imports.kinds import SOURCES, Shown, register
from branches.imports.plan import Plan
from branches.models import SheetImport, SheetRow

Outcome, Kind = SheetRow.Outcome, SheetImport.Kind
SAYS_OF_ORGANIZATIONS = {
    Outcome.MISSING: "同一个上级下，名册里有、表里没有的党组织。导入不会改动；已经撤销的，请在党组织页面办理。",
}
SAYS_OF_THE_CALENDAR = {
    Outcome.CHANGED: "日历里已经另有安排的日子，导入后改成右边的内容。",
    Outcome.NEW: "日历里还没有说到的日子，导入后写上。",
    Outcome.UNCHANGED: "和日历一致，不用写入。",
}
register(Kind.ORGANIZATIONS, organizations, Shown("党组织", ("organizations", "党组织"), says=SAYS_OF_ORGANIZATIONS))
register(Kind.PEOPLE, people, Shown("姓名", ("people", "人员名册")))
register(Kind.CALENDAR, calendar, Shown("日期", ("calendar", "工作日历"), says=SAYS_OF_THE_CALENDAR))
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

"""One's own imports, and one of them as its page shows it: how far it is, and its rows by what becomes of them."""

from dataclasses import dataclass
from typing import Any

from branches.imports.kinds import SHOWN, Shown
from branches.models import SheetImport, SheetRow
from core.jobs import Job

Outcome, Status = SheetRow.Outcome, SheetImport.Status
# in the order of the tabs: what must be seen before comes first
ORDER = (
    Outcome.FAULTY, Outcome.ALIKE, Outcome.NOTED, Outcome.CHANGED, Outcome.NEW, Outcome.MISSING, Outcome.UNCHANGED,
)  # fmt: skip
SAYS = {
    Outcome.FAULTY: "这些行要改好才能导入；有一行不对，整张表都不写入。",
    Outcome.ALIKE: "这些行要新增的人，同名册里或表里另一个学工号的人像是同一个人。确认前请逐行核对。",
    Outcome.NOTED: "不影响导入，请看一看。",
    Outcome.CHANGED: "名册里已有，导入后改成右边的内容。",
    Outcome.NEW: "名册里没有，导入后新增。",
    Outcome.MISSING: "表里提到的党支部中，名册里有、表里没有的。导入不会改动；已经离开的，请另办组织关系变动。",
    Outcome.UNCHANGED: "和名册一致，不用写入。",
}

# status → (from which percent of its job on, what is done then). All that is written is written in one transaction,
# during which nothing can be told: so writing is one step, without a share of itself
STEPS = {
    Status.READING: ((0, "读文件"), (30, "逐行和{book}核对"), (60, "存下核对结果")),
    Status.WRITING: ((0, "再读一遍文件"), (30, "再核对一遍，一次写入{book}和办理记录")),
}
DONE, NOW, TO_COME = ("done", "已办完"), ("wait", "正在办"), ("none", "还没开始")


@dataclass(frozen=True)
class Step:
    """One step of the work on a sheet; ``style`` and ``state`` say how far it is."""

    word: str
    style: str
    state: str


@dataclass(frozen=True)
class Tab:
    """One outcome with its count; ``says`` is what it means for the reader."""

    outcome: str
    word: str
    count: int
    says: str


@dataclass(frozen=True)
class Preview:
    """What the page of one import shows: the tabs that hold something, the chosen one, and its rows."""

    tabs: list[Tab]
    shown: Tab | None
    rows: Any

    @property
    def has_before(self) -> bool:
        """Do the rows of this tab say what was before?"""
        return self.shown is not None and self.shown.outcome == Outcome.CHANGED


def earlier_imports(user):
    """One's own uploads, the latest first."""
    return SheetImport.objects.visible_to(user).select_related("job")


def how_shown(row) -> Shown:
    """What the page of an import says of its kind."""
    return SHOWN[row.kind]


def steps_of(row) -> list[Step]:
    """The steps of the work that a sheet waits for, by the progress of its job; none when it waits for nothing."""
    steps, job = STEPS.get(row.status, ()), row.job
    begun = [step for step in steps if job and job.state != Job.State.PENDING and job.progress >= step[0]]
    return [
        Step(
            step[1].format(book=row.book),
            *(TO_COME if step not in begun else NOW if step == begun[-1] else DONE),
        )
        for step in steps
    ]


def preview_of(row, wanted="") -> Preview:
    """The rows of one outcome, by default of the first that has any."""
    says = SAYS | SHOWN[row.kind].says
    tabs = [Tab(one, one.label, count, says[one]) for one in ORDER if (count := row.counts.get(one, 0))]
    shown = next((tab for tab in tabs if tab.outcome == wanted), tabs[0] if tabs else None)
    return Preview(tabs, shown, row.rows.filter(outcome=shown.outcome if shown else ""))

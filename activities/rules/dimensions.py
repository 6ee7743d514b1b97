"""Who names the dimensions of 三定一创, from which month they end, and why not."""

from branches import access
from branches.access import rule
from core.periods import Month
from core.workflow import YES, no

DEPARTMENT_ONLY = "三定一创的维度由党委组织部制定，这里可以查看。"


@rule("dimension.set")
def can_set_dimension(user, dimension=None):
    """The department of the topmost committee: what it names holds for the whole tree."""
    return YES if access.heads_department(user) else no(DEPARTMENT_ONLY)


@rule("dimension.end")
def can_end_dimension(user, dimension):
    """Let it end with a month to come; what has ended stays so once that month has come."""
    if not access.heads_department(user):
        return no(DEPARTMENT_ONLY)
    return no("这个维度已经定了停用月份。") if dimension.ended_from else YES


@rule("dimension.resume")
def can_resume_dimension(user, dimension):
    """Take an ending back while its month has not come."""
    if not access.heads_department(user):
        return no(DEPARTMENT_ONLY)
    if dimension.ended_from is None:
        return no("这个维度没有停用。")
    if dimension.ended_from <= Month.current():
        return no("停用的月份已经到了，不能撤销；需要时另加一个维度。")
    return YES


@rule("dimension.drop")
def can_drop_dimension(user, dimension):
    """Only what nobody has marked: marks keep their dimension, which ends instead."""
    if not access.heads_department(user):
        return no(DEPARTMENT_ONLY)
    return no("已有支部按这个维度评价过，不能删去；不再用时请停用。") if dimension.marks.exists() else YES


def first_end(dimension) -> Month:
    """The first month with which it can end: months that are over, or in which it was marked, stay as they are."""
    last = dimension.marks.order_by("-day__month").values_list("day__month", flat=True).first()
    return max(Month.current(), dimension.effective_from.next, last.next if last else dimension.effective_from)

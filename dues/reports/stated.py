"""What months said when they went up, and what a receipt is for: read for lists, in a fixed number of queries."""

from collections import defaultdict

from django.db.models import OuterRef, Subquery, Sum

from activities.reports import numbers
from branches.models import Organization
from core.periods import Month
from dues.models import DuesMonth, Entry, Receipt, Statement


def stated(dues_months) -> list[tuple[DuesMonth, Statement | None]]:
    """Each month with the statement that it was handed in with last."""
    rows = list(dues_months)
    said = Statement.objects.filter(dues_month__in=rows, act=Statement.Act.SUBMITTED).order_by("pk")
    last = {one.dues_month_id: one for one in said}
    return [(row, last.get(row.pk)) for row in rows]


def stated_total(dues_months) -> dict:
    """What a QuerySet of months that were handed in comes to: 元 and people, by the names of ``Statement``."""
    of_month = Statement.objects.filter(dues_month=OuterRef("pk"), act=Statement.Act.SUBMITTED).order_by("-pk")
    last = dues_months.order_by().values(last=Subquery(of_month.values("pk")[:1]))
    names = ("owed", "owed_people", "paid", "paid_people", "deferred", "deferred_people", "arrears", "arrears_people")
    return Statement.objects.filter(pk__in=last).aggregate(**{name: Sum(name, default=0) for name in names})


def months_of(receipts) -> dict[int, list[Month]]:
    """``{receipt_id: the months it was given for}``."""
    found = defaultdict(list)
    rows = Entry.objects.filter(receipt__in=[row.pk for row in receipts]).order_by("charge__month")
    for receipt, month in rows.values_list("receipt", "charge__month"):
        found[receipt].append(month)
    return dict(found)


def branch_of(user, text: str) -> Organization | None:
    """The branch that an address names, if the user sees its receipts; else None."""
    rows = Receipt.objects.visible_to(user).values("branch")
    return Organization.objects.filter(pk__in=numbers(text)[:1]).filter(pk__in=rows).first() if text else None

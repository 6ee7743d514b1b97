"""Who may verify, register and reverse, and why not. Those above the branch only read (``visible_to``)."""

from branches import access
from branches.access import rule
from core.periods import Month
from core.workflow import YES, no
from dues.models import DuesMonth

NAMED = 3  # so many members are named; more are counted


def _drafter(user, organization):
    """Dues are recorded at exactly the branch that collects them."""
    if not access.holds(user, organization, access.DRAFTERS):
        return no("党费由本支部书记、副书记或组织委员登记和查验。")
    return YES


@rule("dues.verify")
def can_verify(user, dues_month):
    """Sign a month off, everybody being paid or put off with a reason."""
    if dues_month.status != DuesMonth.Status.OPEN:
        return no("本月已经查验签认。")
    if dues_month.month > Month.current():
        return no(f"还没有到 {dues_month.month.label}。")
    return _drafter(user, dues_month.organization)


def why_incomplete(lacking) -> str:
    """Why a month is not signed off while these members owe without a charge, and what to do; empty for nobody."""
    if not lacking:
        return ""
    names = "、".join(person.name for person in lacking[:NAMED]) + ("等" if len(lacking) > NAMED else "")
    return (
        f"还有 {len(lacking)} 人没有应缴（{names}），不能签认。"
        "请先在“还没有应缴的党员”里补出应缴，缺基数的先填基数，再查验签认。"
    )


@rule("dues.pay")
def can_pay(user, charge):
    """Register a later payment of a charge that is put off or not registered."""
    if charge.month > Month.current():
        return no(f"还没有到 {charge.month.label}。")
    return _drafter(user, charge.dues_month.organization)


@rule("dues.fill")
def can_fill(user, dues_month):
    """Set bases that are missing and add the charges that follow from them."""
    return _drafter(user, dues_month.organization)


@rule("dues.correct")
def can_correct(user, dues_month):
    """Take payments of a month back: the secretary or deputy answers for it."""
    if not access.holds(user, dues_month.organization, access.SECRETARIES):
        return no("由本支部书记或副书记冲正。")
    return YES


@rule("dues.reverse")
def can_reverse(user, entry):
    """Take one payment back: as above, and nobody does it to their own."""
    if entry.charge.person.user_id == user.pk:
        return no("这是您本人的党费，请由支部另一位书记或副书记冲正。")
    return can_correct(user, entry.charge.dues_month)


@rule("dues.see")
def can_see(user, row):
    """Do dues of this row's organization concern the user? The same offices as in ``visible_to``."""
    seats = access.seats(user)
    if any(seat.office in access.TREASURY and row.organization.path.startswith(seat.path) for seat in seats):
        return YES
    return no("党费由支部书记、副书记和组织委员查验。")

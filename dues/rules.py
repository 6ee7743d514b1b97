"""Who may verify, register and reverse, and why not. Those above the branch only read (``visible_to``)."""

from branches import access
from branches.access import rule
from core.periods import Month
from core.workflow import YES, no
from dues.models import DuesMonth
from dues.models.months import reviewers_of

NAMED = 3  # so many members are named; more are counted


def _drafter(user, organization):
    """Dues are recorded at exactly the branch that collects them."""
    if not access.holds(user, organization, access.DRAFTERS):
        return no("党费由本支部书记、副书记或组织委员登记和查验。")
    return YES


@rule("dues.verify")
def can_verify(user, dues_month):
    """Sign a month off, everybody being paid or put off with a reason."""
    if dues_month.is_handed_in:
        return no("本月已经上报，要改先撤回。")
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


def why_unpaid(names) -> str:
    """Why a month is not handed in while these members are neither paid nor put off; empty for nobody."""
    if not names:
        return ""
    named = "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")
    return f"{named}还没有登记，不能上报。请先登记交纳或写明缓交原因，再上报。"


@rule("dues.submit")
def can_submit(user, dues_month):
    """Hand a signed month in: the secretary or deputy answers for it."""
    if dues_month.status == DuesMonth.Status.OPEN:
        return no("先查验签认，再上报。")
    if dues_month.is_handed_in:
        return no("本月已经上报。")
    if not access.holds(user, dues_month.organization, access.SECRETARIES):
        return no("由本支部书记或副书记上报。")
    return YES


@rule("dues.withdraw")
def can_withdraw(user, dues_month):
    """Take a month back that nobody above has acted on: forwarded is what the general branch did, not the branch."""
    status = DuesMonth.Status
    waits = dues_month.status == status.SUBMITTED or (
        dues_month.status == status.FORWARDED and dues_month.organization.is_direct
    )
    if not waits:
        return no("上级已经办理，要改请上级退回。" if dues_month.is_handed_in else "本月还没有上报。")
    if not access.holds(user, dues_month.organization, access.SECRETARIES):
        return no("由本支部书记或副书记撤回。")
    return YES


def _not_ones_own(user, dues_month):
    return no("这是您本人上报的，请由另一位办理。") if dues_month.submitted_by_id == user.pk else YES


@rule("dues.forward")
def can_forward(user, dues_month):
    """Forward a branch's month to the department, which does so itself where the general branch has nobody to."""
    if dues_month.status != DuesMonth.Status.SUBMITTED:
        return no("不在待转报之列。")
    above = dues_month.organization.parent
    stands_in = access.is_department(user, above) and not reviewers_of(above, dues_month.submitted_by_id).exists()
    if not (access.holds(user, above, access.DRAFTERS) or stands_in):
        return no("由所属党总支书记、副书记或组织委员转报。")
    return _not_ones_own(user, dues_month)


@rule("dues.settle")
def can_settle(user, dues_month):
    """Settle a month: nothing in it changes any more."""
    if dues_month.status != DuesMonth.Status.FORWARDED:
        return no("不在待结清之列。")
    if not access.is_department(user, dues_month.organization):
        return no("由组织部结清。")
    return _not_ones_own(user, dues_month)


@rule("dues.return")
def can_return(user, dues_month):
    """Send a month back to its branch: whoever it waits for."""
    return can_forward(user, dues_month) or can_settle(user, dues_month)


@rule("dues.pay")
def can_pay(user, charge):
    """Register a later payment of a charge that is put off or not registered."""
    if charge.month > Month.current():
        return no(f"还没有到 {charge.month.label}。")
    return _drafter(user, charge.dues_month.organization)


@rule("dues.fill")
def can_fill(user, dues_month):
    """Set bases that are missing and add the charges that follow from them."""
    if dues_month.is_handed_in:
        return no("本月已经上报，要补出应缴先撤回。")
    return _drafter(user, dues_month.organization)


@rule("dues.correct")
def can_correct(user, dues_month):
    """Ask for payments of a month to be taken back."""
    return _drafter(user, dues_month.organization)


@rule("dues.reverse")
def can_reverse(user, entry):
    """Ask for one payment to be taken back: as above, and nobody does it to their own."""
    if entry.charge.person.user_id == user.pk:
        return no("这是您本人的党费，请由支部另一位书记、副书记或组织委员提出冲正。")
    return can_correct(user, entry.charge.dues_month)


@rule("dues.confirm_reversal")
def can_confirm_reversal(user, request):
    """Be the second person of a reversal: another officer of the branch, or one above it."""
    if request.outcome:
        return no(f"这份冲正申请{request.get_outcome_display()}。")
    if request.by_id == user.pk:
        return no("冲正要两个人办理：您提出的，请支部另一位书记、副书记、组织委员，或上级确认。")
    charge = request.entry.charge
    if charge.person.user_id == user.pk:
        return no("这是您本人的党费，请由另一位确认。")
    branch = charge.dues_month.organization
    if access.holds(user, branch, access.DRAFTERS) or access.decides_for(user, branch):
        return YES
    return no("由本支部书记、副书记、组织委员或上级确认。")


@rule("dues.withdraw_reversal")
def can_withdraw_reversal(user, request):
    """Take a request back that nobody has answered: the branch that asked."""
    if request.outcome:
        return no(f"这份冲正申请{request.get_outcome_display()}。")
    return _drafter(user, request.entry.charge.dues_month.organization)


@rule("dues.note_arrears")
def can_note_arrears(user, person):
    """Write down what was found out about a member who owes months: the branch, or who keeps the register above it."""
    if person.user_id == user.pk:
        return no("这是您本人的情况，请由支部另一位或上级登记。")
    if access.holds(user, person.organization, access.DRAFTERS) or access.keeps_from_above(user, person.organization):
        return YES
    return no("由本人所在支部的书记、副书记、组织委员或上级登记。")


@rule("dues.see")
def can_see(user, row):
    """Do dues of this row's organization concern the user? The same offices as in ``visible_to``."""
    seats = access.seats(user)
    if any(seat.office in access.TREASURY and row.organization.path.startswith(seat.path) for seat in seats):
        return YES
    return no("党费由支部书记、副书记和组织委员查验。")

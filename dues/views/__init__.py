"""Dues on screen."""

from dues.views.arrears import dues_arrears, dues_arrears_export, dues_mine, dues_owing, dues_pay_together
from dues.views.handing_in import dues_forward, dues_return, dues_settle, dues_submit, dues_waiting, dues_withdraw
from dues.views.ledger import (
    dues_pay,
    dues_receipt,
    dues_receipts,
    dues_receipts_export,
    dues_reversal,
    dues_reversals,
    dues_reverse,
)
from dues.views.months import (
    dues,
    dues_day,
    dues_export,
    dues_fill,
    dues_month,
    dues_month_export,
    dues_sheet,
    dues_verify,
)

__all__ = [
    "dues",
    "dues_arrears",
    "dues_arrears_export",
    "dues_day",
    "dues_export",
    "dues_fill",
    "dues_forward",
    "dues_mine",
    "dues_month",
    "dues_month_export",
    "dues_owing",
    "dues_pay",
    "dues_pay_together",
    "dues_receipt",
    "dues_receipts",
    "dues_receipts_export",
    "dues_return",
    "dues_reversal",
    "dues_reversals",
    "dues_reverse",
    "dues_settle",
    "dues_sheet",
    "dues_submit",
    "dues_verify",
    "dues_waiting",
    "dues_withdraw",
]

"""Every write of dues: bases, opening, verifying, paying, reversing, handing in: lock · check · change · record · tell.

Whoever writes about a dues month locks its row first, so that verification is a clean cut. The ledger's unique key is
the second guard: what slips past a lock is still written once.
"""

from dues.actions.bases import lock_rates, set_bases
from dues.actions.handing_in import (
    forward_months,
    return_month,
    settle_months,
    submit_month,
    verify_and_submit,
    withdraw_month,
)
from dues.actions.noting import note_arrears
from dues.actions.opening import fill_month, fill_opened, open_month
from dues.actions.paying import Choice, pay, pay_together, payment_key
from dues.actions.reversing import ask_reversal, confirm_reversal, decline_reversal, withdraw_reversal
from dues.actions.verifying import DEFER, verify_month

__all__ = [
    "DEFER",
    "Choice",
    "ask_reversal",
    "confirm_reversal",
    "decline_reversal",
    "fill_month",
    "fill_opened",
    "forward_months",
    "lock_rates",
    "note_arrears",
    "open_month",
    "pay",
    "pay_together",
    "payment_key",
    "return_month",
    "set_bases",
    "settle_months",
    "submit_month",
    "verify_and_submit",
    "verify_month",
    "withdraw_month",
    "withdraw_reversal",
]

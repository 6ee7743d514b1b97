"""Every write of dues: bases, opening, verification, payment, reversal: lock · check · change · record · tell.

Whoever writes about a dues month locks its row first, so that verification is a clean cut. The ledger's unique key is
the second guard: what slips past a lock is still written once.
"""

from dues.actions.bases import lock_rates, set_bases
from dues.actions.opening import fill_month, fill_opened, lacking, open_month, without_charge
from dues.actions.paying import Choice, pay, payment_key
from dues.actions.reversing import reverse
from dues.actions.verifying import DEFER, verify_month

__all__ = [
    "DEFER",
    "Choice",
    "fill_month",
    "fill_opened",
    "lacking",
    "lock_rates",
    "open_month",
    "pay",
    "payment_key",
    "reverse",
    "set_bases",
    "verify_month",
    "without_charge",
]

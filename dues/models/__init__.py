"""Rates and bases as dated data; a branch's dues month with its frozen charges; the ledger, which only ever grows."""

from dues.bases.models import BasePart, PayItem, PayScheme
from dues.models.bases import Base
from dues.models.ledger import SEAL, ArrearsNote, Charge, Deferral, Entry, Receipt, ReversalRequest
from dues.models.months import DuesMonth, Statement, uncharged
from dues.models.policies import MONEY, Bracket, RatePolicy

__all__ = [
    "MONEY",
    "SEAL",
    "ArrearsNote",
    "Base",
    "BasePart",
    "Bracket",
    "Charge",
    "Deferral",
    "DuesMonth",
    "Entry",
    "PayItem",
    "PayScheme",
    "RatePolicy",
    "Receipt",
    "ReversalRequest",
    "Statement",
    "uncharged",
]

"""Rates and bases as dated data; a branch's dues month with its frozen charges; the ledger, which only ever grows."""

from dues.models.bases import Base
from dues.models.ledger import SEAL, ArrearsNote, Charge, Deferral, Entry, Receipt, ReversalRequest
from dues.models.months import DuesMonth, Statement, uncharged
from dues.models.policies import MONEY, Bracket, RatePolicy

__all__ = [
    "MONEY",
    "SEAL",
    "ArrearsNote",
    "Base",
    "Bracket",
    "Charge",
    "Deferral",
    "DuesMonth",
    "Entry",
    "RatePolicy",
    "Receipt",
    "ReversalRequest",
    "Statement",
    "uncharged",
]

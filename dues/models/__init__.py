"""Rates and bases as dated data; a branch's dues month with its frozen charges; the ledger, which only ever grows."""

from dues.models.bases import Base
from dues.models.ledger import Charge, Deferral, Entry
from dues.models.months import DuesMonth, uncharged
from dues.models.policies import MONEY, Bracket, RatePolicy

__all__ = ["MONEY", "Base", "Bracket", "Charge", "Deferral", "DuesMonth", "Entry", "RatePolicy", "uncharged"]

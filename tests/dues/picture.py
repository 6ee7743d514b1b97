"""All that the database holds of dues at one moment, and what it comes to, in plain Python. Money is in fen."""

from collections import Counter, defaultdict
from functools import cached_property
from typing import NamedTuple

from django.db import connection

COLUMNS = {
    "dues_duesmonth": "organization_id month status first_verified_at verified_at verified_by_id first_submitted_at "
    "submitted_at submitted_by_id settled_at settled_by_id",
    "dues_charge": "dues_month_id person_id month amount base rate category standing revision",
    "dues_entry": "charge_id amount month_paid reverses_id receipt_id method key note by_id second_id seal",
    "dues_receipt": "branch_id year number person_id",
    "dues_deferral": "charge_id lifted_at reason",
    "dues_statement": "dues_month_id act owed owed_people paid paid_people arrears arrears_people deferred",
    "dues_reversalrequest": "entry_id by_id outcome answered_by_id",
    "dues_base": "person_id amount from_month",
    "branches_person": "organization_id left_on user_id category",
    "branches_transfer": "status person_id requested_by_id to_organization_id from_organization_id",
}
COUNTED = ("core_auditentry", "core_notice", "dues_ratepolicy", "dues_bracket")
# what is only ever added to
KEPT = ("dues_charge", "dues_entry", "dues_receipt", "dues_statement", "dues_base")
NAMES = ("owed", "paid", "undone", "later", "deferred", "unpaid", "arrears")
UP = ("SUBMITTED", "FORWARDED", "SETTLED")


class Row(NamedTuple):
    """A dues month."""

    pk: int
    branch: int
    month: str
    status: str


class Owed(NamedTuple):
    """A charge, with what was paid of it, and of that by the end of its month."""

    pk: int
    dues_month: int
    person: int
    month: str
    amount: int
    paid: int
    by_end: int
    state: str


def fen(money):
    return round(money * 100)


def name_of(day):
    """The month of a value of either database: 2026-11."""
    return str(day)[:7]


class Picture:
    """The rows of every table of dues, of the register and of the counters of the log."""

    def __init__(self):
        with connection.cursor() as cursor:
            self.tables = {}
            for table, columns in COLUMNS.items():
                cursor.execute(f"SELECT id, {', '.join(columns.split())} FROM {table} ORDER BY id")
                self.tables[table] = {row[0]: row[1:] for row in cursor.fetchall()}
            cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in COUNTED)}")
            self.counts = cursor.fetchone()

    def __eq__(self, other):
        return (self.tables, self.counts) == (other.tables, other.counts)

    @cached_property
    def months(self):
        rows = self.tables["dues_duesmonth"].items()
        return {pk: Row(pk, branch, name_of(month), status) for pk, (branch, month, status, *_) in rows}

    @cached_property
    def entries(self):
        """``(pk, charge, fen, month paid, reverses, receipt)`` of each."""
        rows = self.tables["dues_entry"].items()
        return [(pk, row[0], fen(row[1]), name_of(row[2]), row[3], row[4]) for pk, row in rows]

    @cached_property
    def put_off(self):
        return {charge for charge, lifted_at, _ in self.tables["dues_deferral"].values() if lifted_at is None}

    @cached_property
    def charges(self):
        paid, by_end, found = Counter(), Counter(), {}
        rows = self.tables["dues_charge"]
        months = {pk: name_of(row[2]) for pk, row in rows.items()}
        for _, charge, money, booked, _, _ in self.entries:
            paid[charge] += money
            by_end[charge] += money if booked <= months[charge] else 0
        for pk, (dues_month, person, _, amount, *_) in rows.items():
            amount = fen(amount)
            state = "UNPAID"
            if paid[pk] >= amount:
                state = "PAID" if by_end[pk] >= amount else "PAID_LATER"
            elif pk in self.put_off:
                state = "DEFERRED"
            found[pk] = Owed(pk, dues_month, person, months[pk], amount, paid[pk], by_end[pk], state)
        return found

    @cached_property
    def standing(self):
        """``{charge: entry}``: the payment that stands of each charge that is paid."""
        undone = {reverses for _, _, _, _, reverses, _ in self.entries}
        return {charge: pk for pk, charge, money, *_ in self.entries if money > 0 and pk not in undone}

    @cached_property
    def waiting(self):
        """Requests that wait for an answer: ``{request: (entry, by)}``."""
        rows = self.tables["dues_reversalrequest"].items()
        return {pk: (entry, by) for pk, (entry, by, outcome, _) in rows if not outcome}

    def branch_of(self, charge):
        return self.months[self.charges[charge].dues_month].branch

    @cached_property
    def figures(self):
        """``{dues_month: {part: (fen, people)}}``: what the pages must show."""
        found = {pk: {name: [0, set()] for name in NAMES} for pk in self.months}
        pages = {(row.branch, row.month): row.pk for row in self.months.values()}

        def add(dues_month, name, money, who):
            found[dues_month][name][0] += money
            found[dues_month][name][1].add(who)

        for one in self.charges.values():
            add(one.dues_month, "owed", one.amount, one.pk)
            if one.by_end or one.state == "PAID":
                add(one.dues_month, "paid", one.by_end, one.pk)
            if one.by_end and not one.state.startswith("PAID"):
                add(one.dues_month, "undone", one.by_end, one.pk)
            if name := {"PAID_LATER": "later", "DEFERRED": "deferred", "UNPAID": "unpaid"}.get(one.state):
                add(one.dues_month, name, one.amount, one.pk)
        for _, charge, money, booked, _, _ in self.entries:
            page = pages.get((self.branch_of(charge), booked))
            if booked > self.charges[charge].month and page:
                add(page, "arrears", money, self.charges[charge].person)
        return {
            pk: {name: (money, len(people)) for name, (money, people) in parts.items()} for pk, parts in found.items()
        }

    @cached_property
    def received(self):
        """``{(branch, month): fen}``, by the branch of the charge and the month in which it was booked."""
        found = Counter()
        for _, charge, money, booked, _, _ in self.entries:
            found[self.branch_of(charge), booked] += money
        return found

    @cached_property
    def stated(self):
        """``{dues_month: what it was handed in with last}``."""
        found = {}
        for row in self.tables["dues_statement"].values():
            if row[1] == "SUBMITTED":
                found[row[0]] = row
        return found

    def touched_since(self, before):
        """The dues months of which a row is new or other, and those in which money came."""
        new = {
            table: [row for pk, row in self.tables[table].items() if before.tables[table].get(pk) != row]
            for table in ("dues_charge", "dues_entry", "dues_deferral")
        }
        rows, old = self.tables["dues_duesmonth"], before.tables["dues_duesmonth"]
        touched = {pk for pk, row in rows.items() if old.get(pk) != row}
        touched |= {row[0] for row in new["dues_charge"]}
        charges = {row[0] for table in ("dues_entry", "dues_deferral") for row in new[table]}
        touched |= {self.charges[charge].dues_month for charge in charges}
        places = {(self.branch_of(row[0]), name_of(row[2])) for row in new["dues_entry"]}
        return touched | {row.pk for row in self.months.values() if (row.branch, row.month) in places}


def added_up(figures):
    """The sum of the figures of several months, part by part."""
    total = dict.fromkeys(NAMES, (0, 0))
    for parts in figures:
        total = {name: (total[name][0] + parts[name][0], total[name][1] + parts[name][1]) for name in NAMES}
    return total


def said_by(sums):
    """The figures that a page shows, as those of a picture."""
    return {name: (fen(getattr(sums, name).money), getattr(sums, name).count) for name in NAMES}


def check_by_itself(now, parents):
    """What must be true of every picture; ``parents`` are the general branches by branch."""
    for one in now.charges.values():
        assert 0 <= one.by_end <= one.amount, one
        assert 0 <= one.paid <= one.amount, one
    by_member, by_branch, by_parent, ledger = Counter(), Counter(), Counter(), 0
    for _, charge, money, *_ in now.entries:
        ledger += money
        by_member[now.charges[charge].person] += money
    for (branch, _), money in now.received.items():
        by_branch[branch] += money
        by_parent[parents[branch]] += money
    of_charges = Counter()
    for one in now.charges.values():
        of_charges[one.dues_month] += one.paid
    by_page = Counter()
    for pk, money in of_charges.items():
        by_page[now.months[pk].branch] += money
    assert +by_branch == +by_page
    assert sum(by_member.values()) == sum(by_branch.values()) == sum(by_parent.values()) == ledger
    numbers = defaultdict(list)
    for branch, year, number, _ in now.tables["dues_receipt"].values():
        numbers[branch, year].append(number)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values()), numbers
    assert {row[5] for row in now.entries if row[4] is None} == set(now.tables["dues_receipt"])
    for pk, row in now.months.items():
        assert row.status != "VERIFIED" or now.figures[pk]["unpaid"] == (0, 0), row
        if row.status in UP:
            _, _, owed, owers, paid, payers, arrears, late, _ = now.stated[pk]
            parts = now.figures[pk]
            stated = {"owed": (fen(owed), owers), "paid": (fen(paid), payers), "arrears": (fen(arrears), late)}
            assert {name: parts[name] for name in stated} == stated


def check_since(now, before, closed):
    """What was written stays; what a month that is over received (``closed``) stays."""
    for table in KEPT:
        assert before.tables[table].items() <= now.tables[table].items(), table
    assert {key: now.received[key] for key in closed} == closed

"""The written table: which office sees what of which place, what an address takes, and which place has it."""

from tests.things import TAKES

BRANCHES = ["own", "sibling", "other", "closed", "closed elsewhere"]
PLACES = [*BRANCHES, "parent", "other general branch", "university", "no place"]
CELLS = {
    "-": set(),
    "own": {"own"},
    "part": {"own", "sibling", "closed", "parent"},  # everything under First's general branch
    "all": set(PLACES),
} | {place: {place} for place in PLACES}

# Of which places an office sees what. Reading only or not: that is decided by rules, for things that are seen.
# notices and seats (offices to work in) are the person's alone, an import is its uploader's, who is none of these
TABLE = """
                                records plans drafts withdrawn dues accounts results published reports months schemes
branch secretary                own     own   own    own       own  own      -       own       -       -      all
branch deputy                   own     own   own    own       own  own      -       own       -       -      all
branch organization             own     own   own    own       own  own      -       own       -       -      all
branch publicity                own     own   own    own       -    -        -       -         -       -      -
branch discipline               own     own   own    own       -    -        -       -         -       -      -
branch member of committee      own     own   own    own       -    -        -       -         -       -      -
branch group leader             own     -     -      -         -    -        -       -         -       -      -
general secretary               part    part  -      part      part part     part    part      part    all    all
general deputy                  part    part  -      part      part part     part    part      part    all    all
general organization            part    part  -      part      part part     part    part      part    all    all
general publicity               part    part  -      -         -    -        -       -         -       -      -
general leader                  part    part  -      -         part -        part    part      part    all    all
department                      all     all   -      all       all  all      all     all       all     all    all
university leader               all     all   -      -         all  -        all     all       all     all    all
plain member                    -       -     -      -         -    -        -       -         -       -      -
closed secretary                -       -     -      -         -    -        -       -         -       -      -
former secretary                -       -     -      -         -    -        -       -         -       -      -
coming secretary                -       -     -      -         -    -        -       -         -       -      -
"""
PERSONAL = {  # (office, what) → where that office's holder has one
    ("branch secretary", "notices"): "own", ("branch secretary", "seats"): "own",
    ("general secretary", "notices"): "parent", ("general secretary", "seats"): "parent",
    ("department", "notices"): "university", ("department", "seats"): "university",
    ("closed secretary", "notices"): "closed",  # what was told to the person stays the person's; the seat does not
}  # fmt: skip

# what an address takes → the column of the table that says who sees it
SEEN_AS = {
    "records": {
        "organization", "group", "appointment", "election", "person", "step", "exclusion", "transfer",
        "incoming transfer", "month of a branch", "day", "attendance", "guest", "item", "item of a day", "meeting",
        "urged branch",
    },
    "plans": {"plan", "filed plan"},
    "drafts": {"draft", "plan taken back", "day of a plan taken back"},
    "withdrawn": {"review of a plan taken back"},  # its reviewers are told that it was
    "dues": {"dues month", "charge", "entry"},
    "accounts": {"account"},
    "results": {"result", "figures"},
    "published": {"published result"},
    "reports": {"report", "report row"},
    "months": {"assessment", "assessment row"},
    "schemes": {"scheme", "published assessment"},
    "notices": {"notice"},
    "seats": {"seat"},
    "nobody": {"import", "their group under one's own branch", "their item under one's own day"},
    "everybody": {"month", "urged month", "template"},  # nothing to see: the rule alone answers, with 403 and not 404
}  # fmt: skip

# further things in the same addresses
ALSO = {
    "draft": ["plan", "plan_print", *TAKES["filed plan"]],
    "plan taken back": ["plan", "plan_print", "plan_withdraw"],
    "review of a plan taken back": ["plan_forward", "plan_accept", "plan_return"],
    "day of a plan taken back": ["day", "day_record", "day_hold", "day_skip", "dues_day"],
    "incoming transfer": ["transfer", "transfer_accept", "transfer_decline"],
    "published result": TAKES["result"],
    "published assessment": TAKES["assessment"],
    "their group under one's own branch": TAKES["group"],
    "their item under one's own day": TAKES["item of a day"],
}
# whose history /audit/<kind>/<id>/ shows
RECORDS = {
    "activities.activityday": ["day", "day of a plan taken back"], "activities.attendance": ["attendance"],
    "activities.guest": ["guest"], "activities.monthlyplan": ["plan", "filed plan", "draft", "plan taken back"],
    "branches.appointment": ["appointment"], "branches.election": ["election"], "branches.exclusion": ["exclusion"],
    "branches.organization": ["organization"], "branches.person": ["person"], "branches.standingchange": ["step"],
    "branches.transfer": ["transfer", "incoming transfer"], "dues.charge": ["charge"],
    "dues.duesmonth": ["dues month"], "dues.entry": ["entry"], "meetings.meeting": ["meeting"],
    "supervision.assessment": ["assessment row"], "supervision.report": ["report row"],
    "supervision.result": ["figures"], "supervision.scheme": ["scheme"],
}  # fmt: skip

# which kinds of things a place has; whatever it is not named for, it cannot have
OF_ANY_ORGANIZATION = {"organization", "appointment", "election", "seat", "notice"}
ONLY_OF_A_BRANCH = {
    "group", "person", "step", "account", "exclusion", "transfer", "incoming transfer", "month of a branch", "plan",
    "filed plan", "draft", "plan taken back", "review of a plan taken back", "day", "day of a plan taken back",
    "attendance", "guest", "item", "item of a day", "meeting", "dues month", "charge", "entry", "result", "figures",
    "published result", "urged branch",
}  # fmt: skip
FOREIGN_UNDER_OWN = {"their group under one's own branch", "their item under one's own day"}
ONLY_ABOVE = {"report", "report row"}
OF_NO_ORGANIZATION = {
    "assessment", "assessment row", "published assessment", "month", "urged month", "scheme", "template",
}  # fmt: skip
HAS = {
    "own": OF_ANY_ORGANIZATION | ONLY_OF_A_BRANCH,
    "sibling": OF_ANY_ORGANIZATION | ONLY_OF_A_BRANCH | FOREIGN_UNDER_OWN,
    "other": OF_ANY_ORGANIZATION | ONLY_OF_A_BRANCH | FOREIGN_UNDER_OWN,
    "closed": OF_ANY_ORGANIZATION | ONLY_OF_A_BRANCH | FOREIGN_UNDER_OWN,
    "closed elsewhere": OF_ANY_ORGANIZATION | ONLY_OF_A_BRANCH | FOREIGN_UNDER_OWN,
    "parent": OF_ANY_ORGANIZATION | ONLY_ABOVE,
    "other general branch": OF_ANY_ORGANIZATION | ONLY_ABOVE,
    "university": OF_ANY_ORGANIZATION | ONLY_ABOVE | {"import"},
    "no place": OF_NO_ORGANIZATION,
}

# what nobody of this cast may see; everything else is let through to somebody, or it would be refused for no reason
HIDDEN_FROM_ALL = {
    *((kind, place) for kind in ("draft", "plan taken back", "day of a plan taken back") for place in BRANCHES[1:]),
    *((kind, place) for kind in FOREIGN_UNDER_OWN for place in BRANCHES[1:]),
    *(("seat", place) for place in PLACES[1:-1] if place not in ("parent", "university")),
    *(("notice", place) for place in PLACES[1:-1] if place not in ("closed", "parent", "university")),
    ("import", "university"),
}

"""The written table: which office sees what of which place, what an address takes, and which place has it."""

from tests.things import TAKES

BRANCHES = ["own", "sibling", "other", "closed", "closed elsewhere"]
PLACES = [*BRANCHES, "parent", "other general branch", "university", "no place"]
CELLS = {
    "-": set(),
    "own": {"own"},
    "part": {"own", "sibling", "closed", "parent"},  # everything under First's general branch
    "up": {"own", "parent", "university"},  # what those above have put in force leads those below
    "lead": {"parent", "university"},  # what an organization keeps for itself and for all below
    "top": {"university"},
    "partup": {"own", "sibling", "closed", "parent", "university"},
    "all": set(PLACES),
    "line": {"parent", "university"},  # what stands above First
} | {place: {place} for place in PLACES}

# Of which places an office sees what. Reading only or not: that is decided by rules, for things that are seen.
# notices, feeds, seats (offices to work in) are the person's alone, an import is its uploader's, who is none of these
TABLE = """
                           records plans themes drafts back dues accounts results published reports months schemes kept
branch secretary           own     own   up     own    own  own  own      -       own       -       -      all     up
branch deputy              own     own   up     own    own  own  own      -       own       -       -      all     up
branch organization        own     own   up     own    own  own  own      -       own       -       -      all     up
branch publicity           own     own   up     own    own  -    -        -       -         -       -      -       up
branch discipline          own     own   up     own    own  -    -        -       -         -       -      -       up
branch member of committee own     own   up     own    own  -    -        -       -         -       -      -       up
branch group leader        own     -     up     -      -    -    -        -       -         -       -      -       -
general secretary          part    part  partup -      part part part     part    part      part    all    all     lead
general deputy             part    part  partup -      part part part     part    part      part    all    all     lead
general organization       part    part  partup -      part part part     part    part      part    all    all     lead
general publicity          part    part  partup -      -    -    -        -       -         -       -      -       lead
general leader             part    part  partup -      -    part -        part    part      part    all    all     lead
department                 all     all   all    -      all  all  all      all     all       all     all    all     top
university leader          all     all   all    -      -    all  -        all     all       all     all    all     top
plain member               -       -     -      -      -    -    -        -       -         -       -      -       -
closed secretary           -       -     -      -      -    -    -        -       -         -       -      -       -
former secretary           -       -     -      -      -    -    -        -       -         -       -      -       -
coming secretary           -       -     -      -      -    -    -        -       -         -       -      -       -
"""
# the same for what is written above the branches
FURTHER = """
                           guides  unissued    wishes
branch secretary           line    -           own
branch deputy              line    -           own
branch organization        line    -           own
branch publicity           line    -           own
branch discipline          line    -           own
branch member of committee line    -           own
branch group leader        line    -           own
general secretary          line    parent      part
general deputy             line    parent      part
general organization       line    parent      part
general publicity          line    -           part
general leader             line    -           part
department                 all     university  all
university leader          all     -           all
plain member               -       -           own
closed secretary           -       -           -
former secretary           -       -           own
coming secretary           -       -           own
"""
PERSONAL = {  # (office, what) → where that office's holder has one
    ("branch secretary", "notices"): "own", ("branch secretary", "seats"): "own",
    ("general secretary", "notices"): "parent", ("general secretary", "seats"): "parent",
    ("department", "notices"): "university", ("department", "seats"): "university",
    ("branch secretary", "feeds"): "own", ("general secretary", "feeds"): "parent",
    ("department", "feeds"): "university", ("closed secretary", "feeds"): "closed",
    ("closed secretary", "notices"): "closed",  # what was told to the person stays the person's; the seat does not
}  # fmt: skip

# what belongs to all, everybody who holds an office sees
WITHOUT_OFFICE = {"plain member", "closed secretary", "former secretary", "coming secretary"}

# what an address takes → the column of the table that says who sees it
SEEN_AS = {
    "records": {
        "organization", "group", "appointment", "election", "person", "step", "exclusion", "transfer",
        "incoming transfer", "month of a branch", "day", "attendance", "guest", "item",
        "branch and year",
        "pairing", "visit", "pledge",
        "publicity", "mark",
        "leave", "make-up", "file of a make-up", "check-in",
        "item of a day", "meeting",
        "urged branch", "year of an organization", "month of a guide", "year", "file of a day", "year of a person",
    },
    "wishes": {"wish"},  # open to the branch that posted it
    "plans": {"plan", "filed plan", "annual plan", "filed annual plan", "summary", "filed summary", "year on paper"},
    "themes": {"annual plan in force"},
    "guides": {"guide", "file of a guide"},
    "unissued": {"unissued guide", "file of an unissued guide"},
    "kept": {"plan template"},
    "drafts": {
        "draft", "step of a draft", "plan taken back", "step of a plan taken back", "day of a plan taken back",
    },
    "back": {"review of a plan taken back"},  # its reviewers are told that it was
    "dues": {"dues month", "charge", "entry", "reversal", "receipt", "owing", "payer", "bases of a year",
        "arrears note",
    },
    "accounts": {"account"},
    "results": {"result", "figures"},
    "published": {"published result"},
    "reports": {"report", "report row"},
    "months": {"assessment", "assessment row"},
    "schemes": {"scheme", "published assessment"},
    "notices": {"notice"},
    "feeds": {"feed"},
    "seats": {"seat"},
    "nobody": {
        "import", "their group under one's own branch", "their item under one's own day",
        "their file under one's own day",
    },
    "officers": {"term", "calendar row", "policy", "rates", "dimension", "pay scheme"},
    # nothing to see: the rule alone answers, with 403 and not 404; a token is the key itself
    "everybody": {
        "month", "urged month", "template", "calendar day", "calendar year", "token", "code in the room",
        "month of rates",
    },
}  # fmt: skip

# further things in the same addresses
ALSO = {
    "unissued guide": TAKES["guide"],
    "file of an unissued guide": TAKES["file of a guide"],
    "draft": TAKES["plan"],
    "step of a draft": TAKES["filed plan"],
    "plan taken back": TAKES["plan"],
    "step of a plan taken back": ["plan_withdraw", "plan_amend", "plan_drop", "plan_discard"],
    "filed annual plan": TAKES["filed plan"],
    "filed summary": TAKES["filed plan"],
    "annual plan in force": TAKES["annual plan"],
    "review of a plan taken back": ["plan_forward", "plan_accept", "plan_return"],
    "day of a plan taken back": ["day", "day_record", "day_hold", "day_skip", "dues_day"],
    "incoming transfer": ["transfer", "transfer_accept", "transfer_decline"],
    "published result": TAKES["result"],
    "published assessment": TAKES["assessment"],
    "their group under one's own branch": TAKES["group"],
    "their item under one's own day": TAKES["item of a day"],
    "their file under one's own day": TAKES["file of a day"],
}
# whose history /audit/<kind>/<id>/ shows
RECORDS = {
    "branches.calendarday": ["calendar row"], "branches.term": ["term"],
    "activities.activityday": ["day", "day of a plan taken back"], "activities.attendance": ["attendance"],
    "activities.checkin": ["check-in"], "activities.leaverequest": ["leave"], "activities.makeup": ["make-up"],
    "activities.feed": ["feed"], "activities.monthguide": ["guide", "unissued guide"],
    "activities.guest": ["guest"], "activities.monthlyplan": ["plan", "filed plan", "draft", "plan taken back"],
    "activities.plantemplate": ["plan template"],
    "activities.annualplan": ["annual plan", "annual plan in force"], "activities.yearsummary": ["summary"],
    "activities.policy": ["policy"],
    "activities.publicity": ["publicity"], "activities.dimension": ["dimension"], "activities.daymark": ["mark"],
    "branches.appointment": ["appointment"], "branches.election": ["election"], "branches.exclusion": ["exclusion"],
    "branches.organization": ["organization"], "branches.person": ["person"], "branches.standingchange": ["step"],
    "branches.transfer": ["transfer", "incoming transfer"], "dues.charge": ["charge"],
    "dues.arrearsnote": ["arrears note"], "dues.duesmonth": ["dues month"], "dues.entry": ["entry"],
    "dues.ratepolicy": ["rates"],
    "dues.payscheme": ["pay scheme"], "dues.receipt": ["receipt"], "dues.reversalrequest": ["reversal"],
    "meetings.meeting": ["meeting"],
    "supervision.assessment": ["assessment row"], "supervision.report": ["report row"],
    "supervision.result": ["figures"], "supervision.scheme": ["scheme"],
    "activities.dayfile": ["file of a day"],
    "activities.wish": ["wish"], "activities.pairing": ["pairing"], "activities.pairingvisit": ["visit"],
    "activities.pledge": ["pledge"],
}  # fmt: skip

# which kinds of things a place has; whatever it is not named for, it cannot have
OF_ANY_ORGANIZATION = {
    "organization", "appointment", "election", "seat", "notice", "annual plan", "filed annual plan", "summary",
    "year on paper", "filed summary", "year of an organization", "annual plan in force", "feed", "month of a guide",
    "plan template", "year", "publicity",
}  # fmt: skip
ONLY_OF_A_BRANCH = {
    "group", "person", "step", "account", "exclusion", "transfer", "incoming transfer", "month of a branch", "plan",
    "filed plan", "draft", "step of a draft", "plan taken back", "step of a plan taken back",
    "review of a plan taken back", "day", "day of a plan taken back",
    "attendance", "guest", "item", "item of a day", "meeting", "dues month", "charge", "entry", "result", "figures",
    "reversal", "receipt", "owing", "payer", "bases of a year", "arrears note",
    "published result", "urged branch", "file of a day", "year of a person",
    "branch and year",
    "wish", "pairing", "visit", "pledge",
    "mark",
    "leave", "make-up", "file of a make-up", "check-in",
}  # fmt: skip
FOREIGN_UNDER_OWN = {
    "their group under one's own branch", "their item under one's own day", "their file under one's own day",
}  # fmt: skip
ONLY_ABOVE = {
    "report", "report row", "guide", "file of a guide", "unissued guide", "file of an unissued guide",
}  # fmt: skip
OF_NO_ORGANIZATION = {
    "calendar day", "calendar year", "calendar row", "term", "policy", "rates", "month of rates", "dimension",
    "pay scheme",
    "assessment", "assessment row", "published assessment", "month", "urged month", "scheme", "template",
    "token", "code in the room",
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
    *((kind, place) for kind in SEEN_AS["drafts"] for place in BRANCHES[1:]),
    *((kind, place) for kind in FOREIGN_UNDER_OWN for place in BRANCHES[1:]),
    *(("seat", place) for place in PLACES[1:-1] if place not in ("parent", "university")),
    *(
        (kind, place)
        for kind in ("notice", "feed")
        for place in PLACES[1:-1]
        if place not in ("closed", "parent", "university")
    ),
    *(("plan template", place) for place in (*BRANCHES[1:], "other general branch")),
    ("import", "university"),
    ("unissued guide", "other general branch"),
    ("file of an unissued guide", "other general branch"),
}

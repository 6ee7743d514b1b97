"""What happens on the activity day, and to guides, templates, feeds and the policy. The day's acts are offered here."""

from activities.actions.attendance import correct_attendance, freeze_roster, mark_attendance, members_of_the_day
from activities.actions.check_ins import check_in
from activities.actions.day_files import MOST_FILES, attach_files, drop_day_file, move_day_file
from activities.actions.days import hold_day, resume_day, skip_day
from activities.actions.guests import carry_guests, dismiss_guest, invite_guest
from activities.actions.leaves import ask_leave, withdraw_leave
from activities.actions.make_ups import drop_make_up, save_make_up
from activities.actions.records import (
    Overtaken,
    RecordIncomplete,
    add_item,
    drop_item,
    missing,
    record_day,
    reopen_record,
    return_record,
    save_record,
    sign_item,
)

__all__ = [
    "MOST_FILES",
    "Overtaken",
    "RecordIncomplete",
    "add_item",
    "ask_leave",
    "attach_files",
    "carry_guests",
    "check_in",
    "correct_attendance",
    "dismiss_guest",
    "drop_day_file",
    "drop_item",
    "drop_make_up",
    "freeze_roster",
    "hold_day",
    "invite_guest",
    "mark_attendance",
    "members_of_the_day",
    "missing",
    "move_day_file",
    "record_day",
    "reopen_record",
    "resume_day",
    "return_record",
    "save_make_up",
    "save_record",
    "sign_item",
    "skip_day",
    "withdraw_leave",
]

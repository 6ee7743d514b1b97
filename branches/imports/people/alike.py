"""New rows that look like somebody who is known under another number: a name, and one thing more that is the same."""

from collections import defaultdict

from branches import identity
from branches.imports.plan import Alike


def find_alike(lines, people) -> list[Alike]:
    """Each new row of which the register, or an earlier row of the sheet, has somebody of the same name with the same
    birth date, telephone or identity number. The numbers differ: whether it is one person is for people to say.

    ``people`` are those of the register who bear one of the names.
    """
    known = defaultdict(list)
    for person in people:
        left = f"，{person.left_on} 已离开" if person.left_on else ""
        known[person.name].append(
            (f"名册里学工号 {person.staff_number} 的{person.name}（{person.organization}{left}）",
             person.born_on, person.phone, _opened(person.identity_sealed))
        )  # fmt: skip
    found = []
    for line in lines:
        name, number = line.values["name"], line.values["staff_number"]
        mine = (line.values.get("born_on"), line.values.get("phone"), line.identity)
        for whom, *theirs in known[name]:
            same = [word for word, one, other in zip(WHAT, mine, theirs, strict=True) if one and one == other]
            if same:
                found.append(Alike(line.row, number, name, f"与{whom}同名，{'、'.join(same)}也相同"))
                break
        known[name].append((f"第 {line.row} 行学工号 {number} 的{name}", *mine))
    return found


def _opened(sealed) -> str:
    """The number; nothing of one that no key opens, which then is no likeness."""
    try:
        return identity.unseal(sealed)
    except identity.IdentityKeyError:
        return ""


WHAT = ("出生日期", "联系电话", "身份证号")

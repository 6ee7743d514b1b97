"""The register as workbooks: the same rows as on the pages."""

from core.workbooks import Book

ORGANIZATIONS = [
    ("组织编码", 14), ("党组织全称", 44), ("简称", 24), ("组织类别", 12), ("上级组织", 24), ("书记", 12),
    ("正式党员", 10), ("预备党员", 10), ("发展对象", 10), ("入党积极分子", 12), ("本届届满日期", 14), ("撤销日期", 14),
    ("提醒", 36),
]  # fmt: skip

ACCOUNTS = [
    ("姓名", 12), ("学工号", 14), ("所在党支部", 28), ("党内职务", 32), ("账号情况", 12), ("激活码", 26),
    ("最近登录", 20),
]  # fmt: skip
AUDIT = [
    ("时间", 18), ("办理人", 12), ("学工号", 14), ("事项", 22), ("对象类别", 14), ("对象", 30), ("党组织", 26),
    ("说明", 36), ("改动前", 44), ("改动后", 44),
]  # fmt: skip


def _one_sheet(title, heading, columns, rows, note, *, filtered=False) -> bytes:
    """A workbook of one list, written as its rows come."""
    book = Book()
    book.sheet(title, heading, columns, rows, note=note, filtered=filtered)
    return book.bytes()


def organizations_book(lines, note) -> bytes:
    """The organizations as the page shows them; what has others below it counts their people too."""
    return _one_sheet("党组织", "党组织名册", ORGANIZATIONS, map(_organization_cells, lines), note)


def _organization_cells(line):
    row, count = line.organization, line.totals
    secretary = line.secretary.person.name if line.secretary else ""
    above = row.parent.short_name if row.parent else ""
    words = "；".join(remark.word for remark in line.remarks)
    return [
        row.code, row.name, row.short_name, row.kind_label, above, secretary,
        count.full, count.probationary, count.prospects, count.activists, row.term_ends_on, row.closed_on, words,
    ]  # fmt: skip


def audit_book(lines, note) -> bytes:
    """The audit log as the page shows it, a line an entry; written as the lines come."""
    return _one_sheet("办理记录", "办理记录", AUDIT, map(_audit_cells, lines), note, filtered=True)


def _audit_cells(line):
    entry, told = line.entry, [(f"{one.row}　{one.field}".strip(), one.before, one.after) for one in line.told]
    return [
        entry.at, entry.by.name if entry.by else "系统", entry.by.username if entry.by else "", entry.word, line.kind,
        line.name, line.organization, entry.note,
        "\n".join(f"{what}：{before}" for what, before, _ in told),
        "\n".join(f"{what}：{after}" for what, _, after in told),
    ]  # fmt: skip


def people_book(table, note) -> bytes:
    """The people as the page shows them: the same columns, all rows."""
    return _one_sheet("人员", "人员名册", table.sheet_columns, table.sheet_rows, note)


PROBATION = [
    ("姓名", 12), ("学工号", 14), ("所在党支部", 28), ("工作岗位", 14), ("加入党组织日期", 16), ("预备期满", 16),
    ("情况", 20),
]  # fmt: skip
EXCLUSIONS = [
    ("姓名", 12), ("学工号", 14), ("所在党支部", 28), ("原因", 28), ("起始日期", 14), ("截止日期（含）", 14),
    ("状态", 10), ("提出人", 12), ("批准人", 12), ("批复", 28),
]  # fmt: skip


def probation_book(lines, note) -> bytes:
    """Who is on probation, as the page shows them."""
    return _one_sheet("预备党员", "预备党员", PROBATION, map(_probation_cells, lines), note, filtered=True)


def _probation_cells(line):
    row = line.person
    return [
        row.name, row.staff_number, row.organization.short_name, row.get_category_display(), row.joined_on,
        line.ends_on, line.word,
    ]  # fmt: skip


def exclusions_book(lines, note) -> bytes:
    """Who is not counted in 应到, as the page shows it."""
    return _one_sheet("不计入应到", "不计入应到", EXCLUSIONS, map(_exclusion_cells, lines), note, filtered=True)


def _exclusion_cells(line):
    row, person = line.row, line.row.person
    names = [one.name if one else "" for one in (row.proposed_by, row.decided_by)]
    return [
        person.name, person.staff_number, person.organization.short_name, row.reason, row.starts_on, row.last_on,
        line.word, *names, row.answer,
    ]  # fmt: skip


def accounts_book(lines, note) -> bytes:
    """The accounts as the page shows them: no code, no password."""
    return _one_sheet("账号", "账号名单", ACCOUNTS, map(_account_cells, lines), note)


def _account_cells(line):
    row = line.person
    return [
        row.name, row.staff_number, row.organization.short_name, line.offices, line.word, line.code_word,
        line.last_login,
    ]  # fmt: skip


TRANSFERS = [
    ("姓名", 12), ("学工号", 14), ("人员类别", 14), ("种类", 12), ("从", 32), ("到", 32), ("状态", 10),
    ("变动日期", 14), ("提出时间", 18), ("说明", 32), ("答复", 32),
]  # fmt: skip


def transfers_book(lines, note) -> bytes:
    """The moves as the page shows them."""
    return _one_sheet("组织关系", "组织关系变动", TRANSFERS, map(_transfer_cells, lines), note)


def _transfer_cells(line):
    row = line.transfer
    return [
        row.person.name, row.person.staff_number, row.person.get_standing_display(), row.get_kind_display(),
        line.came_from, line.goes_to, row.get_status_display(), row.moved_on, row.requested_at, row.note, row.answer,
    ]  # fmt: skip


OFFICES = [
    ("党组织", 26), ("职务", 16), ("党小组", 14), ("姓名", 12), ("学工号", 14), ("任职日期", 14), ("免职日期", 14),
    ("代理", 8), ("状态", 12), ("换届选举", 14),
]  # fmt: skip
TERMS = [
    ("组织编码", 14), ("党组织", 26), ("组织类别", 12), ("书记", 12), ("正式党员", 10), ("支委会人数", 12),
    ("本届届满日期", 14), ("提醒", 40),
]  # fmt: skip


def offices_book(lines, note) -> bytes:
    """The appointments of an organization as the page shows them."""
    return _one_sheet("任职", "任职历史", OFFICES, map(_office_cells, lines), note)


def _office_cells(line):
    row = line.appointment
    return [
        row.organization.short_name, row.label, row.group.name if row.group else "", row.person.name,
        row.person.staff_number, row.starts_on, row.ends_on, "是" if row.is_acting else "", line.state[1],
        row.election.held_on if row.election else None,
    ]  # fmt: skip


def terms_book(lines, note) -> bytes:
    """Vacancies and terms as the page shows them."""
    return _one_sheet("任职与换届", "任职与换届", TERMS, map(_term_cells, lines), note)


def _term_cells(line):
    row = line.organization
    secretary = line.secretary.person.name if line.secretary else ""
    return [
        row.code, row.short_name, row.kind_label, secretary, line.full, line.seated, row.term_ends_on, line.words,
    ]  # fmt: skip


CALENDAR = [("日期", 14), ("类型", 10), ("名称", 28)]


def calendar_book(year, rows, note) -> bytes:
    """The special days of a year, in the columns that the import reads."""
    cells = ([row.day, "上班" if row.is_workday else "休息", row.name] for row in rows)
    return _one_sheet("工作日历", f"{year} 年工作日历", CALENDAR, cells, note, filtered=True)

"""The compiled workbook of an assessment: results, evidence and definitions, from the rows that the page shows."""

from django.utils import timezone

from branches.models import Organization
from core.workbooks import Book
from supervision import reports
from supervision.models import Assessment

NOT_APPLICABLE = "不适用"
EVIDENCE = [
    ("组织编码", 14), ("党支部", 26), ("指标", 18), ("分子", 8), ("分母", 8), ("依据", 26), ("情况", 48),
    ("是否完成", 10),
]  # fmt: skip
STRETCH = 50  # branches: a moment's work, where a job's lease is a minute
DEFINITIONS = [
    ("指标", 18), ("分值", 8), ("计分", 40), ("分子", 36), ("分母", 36), ("不适用的情形", 36)
]  # fmt: skip


def compile_workbook(assessment: Assessment, organization: Organization, results, *, progress=None) -> bytes:
    """The .xlsx of the given results; ``progress(percent)`` is called after each sheet, and within the longest."""
    say = progress or (lambda percent: None)
    rows = reports.rows_of(results)
    say(20)
    book = Book()
    book.sheet(
        "考评结果", f"{assessment.month.label}考评结果（{organization.short_name}）", _result_columns(rows),
        map(_result_cells, rows), note=f"{assessment.get_status_display()}，共 {len(rows)} 个党支部，按组织编码排列",
        filtered=True,
    )  # fmt: skip
    say(50)
    evidence = map(_evidence_cells, _evidence(results, say))
    book.sheet("依据", f"{assessment.month.label}考评依据", EVIDENCE, evidence, filtered=True)
    say(90)
    lines = map(_definition_cells, assessment.scheme.lines.all())
    book.sheet("说明", "方案与指标说明", DEFINITIONS, lines, note=_note(assessment))
    content = book.bytes()
    say(100)
    return content


def _result_columns(rows):
    """Narrow, three columns under each metric's name: a dozen metrics still print legibly on one width of paper."""
    columns: list[tuple] = [
        ("组织编码", 10), ("党总支", 18), ("党支部", 22), ("得分", 6), ("等次", 6), ("适用分值", 6), ("实得分", 6)
    ]  # fmt: skip
    for line in rows[0].lines if rows else ():
        columns += [("得分", 7, line.name), ("分子", 5, line.name), ("分母", 5, line.name)]
    return columns


def _result_cells(row):
    cells = [row.code, row.general_branch, row.branch, row.score, row.grade_word, row.points, row.earned]
    for line in row.lines:
        cells += [NOT_APPLICABLE if line.earned is None else line.earned, line.numerator, line.denominator]
    return cells


def _evidence(results, say):
    """The rows behind the figures, in stretches of branches, telling in between how far they are.

    Each stretch is read to its end before a word is said: SQLite lets nobody write while an older reading is open.
    """
    ids = list(results.values_list("pk", flat=True))
    for start in range(0, len(ids), STRETCH):
        if start:
            say(50 + 40 * start // len(ids))
        yield from reports.evidence_of(results.filter(pk__in=ids[start : start + STRETCH]))


def _evidence_cells(row):
    return [row.code, row.branch, row.metric, row.numerator, row.denominator, row.what, row.value, row.word]


def _definition_cells(line):
    metric = reports.metric_of(line.metric)
    return [
        metric.name, line.points, line.how_scored, f"{metric.numerator}（{metric.unit}）",
        f"{metric.denominator}（{metric.unit}）", metric.not_applicable,
    ]  # fmt: skip


def _note(assessment):
    scheme = assessment.scheme
    floors = "／".join(f"{floor:f}".removesuffix(".00") for floor in scheme.floors)
    computed = timezone.localtime(assessment.computed_at)
    return (
        f"方案：{scheme.name}（{scheme.effective_from.label}起）；等次界线 {floors}；"
        f"{computed:%Y-%m-%d %H:%M} 计算；得分 = 实得分 ÷ 适用分值 × 100，不适用的指标不计入分母"
    )

"""Zhou asks for the whole university's workbook, Wang for that of the arts branches. The test itself does the job."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from branches.models import Appointment
from core.audit import AuditEntry
from core.jobs import Job, work_off
from supervision import reports
from supervision.actions import compute_assessment, publish_assessment, request_report
from supervision.models import Assessment, Report
from supervision.rules import scope_of
from tests.builders import OCTOBER
from tests.supervision.cases import HALF, NOT_APPLICABLE

PAGE = reverse("assessment", args=[OCTOBER])


@pytest.fixture
def computed(world, figures):
    import supervision.tasks  # noqa: F401 - registers the job, as Celery does at start-up

    figures.set(world.first, days=HALF)
    figures.set(world.second, talks=NOT_APPLICABLE)
    return compute_assessment(OCTOBER)


def compiled(user):
    """The report that a user asks for, and its workbook."""
    job = request_report(OCTOBER, scope_of(user), by=user)
    assert work_off(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("DONE", "")
    report = Report.objects.get(job=job)
    with report.file.open("rb") as file:
        return report, load_workbook(io.BytesIO(file.read()))


def read(answer):
    """The status of an answer and how its content begins; reading a file to its end closes it."""
    return answer.status_code, (b"".join(answer) if answer.streaming else answer.content)[:2]


def cells(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def as_cells(row):
    """A row of the page as the workbook should state it."""
    found = [row.code, row.general_branch, row.branch, row.score, row.grade_word, row.points, row.earned]
    for line in row.lines:
        found += ["不适用" if line.earned is None else line.earned, line.numerator, line.denominator]
    return [float(one) if hasattr(one, "quantize") else one for one in found]


def numbers_as_floats(row):
    return [float(one) if isinstance(one, int) else one for one in row]


@pytest.mark.parametrize("who", ["zhou", "wang", "sun"])
def test_the_page_and_the_workbook_state_the_same(world, client, computed, who):
    user = getattr(world, who)
    client.force_login(user)
    page = client.get(PAGE).context["rows"]

    _, book = compiled(user)

    rows = cells(book["考评结果"])
    assert rows[2:4] == [
        [None] * 7 + ["活动", None, None, "谈话", None, None],
        ["组织编码", "党总支", "党支部", "得分", "等次", "适用分值", "实得分", *["得分", "分子", "分母"] * 2],
    ]
    assert [numbers_as_floats(row) for row in rows[4:]] == [as_cells(row) for row in page]


def test_the_sheets_print_on_the_width_of_a4_with_their_heads_on_every_page(world, computed):
    _, book = compiled(world.zhou)
    results, evidence, _ = book

    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert (results.print_title_rows, results.auto_filter.ref) == ("$3:$4", "A4:M8")
    assert sorted(str(one) for one in results.merged_cells.ranges) == ["H3:J3", "K3:M3"]
    assert (evidence.print_title_rows, evidence.auto_filter.ref) == ("$2:$2", f"A2:H{evidence.max_row}")
    metrics = 12  # of the scheme that is shipped, more or less
    width = sum(results.column_dimensions[letter].width for letter in "ABCDEFG") + metrics * 17
    assert 277 / (width * 1.9) > 0.5  # of its size on the 277 mm that A4 leaves: legible


def test_each_scope_holds_only_its_branches(world, computed):
    for user, codes in ((world.zhou, 4), (world.wang, ["0201001", "0201002"]), (world.sun, ["0301001"])):
        _, book = compiled(user)
        for sheet in ("考评结果", "依据"):
            found = list(dict.fromkeys(row[0] for row in cells(book[sheet]) if row[0] and row[0].isdigit()))
            assert len(found) == codes if isinstance(codes, int) else found == codes


def test_the_evidence_adds_up_to_the_figures(world, computed):
    _, book = compiled(world.zhou)
    rows = cells(book["依据"])[2:]

    first = [row for row in rows if row[:3] == ["0201001", "文学院第一党支部", "活动"]]
    assert [row[3:] for row in first] == [
        [2, 4, f"=活动{number}", "文学院第一党支部的一次", "算完成" if number < 2 else "没完成"] for number in range(4)
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_nobodys_text_becomes_a_formula(world, computed, text):
    world.first.short_name = text
    world.first.save(update_fields=["short_name"])

    _, book = compiled(world.zhou)

    for sheet in book:
        assert [cell.data_type for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert text in [row[2] for row in cells(book["考评结果"])]


def test_compiling_again_replaces_the_file(world, computed, django_capture_on_commit_callbacks):
    first, book = compiled(world.zhou)
    old = first.file.name
    with django_capture_on_commit_callbacks(execute=True):
        second, again = compiled(world.zhou)

    assert [cells(sheet) for sheet in again] == [cells(sheet) for sheet in book]
    assert (Report.objects.count(), Job.objects.count(), second.pk) == (1, 1, first.pk)
    assert not first.file.storage.exists(old) and second.file.storage.exists(second.file.name)


def test_the_departments_workbook_computes_what_is_not_yet_published(world, figures, computed):
    figures.set(world.first, days=NOT_APPLICABLE)

    compiled(world.wang)
    assert reports.results_for(computed, world.zhou)[0].score == 70
    compiled(world.zhou)

    assert reports.results_for(computed, world.zhou)[0].score == 100


def test_the_department_may_begin_with_the_workbook(world, figures):
    import supervision.tasks  # noqa: F401

    _, book = compiled(world.zhou)

    assert len(cells(book["考评结果"])) == 4 + 4
    assert Assessment.objects.get().results.count() == 4


def test_a_published_month_is_compiled_as_it_was_published(world, figures, computed):
    publish_assessment(computed, by=world.zhou)
    figures.set(world.first, days=NOT_APPLICABLE)

    _, book = compiled(world.zhou)

    assert cells(book["考评结果"])[4][3] == 70


def test_whoever_left_office_gets_no_workbook(world, computed):
    job = request_report(OCTOBER, scope_of(world.wang), by=world.wang)
    Appointment.objects.filter(person__user=world.wang).update(ends_on="2026-11-01")

    work_off(job.pk)

    job.refresh_from_db()
    assert (job.state, Report.objects.count()) == ("PENDING", 0)
    assert "只读" in job.error


def test_the_job_tells_how_far_it_is(world, computed, monkeypatch):
    told = []
    monkeypatch.setattr(Job, "report_progress", lambda self, percent: told.append(percent))

    compiled(world.zhou)

    assert told == [30, 60, 68, 80, 96, 100]


def test_the_longest_sheet_tells_how_far_it_is_and_is_the_same(world, computed, monkeypatch):
    """Its lease is a minute, the sheet of a large university may take longer."""
    _, whole = compiled(world.zhou)
    monkeypatch.setattr("supervision.workbook.STRETCH", 1)
    told, report = [], Job.report_progress
    monkeypatch.setattr(Job, "report_progress", lambda job, percent: told.append(percent) or report(job, percent))

    _, stretched = compiled(world.zhou)

    assert told == [30, 60, 68, 80, 84, 88, 92, 96, 100]
    assert [cells(sheet) for sheet in stretched] == [cells(sheet) for sheet in whole]


def test_the_progress_is_polled_until_the_file_is_there(world, client, computed):
    client.force_login(world.zhou)
    client.post(reverse("assessment_report", args=[OCTOBER]))
    url = reverse("assessment_progress", args=[OCTOBER])

    running = client.get(url, headers={"HX-Request": "true"}).text
    assert 'hx-trigger="every 2s"' in running and "下载工作簿" not in running
    work_off(Job.objects.get().pk)
    done = client.get(url, headers={"HX-Request": "true"}).text
    assert "every 2s" not in done and "下载工作簿" in done
    assert client.get(url).status_code == 302


def test_a_download_goes_to_whom_the_scope_concerns(world, client, computed):
    compiled(world.zhou)
    compiled(world.wang)
    whole = reverse("assessment_download", args=[OCTOBER, world.committee.pk])
    arts = reverse("assessment_download", args=[OCTOBER, world.arts.pk])

    def statuses(user):
        client.force_login(user)
        return [read(client.get(whole))[0], read(client.get(arts))[0]]

    assert statuses(world.zhou) == [200, 200]
    assert statuses(world.he) == [200, 200]
    assert statuses(world.wang) == [404, 200]
    for user in (world.sun, world.li, world.zhao, world.wu, world.zheng):
        assert statuses(user) == [404, 404]
    client.force_login(world.wang)
    answer = client.get(arts)
    assert answer["Content-Disposition"].startswith("attachment")
    assert read(answer) == (200, b"PK")
    assert AuditEntry.objects.filter(event="report.downloaded", by=world.wang).count() == 2

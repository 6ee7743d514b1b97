"""The months' assessments: list, results with their evidence, computing, publishing, the compiled workbook."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities.models import Policy
from branches.access import can, get_visible_or_404, section
from core import clock
from core.pages import page_of
from core.periods import Month
from core.workbooks import CONTENT_TYPE
from core.workflow import require
from supervision import actions, reports, rules
from supervision.forms import ResultFilter, year_of
from supervision.models import Assessment, Report, Result


@require_GET
@section("assessments")
def assessments(request):
    """The months of a year, the latest first."""
    year, current = year_of(request.GET), Month.current()
    months = max(Month(year, 1), Policy.first_month()).until(min(current, Month(year, 12)))
    rows = reports.months_for(reversed(list(months)), request.user)
    heads = rules.heads_department(request.user)
    context = {
        "rows": [row for row in rows if row.assessment or heads],
        "published": sum(row.is_published for row in rows),
        "year": year,
        "earlier": year - 1 if year > Policy.first_month().year else None,
        "later": year + 1 if year < current.year else None,
        "heads_department": heads,
    }
    return render(request, "supervision/assessments.html", context)


@require_GET
@section("assessments")
def assessment(request, month):
    """A month's results as far as the user may see them; ``?open=`` shows one branch's lines."""
    row = Assessment.objects.visible_to(request.user).with_scheme().filter(month=month).first()
    if row is None:
        return _not_computed(request, month)
    results = Result.objects.visible_to(request.user).filter(assessment=row)
    metrics = reports.metrics_of(results)
    form = ResultFilter(request.GET, user=request.user, metrics=metrics)
    page = page_of(request, form.narrow(results))
    rows = reports.rows_of(page.object_list)
    opened = reports.opened(rows, request.GET.get("open", ""))
    context = {
        "assessment": row, "form": form, "page": page, "rows": rows, "opened": opened, "metrics": metrics,
        "overview": reports.overview(results, mine=opened.score if opened else None),
        "can_compute": can(request.user, "assessment.compute", row),
        "can_publish": can(request.user, "assessment.publish", row),
        "is_preview": rules.is_preview(row), "last_due_on": rules.last_due_on(row), "today": clock.today(),
    }  # fmt: skip
    return render(request, "supervision/assessment.html", context | _workbook(request, row))


def _not_computed(request, month):
    """Whoever would see the month's results is told that there are none yet; to the others it does not exist."""
    if rules.scope_of(request.user, request.office) is None:
        raise Http404("没有这一条，或不在您的管理范围内。")
    row = Assessment(month=month)
    context = {
        "month": month, "can_compute": can(request.user, "assessment.compute", row),
        "last_due_on": rules.last_due_on(row), "today": clock.today(),
    }  # fmt: skip
    return render(request, "supervision/assessment_absent.html", context)


def _month_or_404(request, month):
    return get_visible_or_404(Assessment.objects.visible_to(request.user).with_scheme(), request.user, month=month)


def _workbook(request, row):
    scope = rules.scope_of(request.user, request.office)
    book = reports.workbook_of(row, scope)
    return {"assessment": row, "workbook": book, "can_report": can(request.user, "assessment.report", scope)}


@require_GET
@section("assessments")
def assessment_evidence(request, month, pk, code):
    """The rows behind one figure of one branch, as they were when it was computed."""
    row = get_visible_or_404(Result, request.user, assessment__month=month, organization__pk=pk)
    line = get_visible_or_404(row.lines.all(), request.user, metric=code)
    context = {
        "result": row,
        "line": line,
        "metric": reports.metric_of(code),
        "rows": list(reports.evidence_rows(line)),
    }
    return render(request, "supervision/assessment_evidence.html", context)


@require_POST
@section("assessments")
def assessment_compute(request, month):
    row = actions.compute_assessment(month, by=request.user)
    preview = "这是预览：还没到期的事现在也按没完成算。" if rules.is_preview(row) else ""
    messages.success(request, f"已计算 {row.results.count()} 个党支部。{preview}结果还没有发布，支部看不到。")
    return redirect(row)


@require_http_methods(["GET", "POST"])
@section("assessments")
def assessment_publish(request, month):
    """What publishing does, then publishing."""
    row = _month_or_404(request, month)
    if request.method == "POST":
        actions.publish_assessment(row, by=request.user)
        messages.success(request, f"{month.label}考评结果已发布，已通知各党支部书记。")
        return redirect(row)
    require(can(request.user, "assessment.publish", row))
    overview = reports.overview(Result.objects.visible_to(request.user).filter(assessment=row))
    return render(request, "supervision/assessment_publish.html", {"assessment": row, "overview": overview})


@require_POST
@section("assessments")
def assessment_report(request, month):
    row = _month_or_404(request, month)
    actions.request_report(month, rules.scope_of(request.user, request.office), by=request.user)
    messages.success(request, "已开始编制工作簿，完成后可在本页下载。")
    return redirect(f"{row.get_absolute_url()}#workbook")


@require_GET
@section("assessments")
def assessment_progress(request, month):
    """The workbook's panel alone, which the page asks for every two seconds while the job runs."""
    row = _month_or_404(request, month)
    if not request.htmx:
        return redirect(f"{row.get_absolute_url()}#workbook")
    return render(request, "supervision/_workbook.html", _workbook(request, row))


@require_GET
@section("assessments")
def assessment_download(request, month, pk):
    report = get_visible_or_404(Report, request.user, assessment__month=month, organization__pk=pk)
    name = f"{month.label}考评结果（{report.organization.short_name}）.xlsx"
    content = actions.take_report(report, by=request.user)
    return FileResponse(content, as_attachment=True, filename=name, content_type=CONTENT_TYPE)

"""办理记录: who did what, when, with what before and after; of everything, and of one record."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from branches import access, actions, workbook
from branches.access import get_visible_or_404, section
from branches.forms.audit import AuditFilter
from branches.reports.audit import audit_lines, exported_lines, ids_to_export, subject_of, subjects
from core.audit import AuditEntry, head, history_of
from core.pages import page_of, workbook_response
from core.workbooks import MOST_ROWS, note_of


def _chosen(request) -> AuditFilter:
    """What the user may read of the log, by the filters in the address, newest first."""
    rows = AuditEntry.objects.visible_to(request.user).select_related("by").order_by("-at", "-pk")
    return AuditFilter(request.GET, queryset=rows, request=request)


@require_GET
@section("organizations")
def audit(request):
    """The log, filtered and in pages."""
    chosen = _chosen(request)
    page = page_of(request, chosen.qs)
    context = {
        "filter": chosen,
        "page": page,
        "lines": audit_lines(page.object_list, request.user),
        "most": MOST_ROWS,
        "chain": head() if access.is_department(request.user) else None,
    }
    return render(request, "branches/audit.html", context)


@require_GET
@section("organizations")
def audit_export(request):
    """The workbook of what the same address shows in pages, as far as one sheet goes."""
    chosen = _chosen(request)
    found, ids = chosen.qs.count(), ids_to_export(chosen.qs)
    words = chosen.words | ({"只导出最近": f"{len(ids)} 条，共找到 {found} 条"} if len(ids) < found else {})
    actions.log_export("audit", by=request.user, count=len(ids), filters=words)
    lines = exported_lines(ids, request.user)
    return workbook_response(workbook.audit_book(lines, note_of(words, len(ids))), "办理记录")


@require_GET
@section("organizations")
def audit_of(request, kind, pk):
    """The history of one record that the user may see."""
    row = get_visible_or_404(subject_of(kind), request.user, pk=pk)
    page = page_of(request, history_of(row).reverse())
    lines = audit_lines(page.object_list, request.user)
    context = {"row": row, "kind": subjects()[kind], "page": page, "lines": lines}
    return render(request, "branches/audit_of.html", context)

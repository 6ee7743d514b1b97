"""催办: one press reminds a branch, or all that are ticked, of what they have not done; and leads back to the row."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from activities.reports import numbers
from branches.access import get_visible_or_404, section
from branches.models import Organization
from supervision import reminders

NO_ACCOUNT = "现任书记、副书记都没有账号，收不到提醒，请打电话联系。"


@require_POST
@section("workbench")
def urge(request, kind, month, pk):
    branch = get_visible_or_404(Organization, request.user, pk=pk)
    told = reminders.urge(branch, kind, month, by=request.user)
    if told:
        messages.success(request, f"已提醒{branch}的 {told} 位负责人，今天不再重复提醒。")
    else:
        messages.warning(request, f"{branch}{NO_ACCOUNT}")
    return _back(f"unfiled-{month}-{branch.pk}")


@require_POST
@section("workbench")
def urge_chosen(request, kind, month):
    """Every ticked branch; says how many were told, how many had been urged today, and who cannot be reached."""
    ticked = [pk for text in request.POST.getlist("branch") for pk in numbers(text)]
    chosen = Organization.objects.visible_to(request.user).branches().filter(pk__in=ticked).order_by("code")
    urged, refused = reminders.urge_many(chosen, kind, month, by=request.user)
    for level, words in _outcome(urged, refused):
        messages.add_message(request, level, words)
    return _back(f"unfiled-{month}")


def _outcome(urged, refused):
    told, silent = [branch for branch, told in urged if told], [branch for branch, told in urged if not told]
    before = [branch for branch, why in refused if isinstance(why, reminders.UrgedToday)]
    if told:
        yield messages.SUCCESS, f"已催办 {len(told)} 个党支部，今天不再重复提醒。"
    if before:
        yield messages.WARNING, f"{len(before)} 个今天已经催过，没有重发。"
    if silent:
        yield messages.WARNING, f"{'、'.join(map(str, silent))}：{NO_ACCOUNT}"
    for branch, why in refused:
        if branch not in before:
            yield messages.WARNING, str(why)
    if not urged and not refused:
        yield messages.WARNING, "没有选中党支部。请先勾选要催办的党支部。"


def _back(row):
    return redirect(f"{reverse('workbench')}#{row}")

"""列席: guests are added to a day that was held, and taken off."""

from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from activities import actions
from activities.finding import found_day
from activities.forms import GuestForm
from activities.models import Guest
from activities.views.attendance import attendance_page
from branches.access import get_visible_or_404, section


@require_POST
@section("days")
def guest_invite(request, pk):
    row = found_day(request, pk)
    form = GuestForm(row, request.POST)
    if not form.is_valid():
        return attendance_page(request, row, guest_form=form, status=422)
    actions.invite_guest(row, by=request.user, **form.cleaned_data)
    return redirect("day_attendance", row.pk)


@require_POST
@section("days")
def guest_dismiss(request, pk):
    guest = get_visible_or_404(Guest, request.user, pk=pk)
    row = actions.dismiss_guest(guest, by=request.user)
    return redirect("day_attendance", row.pk)

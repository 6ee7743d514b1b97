"""Entering somebody into the register, changing facts, and one's own phone and e-mail."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from branches import actions
from branches.access import can, get_visible_or_404, section
from branches.actions.persons import FactsOvertaken
from branches.forms.persons import NewPersonForm, OwnForm, PersonForm
from branches.models import Organization, Person
from core.workflow import require


@require_http_methods(["GET", "POST"])
@section("organizations")
def person_new(request, pk):
    """Somebody enters a branch's register; who may be in it already is named before it is done."""
    organization = get_visible_or_404(Organization, request.user, pk=pk)
    require(can(request.user, "person.add", organization))
    form = NewPersonForm(request.user, organization, request.POST or None)
    if not form.is_valid() or form.alike:
        context = {"organization": organization, "form": form}
        return render(request, "branches/person_new.html", context, status=422 if form.is_bound else 200)
    person = actions.add_person(organization, by=request.user, **form.values)
    messages.success(request, f"{person}已登记到{organization}。")
    return redirect(person)


@require_http_methods(["GET", "POST"])
@section("organizations")
def person_edit(request, pk):
    """The facts of one person, and nothing on which rights or rates hang."""
    person = _person(request, pk)
    if request.method == "GET":
        require(can(request.user, "person.edit", person))
        return edit_page(request, person, PersonForm(person))
    form = PersonForm(person, request.POST)
    if not form.is_valid():
        require(can(request.user, "person.edit", person))
        return edit_page(request, person, form, status=422)
    try:
        actions.edit_person(person, by=request.user, **form.values)
    except FactsOvertaken:
        person = _person(request, pk)  # as it stands now, not as it was found before somebody was faster
        differences = form.differences(person)
        form.renew(person)
        return edit_page(request, person, form, status=409, differences=differences, overtaken=True)
    messages.success(request, "资料已保存。")
    return redirect(person)


def edit_page(request, person, form, status=200, **context):
    """After a conflict what was typed stays, beside what stands now; saving again is a choice."""
    context |= {"person": person, "form": form}
    return render(request, "branches/person_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@section("me")
def me_edit(request):
    """The own phone and e-mail."""
    person = get_visible_or_404(Person.objects.visible_to(request.user).filter(user=request.user), request.user)
    initial = {"phone": person.phone, "email": request.user.email}
    form = OwnForm(request.POST or None, initial=initial)
    if not form.is_valid():
        return render(request, "branches/me_edit.html", {"form": form}, status=422 if form.is_bound else 200)
    actions.edit_own(person, by=request.user, **form.cleaned_data)
    messages.success(request, "电话和邮箱已保存。")
    return redirect("me")


def _person(request, pk):
    rows = Person.objects.visible_to(request.user).select_related("organization__parent", "group", "user")
    return get_visible_or_404(rows, request.user, pk=pk)

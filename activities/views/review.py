"""The review queue of each kind of paper: one paper beside the one before, batch acts."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from activities import filing, queue, reports
from activities.addresses import KINDS
from activities.cautions import cautions
from activities.models import Filing, MonthlyPlan
from activities.prefill import Background
from activities.views.road import road_of
from branches.access import section


@require_GET
@section("review")
def review(request):
    """What waits for this user's review, and the chosen paper compared with the last one of its organization."""
    return review_page(request, _asked_kind(request.GET), request.GET.get("plan", ""))


def _asked_kind(values) -> type[Filing]:
    return KINDS.get(values.get("kind", ""), MonthlyPlan)


def review_page(request, model, asked, form=None, status=200):
    """``asked`` is the id of the paper to be shown, as typed in the address; without one, the first."""
    user, stamp = request.user, queue.stamp()
    waiting = model.objects.visible_to(user).awaiting(user).in_full()
    listed = list(waiting[: queue.QUEUE_SIZE])
    chosen = queue.chosen(waiting, listed, asked)
    elsewhere = queue.elsewhere(model, user, asked, chosen)
    batches = queue.batches(user)
    tabs = queue.tabs(batches)
    context = {
        "model": model,
        "queue": listed,
        "tabs": tabs,
        "waiting": next(tab.waiting for tab in tabs if tab.kind == model.kind),
        "paper": chosen,
        "batches": {one.step: one for one in batches if one.kind == model.kind},
        "stamp": stamp,
        "elsewhere": elsewhere,
        "keys": elsewhere is None,  # a key was meant for the paper that was asked for
    }
    if chosen:  # what was typed about another paper is not put under this one
        context |= _reading(user, chosen, None if elsewhere else form) | queue.neighbours(listed, chosen)
    return render(request, "activities/review.html", context, status=status)


def _reading(user, paper, form):
    """The reading pane: the paper beside the one before it, and what deserves a look."""
    before = queue.paper_before(user, paper)
    context = road_of(user, paper, before=before, form=form) | {"before": before}
    if not isinstance(paper, MonthlyPlan) or paper.cancels:
        return context
    background = Background(paper.organization, paper.month)
    return context | {
        "cautions": cautions(paper, background.policy, paper.organization, background.theme),
        "annual": background.annual,
        "headcount": reports.headcount(paper.organization, paper.month, paper.planned_on),
    }


def next_page(request, paper):
    """After an answer: the queue of the same kind, at the paper that was next to it."""
    kind = "" if isinstance(paper, MonthlyPlan) else f"kind={paper.kind}&"
    following = request.POST.get("next", "")
    at = f"plan={following}" if following.isascii() and following.isdigit() else ""
    query = f"{kind}{at}".rstrip("&")
    return redirect(f"{reverse('review')}{'?' if query else ''}{query}{'#plan' if at else ''}")


@require_POST
@section("review")
def plans_forward(request):
    """Forward every ticked paper that is ready (or all that wait); say which were not and why."""
    return _act_on_many(request, "forward")


@require_POST
@section("review")
def plans_accept(request):
    """Accept every ticked paper that is ready (or all that wait); say which were not and why."""
    return _act_on_many(request, "accept")


def _act_on_many(request, step):
    model, user = _asked_kind(request.POST), request.user
    if "all" in request.POST:
        chosen = queue.shown_by(request.POST.get("stamp", ""), step, model, user)
    else:
        chosen = queue.ticked(request.POST.getlist("plan"), model, user)
    done, refused = filing.act_on_many(step, chosen.papers, by=user, attempts=chosen.attempts)
    _say(request, queue.WORDS[step], model, chosen, done, chosen.gone + refused)
    if "all" in request.POST and step == "forward" and (silent := queue.not_yet_in(user, done)):
        messages.info(request, silent)
    return next_page(request, model())


def _say(request, word, model, chosen, done, refused):
    """How many were answered, which were not and why, and what was left out."""
    more = f"，还有 {chosen.remaining} 份，请再按一次" if chosen.remaining else ""
    if done:
        messages.success(request, f"已{word} {len(done)} 份{more}。")
    if not done and not refused and not chosen.later:
        messages.warning(request, f"没有选中{model.noun}。请先勾选要{word}的{model.noun}。")
    for paper, why in refused[: queue.NAMED]:
        messages.warning(request, f"{paper.organization} {paper.short_title}没有{word}：{why}")
    if len(refused) > queue.NAMED:
        messages.warning(request, f"另有 {len(refused) - queue.NAMED} 份也没有{word}，还在待办里的请逐份打开看。")
    if chosen.later:
        messages.info(request, f"有 {chosen.later} 份是打开这一页以后才报来的，没有{word}，请看过再办。")

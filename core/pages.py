"""What every page is made of: the form renderer, the error pages, lists in pages, months asked for, downloads."""

import io
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.forms.renderers import TemplatesSetting
from django.http import FileResponse, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from core import clock, word
from core.periods import Month
from core.workbooks import CONTENT_TYPE, MOST_ROWS
from core.workflow import way_back

PAGE_SIZE = 30
_NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]')


class Field(forms.BoundField):
    """A bound field with the site's classes and the references that a screen reader needs.

    A form may name what is still to be filled in (``form.missing``, a set of names) although it can be saved as it is,
    and what a reviewer wants changed (``form.remarks``, texts by name).
    """

    @property
    def remark(self) -> str:
        return getattr(self.form, "remarks", {}).get(self.name, "")

    @property
    def is_missing(self) -> bool:
        return self.name in getattr(self.form, "missing", ())

    @property
    def is_tick(self) -> bool:
        """One box whose label is what it says yes to."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_choice(self) -> bool:
        """Several boxes or buttons, of which the user picks."""
        return isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        widget = widget or self.field.widget
        attrs = {**(attrs or {})}
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
            css = "form-check-input"
        elif isinstance(widget, forms.Select):
            css = "form-select"
        else:
            css = "form-control"
        attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()
        if self.errors:
            attrs |= {"aria-invalid": "true", "autofocus": True}  # the browser goes to the first of them
        return super().as_widget(widget, attrs, only_initial)


class FormRenderer(TemplatesSetting):
    """Renders forms from the project's own templates, with ``Field`` for every field."""

    form_template_name = "core/form.html"
    field_template_name = "core/field.html"
    bound_field_class = Field


@dataclass(frozen=True)
class Head:
    """The head of a column: the next click on it sorts by ``then``; ``sort`` is what it does now (for aria-sort)."""

    name: str
    then: str
    sort: str


def head_of(name: str, key: str, order: str) -> Head:
    """The head of a column that sorts by ``key`` (by nothing without one) in a list that is sorted by ``order``."""
    if not key:
        return Head(name, "", "")
    if order.removeprefix("-") != key:
        return Head(name, key, "none")
    falling = order.startswith("-")
    return Head(name, key if falling else f"-{key}", "descending" if falling else "ascending")


def page_of(request, rows, size=PAGE_SIZE):
    """The page of ``rows`` that the address asks for; a page beyond the end is the last one."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def asked_year(request) -> int:
    """The year that the address names; without one, or with nonsense, the current year."""
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else Month.current().year


def asked_month(request) -> Month:
    """The month that the address names; without one, or with nonsense, the current month."""
    try:
        return Month.parse(request.GET.get("month", ""))
    except ValueError:
        return Month.current()


def too_many(request, count: int, back: str, unit="条", most=None) -> HttpResponse | None:
    """The way back to a list of which one file would hold too many rows, with a word on it; None where it fits.

    ``most`` is the limit of a file that holds fewer than a workbook.
    """
    most = most or MOST_ROWS
    if count <= most:
        return None
    words = f"一次最多导出 {most} {unit}，这里有 {count} {unit}。请先选党组织或别的条件，分几次导出。"
    messages.warning(request, words)
    return redirect(f"{back}?{request.GET.urlencode()}")


def workbook_response(content: bytes, name: str) -> FileResponse:
    """A finished workbook as a download, named with the day."""
    name = f"{name}{clock.today():%Y%m%d}.xlsx"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=CONTENT_TYPE)


def document_response(content: bytes, name: str) -> FileResponse:
    """A finished Word document as a download; what no file may be called is left out of its name."""
    name = f"{_NO_FILE_NAME.sub('', name)}.docx"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=word.CONTENT_TYPE)


def site_address(request, path: str) -> str:
    """A path as people outside reach it: under ``SITE_ADDRESS`` if that is set, else as this request came."""
    site = settings.SITE_ADDRESS.rstrip("/")
    return f"{site}{path}" if site else request.build_absolute_uri(path)


def _error(request, status, title, text, back=""):
    """Made without the context of the frame, which asks for offices: an error page has no navigation."""
    context = {"title": title, "text": text, "back": back, "user": getattr(request, "user", None)}
    page = render_to_string("core/error.html", context | {"csrf_token": get_token(request)})
    return HttpResponse(page, status=status)


def _back(request) -> str:
    """The page before, unless it is the one that just failed. Not offered where it would lose what was typed."""
    back = way_back(request)
    return "" if back == request.build_absolute_uri() else back


class PlainAddressMiddleware:
    """An address with a NUL is a bad request: no form makes one, and PostgreSQL cannot look for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL")
        return self.get_response(request)


class FormAddressMiddleware:
    """An address that only takes posts, opened by a link, a bookmark or after logging in: says where the form is."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = self.get_response(request)
        if answer.status_code != 405 or request.method != "GET":
            return answer
        back = way_back(request)
        if back and (len(messages.get_messages(request)) or urlsplit(back).path == reverse("login")):
            return redirect(nearest_page(request.path))  # led here by us: there it is told why, and the form is found
        text = "这个地址只在提交表单时使用，刚才没有提交任何内容。请回到填写的页面再办。"
        page = _error(request, 405, "请从页面上办理", text, nearest_page(request.path))
        page["Allow"] = answer["Allow"]
        return page


def nearest_page(path: str) -> str:
    """The page to which an address belongs: the nearest address above it that leads somewhere."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"


class LoginMiddleware(LoginRequiredMiddleware):
    """Logging in leads back to the page that was seen, also when the session ended while its form was sent."""

    def handle_no_permission(self, request, view_func):
        is_page = request.method == "GET" and not request.htmx
        page = request.get_full_path() if is_page else self._page_of_the_form(request)
        way = redirect_to_login(page, self.get_login_url(view_func), self.get_redirect_field_name(view_func))
        # a part of a page has no room for the log-in: there the whole page is left
        return HttpResponseClientRedirect(way.url) if request.htmx else way

    @staticmethod
    def _page_of_the_form(request):
        seen = request.META.get("HTTP_REFERER", "")
        if not url_has_allowed_host_and_scheme(seen, {request.get_host()}, require_https=request.is_secure()):
            return "/"
        parts = urlsplit(seen)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def bad_request(request, exception=None):
    return _error(
        request, 400, "这个请求无法处理",
        "地址或提交的内容不完整，没有办理。请按浏览器的“返回”回到上一页，再试一次。",
    )  # fmt: skip


def forbidden(request, exception=None):
    why = str(exception) if exception and str(exception) else "这件事不在您的职责范围内。"
    return _error(request, 403, "现在不能办理这件事", why, _back(request))


def not_found(request, exception=None):
    return _error(
        request, 404, "没有找到这一页",
        "它可能已被移走，或者不在您的管理范围内。请核对地址，或从工作台进入。", _back(request),
    )  # fmt: skip


def server_error(request):
    """Made without the request's context, which asks the database: that may be what has failed."""
    if request.method == "POST":
        text = "您刚才的操作没有保存。请按浏览器的“返回”回到刚才的页面，再提交一次。"
    else:
        text = "这一页暂时打不开，请过几分钟再试。"
    text += "如果仍然这样，请联系管理员，并告诉他下面的时间。"
    context = {"title": "系统出了差错", "text": text, "at": clock.now()}
    return HttpResponse(render_to_string("core/error.html", context), status=500)


def csrf_failure(request, reason=""):
    text = "页面打开得太久，或登录已失效。请重新打开填写的页面，再按“填回来”，刚才填的还在。"
    return _error(request, 403, "页面已过期，刚才的内容没有保存", text, nearest_page(request.path))

"""What a browser would send: the forms of a page, as they are filled in already, and one of them pressed."""

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from unittest.mock import patch

from django.http import QueryDict


@dataclass
class Form:
    """One form: where it goes, and what it holds as (name, value)."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)


class FormReader(HTMLParser):
    """Reads the forms of a page with the values that stand in them; ``targets`` leads from an address to its form."""

    def __init__(self, page: str, address: str):
        super().__init__()
        self.targets: dict[str, Form] = {}
        self._address, self._forms, self._inside, self._text, self._select = address, {}, None, None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self._inside = Form(given.get("action") or self._address)
            if given.get("method", "").lower() == "post":
                self.targets.setdefault(self._inside.action, self._inside)
            self._forms[given.get("id")] = self._inside
        form = self._forms.get(given["form"]) if "form" in given else self._inside
        if form is None or "disabled" in given:
            return
        ticks = given.get("type") in ("checkbox", "radio")
        name, value = given.get("name"), given.get("value") or ("on" if ticks else "")
        if tag == "button" and "formaction" in given:
            self.targets[given["formaction"]] = form
        elif tag == "button" and name and "btn-primary" in (given.get("class") or ""):
            form.values.append((name, value))  # it is what one presses
        elif tag == "input" and name and (not ticks or "checked" in given):
            form.values.append((name, value))
        elif tag == "textarea" and name:
            self._text = (form, name, [])
        elif tag == "select" and name:
            self._select = (form, name, [])
        elif tag == "option" and self._select:
            self._select[2].append((value, "selected" in given))

    def handle_data(self, data):
        if self._text:
            self._text[2].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = None
        elif tag == "textarea" and self._text:
            form, name, parts = self._text
            form.values.append((name, "".join(parts).removeprefix("\n")))
            self._text = None
        elif tag == "select" and self._select:
            form, name, options = self._select
            chosen = [value for value, is_chosen in options if is_chosen] or [value for value, _ in options[:1]]
            form.values += [(name, value) for value in chosen]
            self._select = None


def press(client, page: str, act: str = "", /, **typed):
    """Open ``page`` and send the form (or its button) that leads to ``act``, with ``typed`` in place of what stands.

    Asserts that the page offers it; where an act is confirmed on a page of its own, it is. Names with a hyphen are
    given as ``**{...}``; None takes a tick away.
    """
    shown = client.get(page)
    assert shown.status_code == 200, (page, shown.status_code)
    answer = _send(client, _targets(shown, page), act or page, typed)
    asks = _targets(answer, page) if answer.status_code == 200 else {}  # an act that is confirmed on a page of its own
    return _send(client, asks, act or page, {}) if (act or page) in asks else answer


def _targets(shown, page):
    return FormReader(shown.content.decode(), page).targets


def _send(client, targets, act, typed):
    assert act in targets, (act, sorted(targets))
    data: dict[str, list] = {}
    for name, value in targets[act].values:
        data.setdefault(name, []).append(value)
    return client.post(act, {name: value for name, value in (data | typed).items() if value is not None})


@dataclass
class Offer:
    """One form as it could be sent: where to, which fields it shows, and every value that can be chosen in it."""

    action: str
    names: set[str] = field(default_factory=set)
    choices: set[tuple[str, str]] = field(default_factory=set)


class OfferReader(HTMLParser):
    """Reads what the posting forms of a page offer: ``offers``, one for each address and button of each form."""

    def __init__(self, page: str, address: str):
        super().__init__()
        self.offers: list[Offer] = []
        self._address, self._forms, self._inside, self._select = address, {}, None, ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self._inside = Offer(given.get("action") or self._address)
            self._forms[given.get("id")] = self._inside
            if given.get("method", "").lower() == "post":
                self.offers.append(self._inside)
        form = self._forms.get(given["form"]) if "form" in given else self._inside
        if form is None or "disabled" in given:
            return
        if tag == "button" and "formaction" in given:
            self.offers.append(Offer(given["formaction"], form.names, form.choices))
        if tag in ("input", "textarea", "select", "button") and given.get("name"):
            form.names.add(given["name"])
            form.choices.add((given["name"], given.get("value") or ""))
            self._select = given["name"] if tag == "select" else self._select
        elif tag == "option":
            form.choices.add((self._select, given.get("value") or ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = None


def offers_of(answer, page: str) -> list[Offer]:
    """All that the forms of a page offer, read once for all the acts that are looked for; nothing if none is shown."""
    if answer.status_code != 200 or answer.streaming:
        return []
    return OfferReader(answer.content.decode(), page).offers


def offer_of(offers: list[Offer], act: str, **chosen) -> Offer | None:
    """The one that leads to ``act`` and in which all of ``chosen`` can be chosen; else None."""
    wanted = {(name, str(value)) for name, value in chosen.items()}
    return next((one for one in offers if one.action == act and wanted <= one.choices), None)


@contextmanager
def keys_read():
    """``with keys_read() as keys:`` what pages look for behind the question mark meanwhile, be it there or not.

    A copy is read when its own keys are; what is written into a link, by the page to which that leads.
    """
    keys, parse, lists = set(), QueryDict.__contains__, QueryDict.lists

    def noted(read):
        def reads(self, key, *args):
            keys.add(key)
            return read(self, key, *args)

        return reads

    def is_there(self, key):
        return parse(self, key) if self._mutable else noted(parse)(self, key)  # it is asked as it is filled, too

    def all_lists(self):
        keys.update(self if sys._getframe(1).f_code.co_name not in ("urlencode", "__deepcopy__") else ())
        return lists(self)

    one_by_one = {name: noted(getattr(QueryDict, name)) for name in ("__getitem__", "getlist")}
    with patch.multiple(QueryDict, **one_by_one, __contains__=is_there, lists=all_lists):
        yield keys

"""A CAS server: it sends the browser back with a ticket, and tells us, asked directly, whose ticket it is."""

import logging
from xml.etree.ElementTree import ParseError

import requests
from cas import CASClient
from django.conf import settings
from django.http import HttpResponseRedirect

from branches.single_sign_on import NO_ANSWER, NOT_PROVEN, Refused, number_is_named

SECONDS = 10
STARTED = "cas_started"
log = logging.getLogger(__name__)


class _WithLimits(requests.Session):
    """A server that hangs must not hold a web thread for ever: python-cas sets no limit of its own."""

    def request(self, *args, **kwargs):
        return super().request(*args, **{"timeout": SECONDS, **kwargs})


def start(request, way_back):
    request.session[STARTED] = True
    return HttpResponseRedirect(_client(way_back).get_login_url())


def identify(request, way_back) -> str:
    """The number to which the ticket belongs. A ticket that nobody here asked for is somebody else's."""
    ticket = request.GET.get("ticket", "")
    if not request.session.pop(STARTED, False) or not ticket:
        raise Refused(NOT_PROVEN)
    try:
        number, attributes, _ = _client(way_back).verify_ticket(ticket)
    except (requests.RequestException, ParseError, IndexError, AttributeError) as error:
        log.warning("the CAS server gave no answer that can be read: %r", error)
        raise Refused(NO_ANSWER) from error
    if number and (name := number_is_named()):
        number = (attributes or {}).get(name)
    if not isinstance(number, str) or not number.strip():
        raise Refused(NOT_PROVEN)
    return number.strip()


def _client(way_back):
    return CASClient(
        version=settings.CAS_VERSION, server_url=settings.CAS_SERVER_URL, service_url=way_back, session=_WithLimits()
    )

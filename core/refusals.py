"""Refused acts, a line each in the site's log: who tried what, which answer it got, and the rule's reason."""

import logging

from django.core.exceptions import PermissionDenied

log = logging.getLogger(__name__)
WRONG_INPUT = 422


class RefusalMiddleware:
    """Notes each post of somebody logged in that was not let through. What was typed is not written down."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = self.get_response(request)
        if request.method == "POST" and 400 <= answer.status_code < 500 and request.user.is_authenticated:
            level = logging.INFO if answer.status_code == WRONG_INPUT else logging.WARNING
            why = getattr(request, "refusal", "")
            words = f"user {request.user.pk} was refused POST {request.path} with {answer.status_code}"
            log.log(level, "%s", f"{words}: {why}" if why else words)
        return answer

    def process_exception(self, request, exception):
        if isinstance(exception, PermissionDenied):
            request.refusal = str(exception)

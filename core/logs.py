"""Lines of the site's log, without what is secret in an address."""

import logging
import re


class WithoutSecrets(logging.Filter):
    """Blanks what follows one of ``addresses`` (``/feed/``): who has it needs no password.

    Django writes the path of every request that it could not answer, gunicorn that of each where it is told to.
    """

    def __init__(self, addresses=()):
        super().__init__()
        places = "|".join(re.escape(address) for address in addresses)
        self.secret = re.compile(rf"({places})[^\s\"'?#<>]+") if places else None

    def filter(self, record):
        if self.secret is None:
            return True
        told = record.getMessage()
        blanked = self.secret.sub(r"\1***", told)
        if blanked != told:
            record.msg, record.args = blanked, ()
        if record.exc_text or record.exc_info:
            text = record.exc_text or logging.Formatter().formatException(record.exc_info)
            record.exc_text = self.secret.sub(r"\1***", text)
        return True


def keep_secrets_out(addresses) -> None:
    """The same for the loggers that have handlers of their own: the web server's, and Django's for developers."""
    for name in ("gunicorn.access", "gunicorn.error", "django.server"):
        logger = logging.getLogger(name)
        if not any(isinstance(one, WithoutSecrets) for one in logger.filters):
            logger.addFilter(WithoutSecrets(addresses))

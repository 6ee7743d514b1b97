"""Where a request comes from. Behind proxies the connection is the last proxy's; what they wrote names the client."""

from ipaddress import ip_address

from django.conf import settings


def client_address(request) -> str:
    """The client's address as the outermost of ``TRUSTED_PROXIES`` saw it; without such a word, the connection's.

    Each proxy adds on the right of X-Forwarded-For whom it was asked by. What stands left of what ours wrote the client
    may have sent itself, and is not read.
    """
    connection = request.META.get("REMOTE_ADDR", "")
    written = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies = settings.TRUSTED_PROXIES
    if not 0 < proxies <= len(written):
        return connection
    try:
        return str(ip_address(written[-proxies].strip()))
    except ValueError:
        return connection

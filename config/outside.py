"""How the site is reached from outside: its address, the proxies before it, and what https asks for."""

from typing import Any

HSTS_SECONDS = 30 * 24 * 3600  # a site that must go back to plain http is reachable again within a month


def outside(env) -> dict[str, Any]:
    """The settings that follow from ``SITE_ADDRESS`` and ``TRUSTED_PROXIES``.

    A proxy's word on https is believed only where a proxy is trusted: anybody can send that header.
    """
    address = env("SITE_ADDRESS", default="")
    proxies = env.int("TRUSTED_PROXIES", default=0)
    encrypted = address.startswith("https://")
    return {
        "SITE_ADDRESS": address,
        "TRUSTED_PROXIES": proxies,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if proxies else None,
        "SESSION_COOKIE_SECURE": encrypted,
        "CSRF_COOKIE_SECURE": encrypted,
        "SECURE_HSTS_SECONDS": HSTS_SECONDS if encrypted else 0,
    }

"""Campus single sign-on: off unless the environment names its server. The extra ``cas`` or ``oidc`` is needed then."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured


def single_sign_on(env) -> dict[str, Any]:
    """The settings of the one door that the environment configures, or ``SINGLE_SIGN_ON = ""``."""
    cas, oidc = env("CAS_SERVER_URL", default=""), env("OIDC_OP_AUTHORIZATION_ENDPOINT", default="")
    if cas and oidc:
        raise ImproperlyConfigured("CAS_SERVER_URL and OIDC_OP_AUTHORIZATION_ENDPOINT are both set: choose one.")
    shared = {"SINGLE_SIGN_ON_NAME": env("SINGLE_SIGN_ON_NAME", default="统一身份认证")}
    if cas:
        return shared | {"SINGLE_SIGN_ON": "cas"} | _cas(env, cas)
    if oidc:
        return shared | {"SINGLE_SIGN_ON": "oidc"} | _oidc(env, oidc)
    return shared | {"SINGLE_SIGN_ON": "", "SINGLE_SIGN_ON_NUMBER": ""}


def _cas(env, server) -> dict[str, Any]:
    return {
        "CAS_SERVER_URL": server.rstrip("/") + "/",
        "CAS_VERSION": env("CAS_VERSION", default="3"),
        "SINGLE_SIGN_ON_NUMBER": env("CAS_NUMBER_ATTRIBUTE", default=""),  # without one: the name that CAS gives
    }


def _oidc(env, authorization) -> dict[str, Any]:
    """Issuer and client identity are required: without them a token meant for another site would be believed."""
    return {
        "OIDC_OP_AUTHORIZATION_ENDPOINT": authorization,
        "OIDC_OP_TOKEN_ENDPOINT": env("OIDC_OP_TOKEN_ENDPOINT"),
        "OIDC_OP_USER_ENDPOINT": env("OIDC_OP_USER_ENDPOINT"),
        "OIDC_OP_JWKS_ENDPOINT": env("OIDC_OP_JWKS_ENDPOINT"),
        "OIDC_OP_ISSUER": env("OIDC_OP_ISSUER"),
        "OIDC_RP_CLIENT_ID": env("OIDC_RP_CLIENT_ID"),
        "OIDC_RP_CLIENT_SECRET": env("OIDC_RP_CLIENT_SECRET"),
        "OIDC_RP_SIGN_ALGO": env("OIDC_RP_SIGN_ALGO", default="RS256"),
        "OIDC_RP_SCOPES": env("OIDC_RP_SCOPES", default="openid profile"),
        "SINGLE_SIGN_ON_NUMBER": env("OIDC_NUMBER_CLAIM", default="preferred_username"),
        "OIDC_TIMEOUT": 10,
    }

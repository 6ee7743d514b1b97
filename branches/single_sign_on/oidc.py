"""An OpenID Connect provider: authorization code with PKCE, a signed token, and the claims of its user endpoint."""

import logging
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponseRedirect
from django.utils.crypto import get_random_string
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.utils import add_state_and_verifier_and_nonce_to_session, generate_code_challenge

from branches.single_sign_on import NO_ANSWER, NOT_PROVEN, Refused, number_is_named

STATES = "oidc_states"  # the library's own name for what a log-in under way must come back with
log = logging.getLogger(__name__)


def start(request, way_back):
    state, nonce, verifier = get_random_string(32), get_random_string(32), get_random_string(64)
    asked = {
        "response_type": "code",
        "scope": settings.OIDC_RP_SCOPES,
        "client_id": settings.OIDC_RP_CLIENT_ID,
        "redirect_uri": way_back,
        "state": state,
        "nonce": nonce,
        "code_challenge": generate_code_challenge(verifier, "S256"),
        "code_challenge_method": "S256",
    }
    add_state_and_verifier_and_nonce_to_session(request, state, asked, verifier)
    request.session.modified = True
    return HttpResponseRedirect(f"{settings.OIDC_OP_AUTHORIZATION_ENDPOINT}?{urlencode(asked)}")


def identify(request, way_back) -> str:
    """The number in the claims. A state is used once, and the token must be signed, ours, fresh and of this log-in."""
    started = request.session.get(STATES, {}).pop(request.GET.get("state", ""), None)
    request.session.modified = True
    if started is None or not request.GET.get("code"):
        raise Refused(NOT_PROVEN)
    try:
        claims = _claims(request.GET["code"], started, way_back)
    except (requests.RequestException, ValueError, KeyError) as error:
        log.warning("the OIDC provider gave no answer that can be read: %r", error)
        raise Refused(NO_ANSWER) from error
    except (SuspiciousOperation, jwt.InvalidTokenError) as error:
        log.warning("the OIDC provider's token is not believed: %r", error)
        raise Refused(NOT_PROVEN) from error
    number = claims.get(number_is_named())
    if not isinstance(number, str) or not number.strip():
        raise Refused(NOT_PROVEN)
    return number.strip()


def _claims(code, started, way_back):
    provider = OIDCAuthenticationBackend()
    tokens = provider.get_token(
        {
            "client_id": settings.OIDC_RP_CLIENT_ID,
            "client_secret": settings.OIDC_RP_CLIENT_SECRET,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": way_back,
            "code_verifier": started["code_verifier"],
        }
    )
    token = provider.verify_token(tokens["id_token"], nonce=started["nonce"])
    _require_ours(token)
    claims = provider.get_userinfo(tokens["access_token"], tokens["id_token"], token)
    if claims.get("sub") != token["sub"]:
        raise SuspiciousOperation("the user endpoint speaks of somebody else")
    return claims


def _require_ours(token):
    """What the library leaves unchecked: who issued the token, for whom, and that it runs out."""
    meant_for = token.get("aud")
    meant_for = meant_for if isinstance(meant_for, list) else [meant_for]
    if token.get("iss") != settings.OIDC_OP_ISSUER or settings.OIDC_RP_CLIENT_ID not in meant_for or "exp" not in token:
        raise SuspiciousOperation("the token was issued by or for somebody else, or never runs out")

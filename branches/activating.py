"""A code tried at the door: counted for the account by the action, and for the network by django-axes."""

from axes.handlers.proxy import AxesProxyHandler

from branches import actions
from core.accounts import ACTIVATING

WRONG = "学工号或激活码不对，或者激活码已经用过、过期、作废。请对照纸条再看一看；连错 5 次要请发给您纸条的人再发一张。"
TOO_MANY = "这里试错的次数太多，请 30 分钟后再试。"
NETWORK = {"username": ACTIVATING}


def try_code(request, form):
    """The account that a valid form opens, or None with the same words on the form for whatever is wrong."""
    data = form.cleaned_data
    if not AxesProxyHandler.is_allowed(request, NETWORK):
        form.add_error(None, TOO_MANY)
        return None
    user = actions.activate(data["number"].strip(), data["code"], data["new_password1"])
    if user is None:
        AxesProxyHandler.user_login_failed(sender=__name__, credentials=NETWORK, request=request)
        request.axes_locked_out = False  # the form itself says it, at the next try
        form.add_error("code", WRONG)
    else:
        actions.note_log_in(user, way="激活码")
    return user

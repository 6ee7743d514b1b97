"""Settings of both profiles, read from the environment.

Without any variable set this is the *embedded* default: SQLite and a filesystem broker under ``var/``, plain http on
localhost. ``DATABASE_URL`` and ``REDIS_URL`` move it onto PostgreSQL and Redis; the README lists every variable.
"""

from pathlib import Path
from typing import Any

import environ
from bootstrap_wrapper import get_bootstrap_dir
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from config.database import with_defaults
from config.outside import outside
from config.single_sign_on import single_sign_on

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
(VAR / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing folder


def _secret_key():
    """Make a key once and keep it under ``var/``, so that sessions outlive a restart of the embedded profile."""
    path = VAR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default=None) or _secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DEMO = env.bool("DEMO", default=False)
# Identity numbers are kept only with a key (manage.py new_identity_key); several are a rotation, the first one seals.
IDENTITY_KEYS = env.list("IDENTITY_KEY", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "template_partials",
    "core",
    "branches",
    "activities",
    "dues",
    "meetings",
    "supervision",
]

MIDDLEWARE = [
    # The first three put their headers on every answer: on a static file and on a redirect to the slash as well.
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.pages.PlainAddressMiddleware",
    "core.pages.FormAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.sessions.IdleMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.pages.LoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "branches.access.FirstPasswordMiddleware",
    "core.refusals.RefusalMiddleware",
    "core.workflow.StaleStateMiddleware",
    "branches.access.OfficeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "branches.access.shell",
            ],
            "builtins": ["core.templatetags.page", "django.contrib.humanize.templatetags.humanize"],
        },
    }
]
FORM_RENDERER = "core.pages.FormRenderer"

DATABASES = {"default": with_defaults(env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'activity_day.sqlite3'}"))}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "branches.backends.RegisterBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "branches.backends.DemoPasswordValidator"},
]
PASSWORD_COMPLEXITY = env.bool("PASSWORD_COMPLEXITY", default=False)
if PASSWORD_COMPLEXITY:
    AUTH_PASSWORD_VALIDATORS.append({"NAME": "core.passwords.MixtureValidator"})
PASSWORD_EXPIRY_DAYS = env.int("PASSWORD_EXPIRY_DAYS", default=0)
ACTIVATION_DAYS = env.int("ACTIVATION_DAYS", default=14)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = "core.accounts.failure_limit"
AXES_COOLOFF_TIME = 0.5
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says 30 minutes: they run from the fifth wrong try
AXES_SENSITIVE_PARAMETERS = ["code", "new_password1", "new_password2"]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "core.network.client_address"
AXES_LOCKOUT_TEMPLATE = "core/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", get_bootstrap_dir())]
MEDIA_ROOT = VAR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_MINUTES", default=30) * 60
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

_outside = outside(env)
SITE_ADDRESS: str = _outside["SITE_ADDRESS"]  # where it differs from what the web server is told, e.g. behind TLS
TRUSTED_PROXIES: int = _outside["TRUSTED_PROXIES"]
vars().update(_outside)
_door = single_sign_on(env)
SINGLE_SIGN_ON: str = _door["SINGLE_SIGN_ON"]
SINGLE_SIGN_ON_NUMBER: str = _door["SINGLE_SIGN_ON_NUMBER"]
vars().update(_door)

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = (
    10  # seconds; with core.inbox.MAIL_ROUND less than beat's interval: hanging mail takes one thread of two
)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="党员活动日 <activity-day@localhost>")

REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
        "visibility_timeout": 3600,
    }
else:
    _queue = VAR / "broker"
    for _folder in ("messages", "control"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "folder://localhost/"  # core.broker: kombu's own "filesystem" kills workers with half files
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.1,
    }
CELERY_TIMEZONE = TIME_ZONE
# A hung task is killed after a quarter of an hour, with its process: only the prefork pool can (WORKER_POOL=prefork).
# Celery's thread pool, our default, takes no notice of time limits, and Python cannot end a thread from outside. There
# everything that a task waits for has a limit of its own: the database 5 s to connect, 3 s for a lock, 30 s for a
# statement, a minute when its machine is gone; mail 10 s; Redis 5 s. A job that runs on regardless loses its lease,
# another thread takes it, and the first stops at its next word of progress (core.jobs).
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
# Messages only say 'look': what is to be done stands in the database, so a lost or repeated one does no harm.
CELERY_BEAT_SCHEDULE = {
    "send pending jobs again": {
        "task": "core.jobs.sweep",
        "schedule": env.int("SWEEP_SECONDS", default=3),
        "options": {"expires": 3},
    },
    "deliver notices": {"task": "core.inbox.deliver", "schedule": 30, "options": {"expires": 30}},
    "seal the audit log": {"task": "core.audit.seal", "schedule": 60, "options": {"expires": 60}},
    "daily sweep": {
        "task": "supervision.tasks.daily_sweep",
        "schedule": 60,
        "options": {"expires": 60},
    },
}
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=60)

SECRET_ADDRESSES = ["/calendar-feed/"]  # what follows one of them opens something without a password
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_secrets": {"()": "core.logs.WithoutSecrets", "addresses": SECRET_ADDRESSES}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"celery": {"level": "WARNING"}, "kombu": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}

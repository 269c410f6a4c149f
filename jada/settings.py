"""Settings of the whole application, read once from the environment (jada/core/env.py says how).

docs/operations.md explains each variable. Unset means the embedded default: servers and files under `var/`.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from jada.core import env
from jada.core.embedded import addresses

# Django's generic classes take their type at run time too (`ModelForm[Charter]`).
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("JADA_VAR") or BASE_DIR / "var").absolute()

EMBEDDED_DATABASE = not env.is_set("DATABASE_URL")
EMBEDDED_BROKER = not env.is_set("REDIS_URL")
DEBUG = env.flag("DEBUG", default=EMBEDDED_DATABASE or EMBEDDED_BROKER)
SECRETS_FOLDER = VAR / "secrets" if DEBUG else None

SECRET_KEY = env.secret("SECRET_KEY", folder=SECRETS_FOLDER)
LINK_KEYS = env.secret_list("LINK_KEYS", folder=SECRETS_FOLDER)
FIELD_KEYS = env.secret_list("FIELD_KEYS", folder=SECRETS_FOLDER)

PORT = env.number("PORT", default=8000, least=1, most=65535)
BASE_URL = env.web_address("BASE_URL", f"http://127.0.0.1:{PORT}")
BASE_HOST = urlsplit(BASE_URL).hostname or "127.0.0.1"
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", [BASE_HOST] + (["127.0.0.1", "localhost", "[::1]"] if DEBUG else []))
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(BASE_URL))]
DEMO_DATA = env.flag("DEMO_DATA", default=True)
TIME_ZONE = env.zone("TIME_ZONE", "America/Los_Angeles")
USE_TZ = True
LANGUAGE_CODE = "en-us"
USE_I18N = False
DATE_FORMAT, DATETIME_FORMAT = "D j M Y", "D j M Y, g:i A"

# -- what the pipeline is, top to bottom; `jada.core.reconcile` walks it ------------------------------

RECONCILE_LAYERS = [
    "charters.calendars.layer.CalendarLayer",  # calendar      -> charter records
    "charters.calendars.corrections.CorrectionLayer",  # corrections   -> calendar (etag-guarded patch)
    "charters.pages.layer.PageLayer",  # charter       -> page in the bucket
    "charters.pages.layer.EdgeLayer",  # page          -> what a guest's phone is served
    "dispatch.messages.MessageLayer",  # charter       -> people
]
RECONCILE_INTERVAL = env.number("RECONCILE_INTERVAL", default=300, least=1, most=86_400)
AUDIT_AT = env.number("AUDIT_AT", default=3, least=0, most=23)

OWN_MAIL_HOSTS = env.names("OWN_MAIL_HOSTS", ["mx.google.com"])
OFFICE_ADDRESSES = env.names("OFFICE_ADDRESSES", ["@sailjada.com", "@queenofsandiego.com"])
ALLOW_PRIVATE_CALENDAR_HOSTS = env.flag("ALLOW_PRIVATE_CALENDAR_HOSTS", default=False)
CALENDAR_SECONDS = 10.0  # that a feed may take, from the first byte to the last
# A calendar may be a file in this folder and nowhere else: the reference weekend's feed, open to an editor.
CALENDAR_FILES = VAR / "demo"
GOOGLE_CREDENTIALS = env.credentials("GOOGLE_CREDENTIALS")
GOOGLE_API_ENDPOINT = env.web_address("GOOGLE_API_ENDPOINT", "https://www.googleapis.com")
ARRIVE_LEAD_MINUTES = env.number("ARRIVE_LEAD_MINUTES", default=15, least=0, most=720)

BOARDING_LEAD_HOURS = env.number("BOARDING_LEAD_HOURS", default=48, least=1, most=720)
MESSAGE_SETTLE_SECONDS = env.number("MESSAGE_SETTLE_SECONDS", default=300, least=0, most=86_400)
# Within three hours of departure a change may not wait as long (docs/domain.md).
MESSAGE_SETTLE_SECONDS_NEAR = min(60, MESSAGE_SETTLE_SECONDS)

# -- where things are kept ---------------------------------------------------------------------------

_EMBEDDED = addresses(VAR)
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL")
    if not EMBEDDED_DATABASE
    else {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _EMBEDDED.database_name,
        "USER": _EMBEDDED.database_user,
        "HOST": str(_EMBEDDED.database_host),
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    # The pool belongs to a process whose threads share it; empty when idle, so that a sleeping process holds nothing.
    pool={"min_size": 0, "max_size": 16, "timeout": 10, "max_idle": 60},
    application_name="jada",
)
# After a restart of Postgres a dead connection is noticed before a request meets it.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
REDIS_URL = env.broker("REDIS_URL") if not EMBEDDED_BROKER else f"unix://{_EMBEDDED.redis_socket}"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

GUEST_PAGES_BUCKET = env.bucket("GUEST_PAGES_BUCKET")
GUEST_PAGES_PREFIX = env.prefix("GUEST_PAGES_PREFIX")
GUEST_PAGES_FOLDER = None if GUEST_PAGES_BUCKET else VAR / "pages"
GUEST_PAGES_URL = env.web_address("GUEST_PAGES_URL", f"{BASE_URL}/pages")
GUEST_PAGES_CACHE_CONTROL = env.header("GUEST_PAGES_CACHE_CONTROL", "no-cache")
CLOUDFRONT_DISTRIBUTION_ID = env.distribution("CLOUDFRONT_DISTRIBUTION_ID")
# The first thousand paths of a month cost nothing; the board warns before there are more. 0: no budget.
CLOUDFRONT_MONTHLY_PATHS = env.number("CLOUDFRONT_MONTHLY_PATHS", default=1_000, least=0, most=10_000_000)
# So many days after the trip its page is withdrawn, its links die and what it said is removed everywhere.
GUEST_PAGES_KEEP_DAYS = env.number("GUEST_PAGES_KEEP_DAYS", default=365, least=1, most=3_650)
# The audit asks public addresses at this rate, so that guests do not notice it.
GUEST_PAGES_CHECKS_PER_SECOND = env.number("GUEST_PAGES_CHECKS_PER_SECOND", default=50, least=1, most=1_000)
if GUEST_PAGES_BUCKET and not env.is_set("GUEST_PAGES_URL"):
    raise env.refuse("GUEST_PAGES_URL", "it must name the public address of the bucket's pages.")

MEDIA_BUCKET = env.bucket("MEDIA_BUCKET")
# boto3 reads these for itself, and would only complain at the first page.
for _name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_CLOUDFRONT"):
    if env.is_set(_name):
        env.web_address(_name, "")


def _bucket(name: str, *, client: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """A bucket's entry in STORAGES; `client` is what botocore's Config shall say otherwise for it."""
    from botocore.config import Config  # slow to import, and of no use without a bucket

    client = {"connect_timeout": 3, "read_timeout": 10, **(client or {})}
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": name,
            "default_acl": None,
            "file_overwrite": True,
            "client_config": Config(retries={"mode": "standard", "total_max_attempts": 3}, **client),
            **options,
        },
    }


def pages_bucket(name: str, prefix: str) -> dict[str, Any]:
    """The entry of a bucket in which guest pages are kept, below the prefix."""
    return _bucket(
        name,
        location=prefix,
        object_parameters={"CacheControl": GUEST_PAGES_CACHE_CONTROL},
        querystring_auth=False,
        # Three tries end within half a page's lease. A page is put with its MD5, and needs no checksum of the client's.
        # For each request botocore would look through arguments that are ours, and make up a name for itself anew: of
        # the processor's time that a put takes, one part in six (bench/publishing.py).
        client={
            "read_timeout": 5,
            "max_pool_connections": 32,
            "request_checksum_calculation": "when_required",
            "parameter_validation": False,
            "user_agent": "JADA",
        },
    )


STORAGES: dict[str, dict[str, Any]] = {
    # Private: photos, later signed waivers.
    "default": _bucket(MEDIA_BUCKET, querystring_expire=300)
    if MEDIA_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "media"}},
    "pages": pages_bucket(GUEST_PAGES_BUCKET, GUEST_PAGES_PREFIX)
    if GUEST_PAGES_BUCKET
    else {
        "BACKEND": "charters.pages.store.PageFolder",
        "OPTIONS": {"location": VAR / "pages", "base_url": f"{GUEST_PAGES_URL}/"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
# The folder is made by `collectstatic`; whitenoise would otherwise warn in development, where finders serve.
if DEBUG:
    WHITENOISE_AUTOREFRESH = False

# -- mail: unset, messages stay in the database and are read in the admin -------------------------------

_MAIL = env.mail("EMAIL_URL")
MAIL_LEAVES_THE_HOUSE = _MAIL is not None
for _name, _value in (_MAIL or {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}).items():
    globals()[_name] = _value
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", "JADA <office@sailjada.com>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# -- Celery: one pool of threads a process (docs/architecture.md, rule 1: Redis is the doorbell) ---------

CELERY_BROKER_URL = (
    f"redis+socket://{REDIS_URL.removeprefix('unix://')}" if REDIS_URL.startswith("unix://") else REDIS_URL
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "visibility_timeout": 3600,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
}

# -- Django --------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "jada.apps.JadaConfig",
    "jada.core",
    "charters",
    "dispatch",
    "waivers",
    "unfold.apps.BasicAppConfig",
    "jada.apps.JadaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "ninja",  # or the API's docs load from elsewhere
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "jada.urls"
WSGI_APPLICATION = "jada.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_IPWARE_PROXY_COUNT = 0
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

SECURE = BASE_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

_PAGES_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(GUEST_PAGES_URL))
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF, NONCE],
        "script-src": [SELF, NONCE],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Unfold's Alpine evaluates expressions and styles inline: only the admin may (jada/admin.py applies it).
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}
WAIVER_FRAME_ANCESTORS = [SELF, _PAGES_ORIGIN]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "JADA",
    "SITE_HEADER": "JADA",
    "SITE_SYMBOL": "sailing",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"tokens": {"()": "jada.core.logs.HideTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}, "botocore": {"level": "WARNING"}},
}

"""Settings, read from the environment once.

DATA_DIR        folder of everything this installation keeps (database, keys, photos); default ./var
DATABASE_URL    database of the application login; default: the embedded server in DATA_DIR
OWNER_DATABASE_URL  database of the owner login (migrations, creating districts); default as above
LINLI_LOGIN     "app" (default) or "owner": which of the two this process uses
LINLI_DEMO      "1" on a demo installation: codes are shown on the console, the sign-in page names the demo accounts
LINLI_HTTPS     "1" when served over HTTPS: cookies are then marked secure
LINLI_PROXY     addresses of the server in front, whose X-Forwarded-For is believed; default: this very machine
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
KEYS_DIR = DATA_DIR / "keys"
LIBRARY_DIR = Path(os.environ.get("LINLI_LIBRARY") or ROOT / "library")
LOGIN = os.environ.get("LINLI_LOGIN", "app")
DEMO = os.environ.get("LINLI_DEMO") == "1"
HTTPS = os.environ.get("LINLI_HTTPS") == "1"
DEBUG = False


def _secret_key() -> str:
    """The key that signs cookies, kept in DATA_DIR/keys; made on first use, readable by its owner alone."""
    path = KEYS_DIR / "cookies.key"
    if not path.exists():
        KEYS_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)  # the first of several starting processes wins
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text()


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "application_name": f"linli-{LOGIN}",
            "connect_timeout": 5,
            # Statements are bound and, from the third time on, prepared by the server: half the time of a command.
            "server_side_binding": True,
            "prepare_threshold": 3,
            **options,
        },
    }


def _database_url() -> str:
    name = "OWNER_DATABASE_URL" if LOGIN == "owner" else "DATABASE_URL"
    if url := os.environ.get(name):
        return url
    written = KEYS_DIR / f"{LOGIN}.url"  # the embedded server writes one for each login when it starts
    return written.read_text().strip() if written.exists() else "postgresql://linli@127.0.0.1:5432/linli"


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = ["*"]  # the host names a district; a single district answers on any
DATABASES = {"default": _database(_database_url())}
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)

_PLATFORM = ["django_tenants", "linli.kernel.registry", "django.contrib.staticfiles", "django_htmx"]
_WEB = ["linli.channels.web"]
_DISTRICT = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "linli.kernel",
    "linli.territory",
    "linli.people",
    "linli.matters",
    "linli.indicators",
    "linli.methods",
]
HAS_MULTI_TYPE_TENANTS = True
MULTI_TYPE_DATABASE_FIELD = "kind"
TENANT_TYPES = {
    "public": {"APPS": _PLATFORM, "URLCONF": "linli.urls"},
    "district": {"APPS": _DISTRICT, "URLCONF": "linli.urls"},
    "closed": {"APPS": _DISTRICT, "URLCONF": "linli.urls"},  # a district that is being made: nobody answers for it
    "hub": {"APPS": ["django.contrib.contenttypes", "linli.kernel"], "URLCONF": "linli.urls"},
}
INSTALLED_APPS = [*_PLATFORM, *_WEB, *_DISTRICT]
TENANT_MODEL = "registry.District"
TENANT_DOMAIN_MODEL = "registry.Domain"
TENANT_LIMIT_SET_CALLS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]  # memory-hard, a tenth of a second
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "linli.channels.web.stale_forms.given_back"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

ROOT_URLCONF = "linli.urls"
WSGI_APPLICATION = "linli.wsgi.application"
MIDDLEWARE = [
    "linli.channels.web.middleware.guard_headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "linli.channels.web.middleware.find_district",
    "linli.channels.web.middleware.refuse_oversized",
    "linli.channels.web.middleware.refuse_unprintable",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "linli.channels.web.middleware.speak_plainly",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["linli.channels.web.pages.surroundings"]},
    }
]
STATIC_URL = "/static/"
LANGUAGE_CODE = "zh-hans"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"reticent": {"()": "linli.kernel.logs.Reticent"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "reticent"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LINLI_LOG", "WARNING")},
}

"""The web server's way in. Style, script and icons are served ready-made and compressed, before Django is asked."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers
from whitenoise import WhiteNoise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")

STATIC = Path(__file__).parent / "channels" / "web" / "static"


def _is_forever(path: str, url: str) -> bool:
    """Files that the page build made carry a hash of their content in the name."""
    return "/built/" in url and not url.endswith(".json")


def seen_from_outside(answer: Callable[..., Iterable[bytes]], proxies: str, *, https: bool) -> Callable[..., Any]:
    """Requests as they were before the server in front (`proxies`: its addresses, by commas) handed them on: from whom,
    or one visitor's failures to sign in would lock out all; and over HTTPS, or no form would seem to be our own."""

    def outside(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if https:
            environ["wsgi.url_scheme"] = "https"
        return answer(environ, start)

    return wrap_wsgi_with_proxy_headers(outside, trusted_hosts=proxies)  # type: ignore[no-any-return]


application = seen_from_outside(
    WhiteNoise(get_wsgi_application(), root=STATIC, prefix="static/", max_age=3600, immutable_file_test=_is_forever),
    os.environ.get("LINLI_PROXY", "127.0.0.1,::1"),
    https=settings.HTTPS,
)

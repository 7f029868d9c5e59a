"""The web server's way in. Style, script and icons are served ready-made and compressed, before Django is asked."""

import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")

STATIC = Path(__file__).parent / "channels" / "web" / "static"


def _is_forever(path: str, url: str) -> bool:
    """Files that the page build made carry a hash of their content in the name."""
    return "/built/" in url and not url.endswith(".json")


application = WhiteNoise(
    get_wsgi_application(), root=STATIC, prefix="static/", max_age=3600, immutable_file_test=_is_forever
)

"""Messages of the demo: printed where the demo was started, for whoever tries it out. Never in real use."""

import sys
from collections.abc import Mapping

from django.conf import settings

from linli.kernel.masks import mask_phone
from linli.kernel.refusal import Unavailable
from linli.kernel.words import say


def send(phone: str, template_key: str, data: Mapping[str, str]) -> None:
    """Print a message on the console of a demo installation; it goes into no log. Unavailable on any other."""
    if not settings.DEMO:
        raise Unavailable("people.no_sender")
    print(f"{mask_phone(phone)}  {say(template_key, **data)}", file=sys.stdout, flush=True)

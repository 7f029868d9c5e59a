"""Sending a message to a phone, in whatever way this installation has: the setting MESSAGE_SENDER names it."""

from collections.abc import Mapping
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

_CONSOLE = "linli.channels.messages.console.send"  # of a demo; it refuses on any other installation


class Sender(Protocol):
    """`template_key` names the sentence in the words, `data` fills it in; it raises when the message cannot go out."""

    def __call__(self, phone: str, template_key: str, data: Mapping[str, str]) -> None: ...


def send(phone: str, template_key: str, data: Mapping[str, str]) -> None:
    """Hand a message over. Unavailable("people.no_sender") where no way of sending is set up."""
    sender: Sender = import_string(getattr(settings, "MESSAGE_SENDER", _CONSOLE))
    sender(phone, template_key, data)

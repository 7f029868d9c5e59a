"""Sending a message to a phone, through whatever way this installation has: the setting MESSAGE_SENDER names it."""

from collections.abc import Mapping
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from linli.kernel.refusal import Unavailable


class Sender(Protocol):
    """`template_key` names the sentence in the words, `data` fills it in; it raises when the message cannot go out."""

    def __call__(self, phone: str, template_key: str, data: Mapping[str, str]) -> None: ...


def send(phone: str, template_key: str, data: Mapping[str, str]) -> None:
    """Hand a message over. Unavailable("people.no_sender") where no way of sending is set up."""
    way = settings.MESSAGE_SENDER
    if not way:
        raise Unavailable("people.no_sender")
    sender: Sender = import_string(way)
    sender(phone, template_key, data)

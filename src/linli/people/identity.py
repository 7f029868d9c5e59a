"""Names and phones of parties: sealed in their columns, compared by blind indexes, masked when shown."""

import base64
import re
from datetime import datetime, timedelta

from django.conf import settings

from linli.kernel import cipher, masks
from linli.kernel.district import schema
from linli.kernel.refusal import Refusal
from linli.people.models import Party

_TABLE = "people_party"
_LONGEST_NAME = 100


def cleaned_name(name: str) -> str:
    """A name as it is kept, blanks folded. Refusal("people.bad_name") when there is none or it is too long."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise Refusal("people.bad_name", most=_LONGEST_NAME)
    return name


def cleaned_phone(phone: str) -> str:
    """The digits of a phone number; abroad they begin with 00. Refusal("people.bad_phone") when it cannot be one."""
    try:
        digits = masks.normal_phone(phone)
    except ValueError:
        digits = ""
    if not re.fullmatch(r"1[3-9]\d{9}|0\d{6,17}|[2-9]\d{6,7}", digits):
        raise Refusal("people.bad_phone")
    return digits


def sealed(party: int, column: str, text: str) -> bytes:
    """What the column `name` or `phone` of a party holds; its id is known before the row is."""
    return cipher.seal(_keyring(), text, district=schema(), table=_TABLE, column=column, row=party)


def name_of(party: Party) -> str:
    return _open(party.id, "name", party.name)


def phone_of(party: Party) -> str | None:
    return None if party.phone is None else _open(party.id, "phone", party.phone)


def masked_name(party: Party) -> str:
    """张** for a person; an organisation's name is public."""
    name = name_of(party)
    return name if party.kind == "organisation" else masks.mask_name(name)


def masked_phone(party: Party) -> str:
    phone = phone_of(party)
    return masks.mask_phone(phone) if phone else ""


def name_index(name: str) -> bytes:
    return cipher.blind(_keyring(), name, district=schema(), column="name")


def phone_index(phone: str) -> bytes:
    return cipher.blind(_keyring(), phone, district=schema(), column="phone")


def blind(text: str, purpose: str) -> bytes:
    """The blind index of something that is kept only to be counted or compared: a client address, a code."""
    return cipher.blind(_keyring(), text, district=schema(), column=purpose)


def sealed_secret(party: int, secret: bytes) -> bytes:
    """The secret of a second factor as it is kept in the account."""
    return cipher.seal_bytes(_keyring(), secret, _secret_of(party))


def secret_of(party: int, kept: bytes | memoryview) -> bytes:
    return cipher.unseal_bytes(_keyring(), kept, _secret_of(party))


def sealed_ticket(phone: str, at: datetime) -> str:
    """What somebody holds who has just proven that a phone is theirs; nobody can read or make one."""
    content = f"{int(at.timestamp())} {phone}".encode()
    return base64.urlsafe_b64encode(cipher.seal_bytes(_keyring(), content, _of_tickets())).decode()


def phone_of_ticket(ticket: str, at: datetime, life: timedelta) -> str | None:
    """The phone that was proven, unless it is longer ago than `life`, or the ticket is not one of ours."""
    try:
        content = cipher.unseal_bytes(_keyring(), base64.urlsafe_b64decode(ticket), _of_tickets()).decode()
    except (cipher.Unreadable, ValueError):
        return None
    proven, phone = content.split(" ")
    return phone if 0 <= int(at.timestamp()) - int(proven) <= life.total_seconds() else None


def _open(party: int, column: str, kept: bytes | memoryview) -> str:
    return cipher.unseal(_keyring(), kept, district=schema(), table=_TABLE, column=column, row=party)


def _secret_of(party: int) -> tuple[str, ...]:
    return ("totp", schema(), "people_account", "totp_secret", str(party))


def _of_tickets() -> tuple[str, ...]:
    return ("proven phone", schema())


def _keyring() -> cipher.Keyring:
    return cipher.Keyring.load(settings.KEYS_DIR)

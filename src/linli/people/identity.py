"""Names and phones of parties: sealed in their columns, compared by blind indexes, masked when shown."""

import re

from django.conf import settings
from django.db import connection

from linli.kernel import cipher, masks
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
    return cipher.seal(_keyring(), text, district=district(), table=_TABLE, column=column, row=party)


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
    return cipher.blind(_keyring(), name, district=district(), column="name")


def phone_index(phone: str) -> bytes:
    return cipher.blind(_keyring(), phone, district=district(), column="phone")


def blind(text: str, purpose: str) -> bytes:
    """The blind index of something that is kept only to be counted or compared: a client address, a code."""
    return cipher.blind(_keyring(), text, district=district(), column=purpose)


def sealed_secret(party: int, secret: bytes) -> bytes:
    """The secret of a second factor as it is kept in the account."""
    return cipher.seal_bytes(_keyring(), secret, _secret_of(party))


def secret_of(party: int, kept: bytes | memoryview) -> bytes:
    return cipher.unseal_bytes(_keyring(), kept, _secret_of(party))


def district() -> str:
    """The schema that this process works in: part of what a value is sealed for."""
    return str(connection.schema_name)  # type: ignore[attr-defined]


def _open(party: int, column: str, kept: bytes | memoryview) -> str:
    return cipher.unseal(_keyring(), kept, district=district(), table=_TABLE, column=column, row=party)


def _secret_of(party: int) -> tuple[str, ...]:
    return ("totp", district(), "people_account", "totp_secret", str(party))


def _keyring() -> cipher.Keyring:
    return cipher.Keyring.load(settings.KEYS_DIR)

"""Sessions: opened by signing in, ended by their owner, by the administrator, by time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.command import command
from linli.kernel.event import record
from linli.kernel.models import Event
from linli.kernel.refusal import Missing
from linli.kernel.scope import scope
from linli.people import events
from linli.people.commands.records import locked
from linli.people.models import Party, Session, SignInCode, SignInFailure
from linli.people.queries import local_day
from linli.people.rules import may_administer
from linli.people.safety import FORGET_AFTER, SESSION_LIFE, device_of, hashed

_KEEP_ENDED = timedelta(days=90)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A session just opened. The token is known to nobody but its bearer: only its hash is kept."""

    token: str
    session: int
    party: int
    expires_at: datetime


def open_session(party: Party, at: datetime, *, how: str, totp: bool, channel: str, device: str) -> Opened:
    """Sign a party in; runs in the transaction in which it proved who it is. `how`: password or code."""
    token = secrets.token_urlsafe(32)
    session = Session.objects.create(
        account_id=party.id,
        token_hash=bytes.fromhex(hashed(token)),
        channel=channel,
        device=device_of(device),
        opened_at=at,
        expires_at=at + SESSION_LIFE,
        used_on=local_day(at),
    )
    body = {"session": session.id, "channel": channel, "with": how, "totp": totp}
    by = Actor("person", party.id).ref
    record(party, events.SESSION_OPENED, by=by, at=at, cause=None, body=body, changes={})
    return Opened(token, session.id, party.id, session.expires_at)


def sign_out(*, by: Actor, at: datetime, token: str) -> None:
    """End the session of this token; nothing happens when it is ended or unknown."""
    with scope(SYSTEM):
        session = Session.objects.filter(token_hash=bytes.fromhex(hashed(token)), ended_at=None).first()
    if session is not None and session.account_id == by.party:
        end_sessions(by=by, at=at, session=session.id)


@command("people.end_sessions", wide=True)
def end_sessions(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    party: int | None = None,
    session: int | None = None,
    keep: int | None = None,
) -> Event:
    """End one session, or all of a party (one's own by default) but `keep`. Others' only by the administrator."""
    owner = by.party if party is None else party
    if owner is None or (owner != by.party and not may_administer(by)):
        raise Missing("not_found")
    found = locked(owner)
    ended = end_open_sessions(owner, at, only=session, keep=keep)
    if session is not None and not ended:
        raise Missing("not_found")
    return record(found, events.SESSION_ENDED, by=by.ref, at=at, cause=cause, body={"sessions": ended}, changes={})


def end_open_sessions(party: int, at: datetime, *, only: int | None = None, keep: int | None = None) -> list[int]:
    """Mark sessions as ended and return their ids; runs in the transaction of the command that wants it."""
    sessions = Session.objects.filter(account_id=party, ended_at=None)
    if only is not None:
        sessions = sessions.filter(id=only)
    ids = [session for session in sessions.order_by("id").values_list("id", flat=True) if session != keep]
    Session.objects.filter(id__in=ids).update(ended_at=at)
    return ids


def mark_used(session: int, at: datetime) -> None:
    """Note the day on which a session was last used: the day, no more, and once a day."""
    with scope(SYSTEM):
        Session.objects.filter(id=session, used_on__lt=local_day(at)).update(used_on=local_day(at))


def forget_old_sign_ins(at: datetime) -> None:
    """Delete codes and failures after a day and sessions some time after their end. Run by the clock."""
    with scope(SYSTEM):
        SignInCode.objects.filter(sent_at__lte=at - FORGET_AFTER).delete()
        SignInFailure.objects.filter(last_at__lte=at - FORGET_AFTER).exclude(
            locked_until__gt=at - FORGET_AFTER
        ).delete()
        Session.objects.filter(ended_at__lte=at - _KEEP_ENDED).delete()
        Session.objects.filter(expires_at__lte=at - _KEEP_ENDED).delete()

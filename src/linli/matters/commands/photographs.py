"""Uploading photos, before the form that shows them is sent."""

from datetime import datetime, timedelta
from uuid import UUID

from uuid6 import uuid7

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.district import schema
from linli.kernel.refusal import TooMany, Unauthenticated
from linli.kernel.scope import scope
from linli.matters import photo_store
from linli.matters.models import Photo
from linli.matters.photos import read_photo

UNUSED_KEPT = timedelta(days=1)  # an upload that no form was sent with
UNUSED_MOST = 60  # uploads of one person that no form has taken up yet


def upload_photo(*, by: Actor, at: datetime, data: bytes) -> UUID:
    """Keep a picture for a form that is about to be sent. Returns its id; 422 for what is no picture or too large.

    No event: an upload says nothing yet. The event that takes it up names it.
    """
    if by.party is None:
        raise Unauthenticated("sign_in_first")
    with scope(by):  # before anything is decoded or written: whoever has sent too many costs nothing more
        _refuse_too_many(by.party)
    photo = read_photo(data)
    digest = photo_store.put(schema(), photo.data)
    with scope(by):
        _refuse_too_many(by.party)
        row = Photo(
            id=UUID(int=uuid7().int),
            digest=digest,
            width=photo.width,
            height=photo.height,
            uploaded_by_id=by.party,
            uploaded_at=at,
        )
        row.save(force_insert=True)
    return row.id


def sweep(at: datetime) -> int:
    """Forget uploads that were never used, then remove the files that no row refers to. Returns how many files."""
    with scope(SYSTEM):
        Photo.objects.filter(matter=None, uploaded_at__lt=at - UNUSED_KEPT).delete()
    return photo_store.sweep_photos(at)


def _refuse_too_many(party: int) -> None:
    if Photo.objects.filter(uploaded_by_id=party, matter=None).count() >= UNUSED_MOST:
        raise TooMany("photo.too_many_unused", seconds=int(UNUSED_KEPT.total_seconds()))

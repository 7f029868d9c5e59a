"""Photos, from the upload to who may see them."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from PIL import Image

from linli.kernel.actor import CLOCK, NOBODY, SYSTEM
from linli.kernel.audit import audit
from linli.kernel.district import schema
from linli.kernel.refusal import Missing
from linli.kernel.scope import scope
from linli.matters import photo_store
from linli.matters.commands import photographs, sweep, upload_photo
from linli.matters.models import Photo
from linli.matters.photo_reading import photo_bytes
from linli.matters.photos import MAX_BYTES, THUMBNAIL_SIDE
from tests.cast import WORKING_AT
from tests.matters.corner import Corner, make, refused
from tests.matters.test_photos import HEIC, camera_data, file, picture

DAY = timedelta(days=1)


def uploaded(corner: Corner, data: bytes | None = None, *, by: str = "resident") -> UUID:
    return upload_photo(by=corner.actor(by), at=WORKING_AT, data=data or file(picture((8, 8)), "PNG"))


def sees(corner: Corner, role: str, photo: UUID) -> bool:
    try:
        return bool(photo_bytes(corner.actor(role), photo))
    except Missing:
        return False


@pytest.mark.parametrize("data", [HEIC.read_bytes(), file(picture(), exif=camera_data(6))], ids=["heic", "jpeg"])
def test_what_a_phone_sends_comes_back_as_a_jpeg_that_does_not_tell_where_it_was_taken(
    corner: Corner, data: bytes
) -> None:
    kept = photo_bytes(corner.actor("resident"), uploaded(corner, data))
    image = Image.open(BytesIO(kept))
    assert (image.format, image.size) == ("JPEG", (64, 128))  # turned upright
    assert not image.getexif() and b"Exif" not in kept and b"Camera" not in kept


def test_the_row_says_how_large_it_is_and_who_sent_it(corner: Corner) -> None:
    photo = uploaded(corner, file(picture((40, 20)), "WEBP"))
    with scope(corner.actor("resident")):
        row = Photo.objects.get(pk=photo)
    assert (row.width, row.height, row.uploaded_by_id, row.matter_id) == (40, 20, corner.party("resident"), None)
    assert row.uploaded_at == WORKING_AT


def test_what_is_no_photo_or_too_large_is_refused(corner: Corner) -> None:
    bomb = file(Image.new("1", (8000, 8000)), "PNG")
    for data, code in (
        (b"%PDF-1.7", "photo.not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.not_an_image"),
        (file(picture(), "GIF"), "photo.not_an_image"),
        (b"\xff" * (MAX_BYTES + 1), "photo.too_large"),
        (bomb, "photo.too_many_pixels"),
    ):
        with refused(code, 422):
            uploaded(corner, data)


@pytest.mark.parametrize("actor", [NOBODY, CLOCK, SYSTEM], ids=lambda actor: actor.role)
def test_only_people_upload(corner: Corner, actor: object) -> None:
    with refused("sign_in_first", 401):
        upload_photo(by=actor, at=WORKING_AT, data=b"")  # type: ignore[arg-type]


def test_an_upload_is_its_owners_until_a_matter_shows_it(corner: Corner) -> None:
    photo = uploaded(corner)
    seen_by = ("resident", "neighbour", "grid_worker", "sibling", "community_desk", "supervisor")
    assert [role for role in seen_by if sees(corner, role, photo)] == ["resident"]
    corner.open(photos=[str(photo)])
    assert [role for role in seen_by if sees(corner, role, photo)] == [
        "resident", "grid_worker", "community_desk", "supervisor",
    ]  # fmt: skip
    with refused("not_found", 404):
        photo_bytes(NOBODY, photo)
    with refused("not_found", 404):
        photo_bytes(corner.actor("resident"), uuid4())


def test_the_reporter_sees_what_the_worker_shows(corner: Corner) -> None:
    matter = corner.move(corner.open(), "take_on", by="grid_worker")
    photo = uploaded(corner, by="grid_worker")
    assert not sees(corner, "resident", photo)
    make(corner, matter, "solve", by="grid_worker", note="好了", photos=[str(photo)])
    assert sees(corner, "resident", photo) and not sees(corner, "across", photo)


def test_a_thumbnail_is_small(corner: Corner) -> None:
    photo = uploaded(corner, file(picture((2000, 1000))))
    small = photo_bytes(corner.actor("resident"), photo, small=True)
    assert Image.open(BytesIO(small)).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2)


def test_nobody_fills_the_store_with_what_they_never_send(own_corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photographs, "UNUSED_MOST", 2)
    photos = [uploaded(own_corner) for _ in range(2)]
    with refused("photo.too_many_unused", 429) as caught:
        uploaded(own_corner)
    assert caught.value.data["seconds"] == 24 * 3600
    with refused("photo.too_many_unused", 429):  # found out before anything is decoded
        uploaded(own_corner, b"no picture at all")
    own_corner.open(photos=[str(photos[0])])
    uploaded(own_corner)


def test_what_was_never_sent_is_swept_after_a_day_and_what_is_shown_stays(own_corner: Corner) -> None:
    shown, unused = uploaded(own_corner, file(picture((9, 9)))), uploaded(own_corner, file(picture((7, 7))))
    own_corner.open(photos=[str(shown)])
    with scope(SYSTEM):
        digests = dict(Photo.objects.filter(pk__in=[shown, unused]).values_list("id", "digest"))
    sweep(WORKING_AT + DAY)
    assert sees(own_corner, "resident", unused)
    sweep(WORKING_AT + DAY + timedelta(seconds=1))
    assert not sees(own_corner, "resident", unused) and sees(own_corner, "resident", shown)
    photo_store.sweep(schema(), photo_store._named, WORKING_AT + 3650 * DAY)
    assert photo_store.holds(schema(), digests[shown]) and not photo_store.holds(schema(), digests[unused])


def test_the_audit_finds_a_photo_that_was_changed(own_corner: Corner) -> None:
    photo = uploaded(own_corner, file(picture((11, 11))))
    own_corner.open(photos=[str(photo)])
    assert not [finding for finding in audit().findings if str(photo) in finding.where]
    with scope(SYSTEM):
        path = photo_store._path(schema(), Photo.objects.get(pk=photo).digest)
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(sealed)
    assert [finding.fault for finding in audit().findings if str(photo) in finding.where] == ["lost_photo"]

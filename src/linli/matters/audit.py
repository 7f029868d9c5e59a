"""The audit's look at what matters keep outside of the database: the files of photos."""

from collections.abc import Iterator

from linli.kernel.audit import Finding, check
from linli.kernel.district import schema
from linli.matters.models import Photo


@check
def photos() -> Iterator[Finding]:
    """Every photo that an event took up is there, opens, and is the one that it was."""
    from linli.matters import photo_store

    for photo_id, digest in Photo.objects.filter(matter__isnull=False).values_list("id", "digest").iterator():
        if not photo_store.holds(schema(), digest):
            yield Finding("lost_photo", f"photo {photo_id}")

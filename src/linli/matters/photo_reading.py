"""Photos as somebody may see them: within the scope that shows the matter."""

from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.district import schema
from linli.kernel.refusal import Missing
from linli.kernel.scope import scope
from linli.matters import photo_store
from linli.matters.models import Photo
from linli.matters.photos import thumbnail


def photo_bytes(actor: Actor, photo: UUID, *, small: bool = False) -> bytes:
    """The JPEG of a photo, or of its thumbnail. Missing for whoever may not see the matter that it belongs to."""
    with scope(actor):
        found = Photo.objects.filter(id=photo).values_list("digest", flat=True).first()
    if found is None:
        raise Missing("not_found")
    data = photo_store.read(schema(), found)
    return thumbnail(data) if small else data

"""Photos: uploaded first, named by id in a form; shown only to who may see the matter."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from linli.channels.api.problems import ALWAYS, CHANGING, Problem, answers
from linli.channels.api.security import Bearer, actor, moment
from linli.kernel.refusal import Refusal
from linli.matters.commands import upload_photo
from linli.matters.photo_reading import photo_bytes
from linli.matters.photos import MAX_BYTES

router = Router(tags=["photos"], auth=Bearer())


class Uploaded(Schema):
    id: UUID


_PICTURE = {"type": "string", "format": "binary"}
_UPLOAD = {
    "multipart/form-data": {"schema": {"type": "object", "properties": {"file": _PICTURE}, "required": ["file"]}},
    **{f"image/{kind}": {"schema": _PICTURE} for kind in ("jpeg", "png", "webp", "heic")},
}
_JPEG = {"description": "The photo", "content": {"image/jpeg": {"schema": _PICTURE}}}


@router.post(
    "/photos",
    response=answers(201, Uploaded, CHANGING),
    summary="Upload a photo: multipart, one file; or its bytes",
    openapi_extra={"requestBody": {"required": True, "content": _UPLOAD}},
)
def upload(request: HttpRequest) -> Status[Uploaded]:
    return Status(201, Uploaded(id=upload_photo(by=actor(request), at=moment(request), data=_picture(request))))


@router.get(
    "/photos/{photo}",
    response={ALWAYS: Problem},
    summary="A photo, as JPEG",
    openapi_extra={"responses": {200: _JPEG}},
)
def show(request: HttpRequest, photo: UUID) -> HttpResponse:
    response = HttpResponse(photo_bytes(actor(request), photo), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _picture(request: HttpRequest) -> bytes:
    """The one file of a multipart form, whatever its field is called, or the body itself; a byte too many at most."""
    if request.content_type != "multipart/form-data":
        return request.read(MAX_BYTES + 1)
    files = [file for _, listed in request.FILES.lists() for file in listed]
    if len(files) != 1:
        raise Refusal("photo.one_file")
    return bytes(files[0].read(MAX_BYTES + 1))

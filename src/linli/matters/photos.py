"""Photos as they are taken in: whatever a phone sends becomes a plain JPEG of moderate size that tells nothing but what
it shows. Pure: bytes in, bytes out.

What a file is, its content decides, never its name. Camera data, above all where the photo was taken, comments, colour
profiles and previews are left behind: only pixels pass.
"""

import threading
import warnings
from dataclasses import dataclass
from io import BytesIO

import pi_heif
from PIL import Image, ImageOps

from linli.kernel.refusal import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000  # the largest that phones take as a rule: 8160 x 6120
MAX_SIDE = 2048
THUMBNAIL_SIDE = 320
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
_decoding = threading.Lock()  # one at a time in a process: a large photo takes some hundred MB for a moment


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo ready to be kept; width and height in pixels, as it is looked at."""

    content_type: str
    width: int
    height: int
    data: bytes


def read_photo(data: bytes) -> Photo:
    """The photo in a JPEG, PNG, WebP or HEIC file, upright, at most 2048 pixels long, as JPEG without metadata.

    Refuses photo.too_large (`limit_mb`), photo.too_many_pixels (`limit_megapixels`; before anything is decoded) and
    photo.not_an_image.
    """
    if len(data) > MAX_BYTES:
        raise Refusal("photo.too_large", limit_mb=MAX_BYTES // 1024**2)
    try:
        with _decoding, Image.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            return _encode(_upright(_small(image)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("photo.too_many_pixels", limit_megapixels=MAX_PIXELS // 10**6) from None
    except Exception:  # decoders fail on damaged files in every way they can
        raise Refusal("photo.not_an_image") from None


def thumbnail(data: bytes) -> bytes:
    """A small JPEG of a photo that `read_photo` made."""
    with Image.open(BytesIO(data), formats=("JPEG",)) as image:
        image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), reducing_gap=2.0)
        return _encode(image).data


def _small(image: Image.Image) -> Image.Image:
    """The first picture of the file, decoded and made small, on white where it was transparent."""
    if image.mode in ("1", "P", "PA"):  # no shades to blend
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode.startswith("I"):  # 16 bit grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image.load()
    if not image.has_transparency_data:
        return image
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    white.info = image.info
    return white


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # camera data that cannot be read turns nothing
        return image


def _encode(image: Image.Image) -> Photo:
    image = image.convert("RGB")
    image.info = {}
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=82, optimize=True, progressive=True)
    return Photo("image/jpeg", image.width, image.height, buffer.getvalue())

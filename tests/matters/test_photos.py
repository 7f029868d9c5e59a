import re
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from linli.kernel.refusal import Refusal
from linli.matters.photos import MAX_BYTES, MAX_SIDE, read_photo, thumbnail

# 128 x 64 pixels, left half red, right half blue, to be turned by 90 degrees to the right, with a camera's make and
# place: written once with pillow-heif 1.8.1, whose encoder is GPL and therefore no dependency of ours.
HEIC = Path(__file__).parent / "data" / "phone.heic"
RED, BLUE = (220, 30, 30), (30, 30, 220)


def picture(size: tuple[int, int] = (128, 64), mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def camera_data(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera of Linli"
    exif.get_ifd(0x8825).update({1: "N", 2: (46.0, 36.0, 18.0), 3: "E", 4: (131.0, 9.0, 36.0)})
    return exif


def file(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def corners(data: bytes) -> tuple[str, str]:
    """The colours at the upper left and the lower right."""
    image = Image.open(BytesIO(data))
    found = []
    for point in ((3, 3), (image.width - 4, image.height - 4)):
        red, green, blue = image.getpixel(point)  # type: ignore[misc]
        found.append(
            "red" if red > 180 and blue < 70 else "blue" if blue > 180 and red < 70 else f"{red} {green} {blue}"
        )
    return found[0], found[1]


def segments(data: bytes) -> list[int]:
    """The markers of a JPEG up to its first scan."""
    markers, at = [], 2
    while data[at + 1] != 0xDA:
        markers.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return markers


def refusal(data: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_photo(data)
    return caught.value


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg_of_its_size(kind: str) -> None:
    photo = read_photo(file(picture(), kind))
    assert (photo.content_type, photo.width, photo.height) == ("image/jpeg", 128, 64)
    assert corners(photo.data) == ("red", "blue") and Image.open(BytesIO(photo.data)).format == "JPEG"


def test_heic_from_a_phone_is_read_and_turned_upright() -> None:
    assert Image.open(HEIC).getexif().get_ifd(0x8825)[2] == (46.0, 36.0, 18.0)
    photo = read_photo(HEIC.read_bytes())
    assert (photo.content_type, photo.width, photo.height) == ("image/jpeg", 64, 128)
    assert corners(photo.data) == ("red", "blue")
    assert b"Exif" not in photo.data and b"Camera" not in photo.data


@pytest.mark.parametrize(
    ("orientation", "size", "colours"),
    [
        (1, (128, 64), ("red", "blue")), (2, (128, 64), ("blue", "red")), (3, (128, 64), ("blue", "red")),
        (4, (128, 64), ("red", "blue")), (5, (64, 128), ("red", "blue")), (6, (64, 128), ("red", "blue")),
        (7, (64, 128), ("blue", "red")), (8, (64, 128), ("blue", "red")),
    ],
)  # fmt: skip
def test_a_photo_stands_upright(orientation: int, size: tuple[int, int], colours: tuple[str, str]) -> None:
    photo = read_photo(file(picture(), exif=camera_data(orientation)))
    assert (photo.width, photo.height) == size and corners(photo.data) == colours


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_only_pixels_pass(kind: str) -> None:
    secret = b"Camera of Linli"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, object] = {
        "exif": camera_data().tobytes(),
        "icc_profile": profile,
        "xmp": b"<x>" + secret + b"</x>",
    }
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", secret.decode())  # type: ignore[attr-defined]
    else:
        options["comment"] = secret
    sent = file(picture(), kind, **options)
    assert secret in sent
    photo = read_photo(sent)
    assert secret not in photo.data and b"sRGB" not in photo.data
    allowed = {0xE0, 0xDB, 0xC2, 0xC4}  # JFIF, quantisation, progressive frame, Huffman: no APP1 (EXIF), no comment
    assert set(segments(photo.data)) <= allowed
    assert not Image.open(BytesIO(photo.data)).getexif()


def test_camera_data_that_cannot_be_read_spoils_no_photo() -> None:
    damaged = file(picture(), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\x00\x07\xff\xff\xff\xff" * 3)
    assert read_photo(damaged).width == 128


def test_a_large_photo_is_made_smaller_and_keeps_its_shape() -> None:
    photo = read_photo(file(picture((6000, 1500))))
    assert (photo.width, photo.height) == (MAX_SIDE, MAX_SIDE // 4)
    assert corners(photo.data) == ("red", "blue")
    small = Image.open(BytesIO(thumbnail(photo.data)))
    assert small.size == (320, 80) and corners(thumbnail(photo.data)) == ("red", "blue")


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("RGBA", "WEBP")])
def test_other_ways_to_store_colours_are_read(mode: str, kind: str) -> None:
    assert corners(read_photo(file(picture(mode=mode), kind)).data) == ("red", "blue")


def greys(data: bytes) -> tuple[int, int]:
    """The shades at the left and at the right."""
    image = Image.open(BytesIO(data)).convert("L")
    return image.getpixel((8, 32)), image.getpixel((56, 32))  # type: ignore[return-value]


@pytest.mark.parametrize("mode", ["1", "L"])
def test_pictures_without_colours_keep_their_shades(mode: str) -> None:
    image = Image.new("L", (64, 64), 255)
    image.paste(0, (0, 0, 32, 64))
    assert greys(read_photo(file(image.convert(mode), "PNG")).data) == (0, 255)


def test_sixteen_bits_of_grey_become_eight() -> None:
    row = struct.pack("<32H", *[32768] * 32) + struct.pack("<32H", *[65535] * 32)
    assert greys(read_photo(file(Image.frombytes("I;16", (64, 64), row * 64), "PNG")).data) == (128, 255)


def test_what_is_transparent_stands_on_white() -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    for data in (file(clear, "PNG"), file(clear.convert("P"), "PNG", transparency=0), file(clear, "WEBP")):
        assert min(Image.open(BytesIO(read_photo(data).data)).getpixel((30, 30))) >= 250  # type: ignore[type-var,arg-type]


def test_of_a_moving_picture_the_first_is_kept() -> None:
    moving = file(picture(), "WEBP", save_all=True, append_images=[Image.new("RGB", (128, 64), "green")], duration=9)
    assert corners(read_photo(moving).data) == ("red", "blue")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff<script>alert(1)</script>",
        *(file(picture(), kind) for kind in ("GIF", "BMP", "TIFF")),
    ],
)
def test_the_content_decides_what_a_file_is(data: bytes) -> None:
    assert refusal(data) == Refusal("photo.not_an_image")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_file_is_refused(kind: str) -> None:
    noise = Image.effect_noise((200, 200), 90)
    assert refusal(file(noise, kind)[:-900]) == Refusal("photo.not_an_image")


def test_a_damaged_heic_is_refused() -> None:
    data = HEIC.read_bytes()
    assert refusal(data[: len(data) // 2]) == Refusal("photo.not_an_image")


def test_a_file_of_more_than_ten_megabytes_is_refused() -> None:
    assert refusal(bytes(MAX_BYTES + 1)) == Refusal("photo.too_large", limit_mb=10)
    assert read_photo(file(picture()) + bytes(1000)).width == 128


def test_a_decompression_bomb_is_refused_by_its_head_alone() -> None:
    too_many = Refusal("photo.too_many_pixels", limit_megapixels=50)
    assert refusal(_png_head(8000, 8000)) == too_many
    assert refusal(_png_head(60000, 60000)) == too_many
    jpeg = bytearray(file(picture()))
    frame = re.search(rb"\xff\xc0..\x08", jpeg, re.DOTALL)
    assert frame
    jpeg[frame.end() : frame.end() + 4] = struct.pack(">HH", 60000, 60000)
    assert refusal(bytes(jpeg)) == too_many
    webp = bytearray(file(picture(mode="RGBA"), "WEBP", exif=camera_data().tobytes()))
    webp[24:30] = (16382).to_bytes(3, "little") * 2
    assert refusal(bytes(webp)) == too_many
    heic = bytearray(HEIC.read_bytes())
    size = heic.index(b"ispe") + 8
    heic[size : size + 8] = struct.pack(">II", 16000, 16000)
    assert refusal(bytes(heic)) == too_many


def test_a_heic_that_lies_about_its_size_is_refused() -> None:
    heic = bytearray(HEIC.read_bytes())
    size = heic.index(b"ispe") + 8
    heic[size : size + 8] = struct.pack(">II", 32, 16)
    assert refusal(bytes(heic)) == Refusal("photo.not_an_image")


def _png_head(width: int, height: int) -> bytes:
    """A PNG that promises that many pixels and holds next to none."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n"
    for kind, content in ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(99))), (b"IEND", b"")):
        data += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return data

"""A few photos for the demo, drawn rather than taken: nobody's street, nobody's face."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

_SIZE = (960, 720)
_GROUND = 470  # where the wall meets the ground
Pen = ImageDraw.ImageDraw


def picture(name: str) -> bytes:
    """The picture of this name, as a JPEG."""
    image = Image.new("RGB", _SIZE, "#d8dde2")
    _PICTURES[name](ImageDraw.Draw(image))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()


def _stairs(pen: Pen, wall: str, edge: str) -> None:
    pen.rectangle((0, 0, *_SIZE), fill=wall)
    for step in range(7):
        left, top = 140 + 95 * step, 640 - 75 * step
        pen.rectangle((left, top, 960, 720), fill=edge, outline=wall, width=4)
    pen.line((120, 470, 760, -40), fill="#5b4a3f", width=14)


def _dark_stairs(pen: Pen) -> None:
    _stairs(pen, "#23262b", "#31353b")
    pen.ellipse((220, 60, 270, 110), fill="#3d4147", outline="#55595f", width=4)


def _lit_stairs(pen: Pen) -> None:
    _stairs(pen, "#e9dfc4", "#b9b2a4")
    pen.ellipse((150, -10, 340, 180), fill="#fbf1c9")
    pen.ellipse((220, 60, 270, 110), fill="#fffdf0", outline="#c9b876", width=4)


def _yard(pen: Pen) -> None:
    pen.rectangle((0, 0, 960, _GROUND), fill="#cbbfae")
    for column in range(5):
        for row in range(2):
            left, top = 60 + 190 * column, 60 + 190 * row
            pen.rectangle((left, top, left + 100, top + 120), fill="#6f8599", outline="#f0ece4", width=6)
    pen.rectangle((0, _GROUND, *_SIZE), fill="#9a9a94")


def _rubbish(pen: Pen) -> None:
    _yard(pen)
    pen.rectangle((610, 380, 760, 590), fill="#3f7d4e", outline="#2c5a38", width=6)
    pen.rectangle((190, 480, 560, 610), fill="#8c5a3c")
    pen.rectangle((190, 410, 560, 490), fill="#9c6a4a")
    for left, top in ((580, 560), (690, 585), (130, 570)):
        pen.ellipse((left, top, left + 120, top + 90), fill="#2f3236")


def _parked_car(pen: Pen) -> None:
    _yard(pen)
    pen.rectangle((400, 180, 560, _GROUND), fill="#7b6a58", outline="#4c4238", width=8)
    pen.rounded_rectangle((210, 430, 750, 600), 40, fill="#dfe3e6", outline="#8a8f94", width=5)
    pen.polygon([(290, 430), (360, 330), (620, 330), (690, 430)], fill="#dfe3e6", outline="#8a8f94")
    pen.polygon([(320, 425), (375, 350), (480, 350), (480, 425)], fill="#4d5a66")
    pen.polygon([(500, 425), (500, 350), (605, 350), (655, 425)], fill="#4d5a66")
    for left in (280, 580):
        pen.ellipse((left, 545, left + 105, 650), fill="#22252a", outline="#777c82", width=14)


def _road(pen: Pen) -> None:
    pen.rectangle((0, 0, *_SIZE), fill="#a7a7a2")
    for row in range(9):
        for column in range(9):
            left, top = column * 130 - 65 * (row % 2), row * 85
            pen.rectangle((left, top, left + 128, top + 83), outline="#8d8d88", width=3)


def _pothole(pen: Pen) -> None:
    _road(pen)
    pen.polygon([(330, 250), (520, 210), (670, 300), (640, 470), (450, 520), (300, 420)], fill="#4b443c")
    pen.polygon([(390, 300), (520, 270), (610, 340), (580, 430), (450, 460), (370, 390)], fill="#2b2722")


def _mended_road(pen: Pen) -> None:
    _road(pen)
    for row in range(3, 6):
        for column in range(3, 6):
            left, top = column * 130 - 65 * (row % 2), row * 85
            pen.rectangle((left, top, left + 128, top + 83), fill="#c7a58c", outline="#a2836c", width=3)


def _clean_yard(pen: Pen) -> None:
    _yard(pen)
    pen.rectangle((610, 380, 760, 590), fill="#3f7d4e", outline="#2c5a38", width=6)


def _puddle(pen: Pen) -> None:
    pen.rectangle((0, 0, *_SIZE), fill="#d9cdb8")
    for line in range(8):
        pen.line((0, 380 + 50 * line, 960, 380 + 50 * line), fill="#b59f7c", width=4)
    for fin in range(8):
        pen.rounded_rectangle((180 + 70 * fin, 90, 232 + 70 * fin, 340), 18, fill="#f4f4f0", outline="#b8b8b2", width=4)
    pen.ellipse((220, 430, 800, 640), fill="#9db4c4", outline="#86a0b2", width=5)


def _lift_notice(pen: Pen) -> None:
    pen.rectangle((0, 0, *_SIZE), fill="#bfc4c8")
    pen.rectangle((250, 60, 710, 720), fill="#8f979e", outline="#5d646b", width=10)
    pen.line((480, 60, 480, 720), fill="#5d646b", width=8)
    pen.rectangle((380, 240, 580, 420), fill="#fdfbe8", outline="#c0392b", width=10)
    pen.line((420, 280, 540, 380), fill="#c0392b", width=16)
    pen.line((540, 280, 420, 380), fill="#c0392b", width=16)


def _fence(pen: Pen) -> None:
    pen.rectangle((0, _GROUND, *_SIZE), fill="#8fa07c")
    for post in range(7):
        pen.rectangle((60 + 140 * post, 180, 76 + 140 * post, 560), fill="#6b6f73")
    for wire in range(5):
        height = 210 + 70 * wire
        pen.line((60, height, 470, height), fill="#84898e", width=5)
        pen.line((640, height, 920, height), fill="#84898e", width=5)
        pen.line((470, height, 560, height + 60 - 20 * wire), fill="#84898e", width=5)


_PICTURES: dict[str, Callable[[Pen], None]] = {
    "dark_stairs": _dark_stairs,
    "lit_stairs": _lit_stairs,
    "rubbish": _rubbish,
    "clean_yard": _clean_yard,
    "parked_car": _parked_car,
    "pothole": _pothole,
    "mended_road": _mended_road,
    "puddle": _puddle,
    "lift_notice": _lift_notice,
    "fence": _fence,
}

"""QR codes, drawn on the page itself: no picture is fetched for them."""

import qrcode
import qrcode.image.svg
from django.utils.safestring import SafeString, mark_safe


def svg_of(text: str) -> SafeString:
    """The QR code of an address as SVG. Only squares are drawn: nothing of `text` stands in it as text."""
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, border=1)
    return mark_safe(image.to_string(encoding="unicode"))

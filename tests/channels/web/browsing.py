"""A browser without scripts: it keeps cookies, reads the forms of a page, and sends them as they stand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from linli.channels.web.visitor import COOKIE
from linli.people.commands import sign_in_with_password
from linli.people.commands.sign_in import Visit
from tests.cast import PASSWORD


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class Visitor:
    """Somebody in front of a browser; signed in when there is a phone."""

    def __init__(self, phone: str = "", language: str = "zh") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies["language"] = language
        if phone:
            self.client.cookies[COOKIE] = session_of(phone)

    def get(self, path: str, *, htmx: bool = False, **query: Any) -> HttpResponse:
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.get(path, query, headers=headers)  # type: ignore[return-value]

    def post(self, path: str, *, htmx: bool = False, **data: Any) -> HttpResponse:
        """Send a form of our own making, with the token that the browser holds."""
        headers = {"X-CSRFToken": self._token(), **({"HX-Request": "true"} if htmx else {})}
        return self.client.post(path, data, headers=headers)  # type: ignore[return-value]

    def send(self, page: HttpResponse, action: str = "", **filled: Any) -> HttpResponse:
        """Fill in the form of a page that goes to `action` ("": to the page itself) and send it."""
        form = form_of(page, action)
        data: dict[str, Any] = {**form.fields, **filled}
        return self.client.post(form.action or path_of(page), data)  # type: ignore[return-value]

    def _token(self) -> str:
        if "csrftoken" not in self.client.cookies:
            self.client.get("/elsewhere/")
        return self.client.cookies["csrftoken"].value


@cache
def session_of(phone: str) -> str:
    """One session for each member of the cast: making one takes a tenth of a second on purpose."""
    visit = Visit("192.0.2.7", "Mozilla/5.0 (Linux; Android 10)", "web")
    return sign_in_with_password(at=datetime.now(UTC), visit=visit, phone=phone, password=PASSWORD).token


def text_of(page: HttpResponse) -> str:
    return page.content.decode()


def path_of(page: Any) -> str:
    return str(page.request["PATH_INFO"])


def forms_of(page: HttpResponse) -> list[Form]:
    reader = _Forms()
    reader.feed(text_of(page))
    return reader.forms


def form_of(page: HttpResponse, action: str = "") -> Form:
    found = [form for form in forms_of(page) if form.action == action and form.method == "post"]
    assert found, f"no form goes to {action or 'the page itself'}"
    return found[0]


def picture(colour: str = "green", name: str = "lamp.jpg") -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (640, 480), colour).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


class _Forms(HTMLParser):
    """What a browser would send for each form: hidden and filled-in fields, chosen ones, texts."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.forms.append(Form(told.get("action") or "", (told.get("method") or "get").lower()))
            self._inside = True
        if not self._inside or not told.get("name"):
            return
        kind = told.get("type", "text")
        if tag == "textarea":
            self._area = told["name"] or ""
            self._add(self._area, "")
        elif tag == "input" and kind not in ("radio", "checkbox", "file"):
            self._add(told["name"] or "", told.get("value") or "")
        elif tag == "input" and kind in ("radio", "checkbox") and "checked" in told:
            self._add(told["name"] or "", told.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].fields[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag == "form":
            self._inside = False

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].fields.setdefault(name, []).append(value)

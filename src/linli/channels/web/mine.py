"""What one raised or follows; and the page of a matter, with all that can be done there, for whoever may see it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.channels.web.forms import SEAT, Entered, carried, refused, whole_number
from linli.channels.web.matter_page import Tried, in_office, matter_page, reporter, words_for
from linli.channels.web.moves import fields_of_move, open_form, read_move
from linli.channels.web.rows import ON_A_PAGE, faces, page_number, pager, rows
from linli.channels.web.visitor import actor, language, moment, signed_in_only
from linli.kernel.refusal import Missing, Refusal
from linli.kernel.scope import scope
from linli.kernel.words import say
from linli.matters import queries
from linli.matters.commands import move_matter, undo_move, upload_photo
from linli.matters.photo_reading import photo_bytes
from linli.matters.photos import MAX_BYTES
from linli.matters.portrait import portrait
from linli.matters.situation import rules_of
from linli.people.commands import reveal as reveal_person

SHOWN = ("open", "ended", "followed")
NOTICES = ("undone", "gone")  # what a page may be asked to say when it is come back to


@never_cache
@require_GET
@signed_in_only
def mine(request: HttpRequest) -> HttpResponse:
    """GET ?shown=open|ended|followed&page="""
    by, at, says = actor(request), moment(request), language(request)
    shown = request.GET.get("shown", "open")
    shown = shown if shown in SHOWN else "open"
    number = page_number(request)
    with scope(by):
        context: dict[str, Any] = {"shown": shown, "counts": queries.counted_mine(by)}
        if shown == "followed":
            found = queries.followed(by, number, ON_A_PAGE)
            context["rows"], has_next = faces(found[:ON_A_PAGE], at, says), len(found) > ON_A_PAGE
        else:
            is_open = shown == "open"
            page = queries.listed(by, at, reported_by_me=True, is_open=is_open, page=number, size=ON_A_PAGE)
            context["rows"], has_next = rows(page.rows, says, staff=False), page.has_next
    return render(request, "mine.html", context | {"pager": pager(request, number, has_next=has_next)})


@never_cache
@require_GET
@signed_in_only
def matter(request: HttpRequest, matter: int) -> HttpResponse:
    return _page(request, matter)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_only
def move(request: HttpRequest, matter: int, move: str) -> HttpResponse:
    """GET: the form of a move, alone to the script, else on a page of its own. POST: make it."""
    if request.method == "GET":
        return _move_form(request, matter, move)
    by, says = actor(request), language(request)
    with scope(by):
        rules = rules_of(queries.access_matter(by, matter).kind_id)
    entered, gives = read_move(request, rules, move)
    version = whole_number(request.POST.get("version"))
    if entered.errors:
        return _page(request, matter, Tried(move, entered, say("web.form.refused", says)), 422)
    try:
        move_matter(
            by=by, at=moment(request), key=request.POST.get("key") or None,
            matter=matter, move=move, version=version or 0, gives=gives,
        )  # fmt: skip
    except Refusal as refusal:
        fields = {**fields_of_move(rules, move), SEAT: None}
        again, sentence = refused(entered, refusal, fields, says)
        return _page(request, matter, Tried(move, again, sentence), refusal.status)
    return HttpResponseRedirect(reverse("web:matter", args=[matter]))


def give_back(request: HttpRequest, matter: int, move: str, sentence: str, status: int) -> HttpResponse:
    """The matter with the form as it was sent, and a sentence on why it has to be sent again. Nothing is done."""
    by = actor(request)
    with scope(by):
        rules = rules_of(queries.access_matter(by, matter).kind_id)
    entered = Entered(dict(carried(request, fields_of_move(rules, move))) | {SEAT: request.POST.get(SEAT, "")})
    return _page(request, matter, Tried(move, entered, sentence), status)


@require_POST
@signed_in_only
def undo(request: HttpRequest, matter: int, version: int) -> HttpResponse:
    """Take the last move back, while the toast is there."""
    key = request.POST.get("key") or None
    try:
        undo_move(by=actor(request), at=moment(request), key=key, matter=matter, version=version)
    except Missing:
        raise
    except Refusal as refusal:
        sentence = say(f"refusal.{refusal.code}", language(request), **refusal.data)
        return _page(request, matter, Tried("", Entered(), sentence), refusal.status)
    return HttpResponseRedirect(f"{reverse('web:matter', args=[matter])}?done=undone")


@require_POST
@signed_in_only
def reveal(request: HttpRequest, matter: int) -> HttpResponse:
    """The reporter's phone, for a reason that is kept. Shown on this one answer, and never kept."""
    by, at, says = actor(request), moment(request), language(request)
    with scope(by):
        found = portrait(by, matter, at)
        masked = reporter(by, found, at)
    if masked is None:
        raise Missing("not_found")
    key, reason = request.POST.get("key") or None, request.POST.get("reason", "")
    party = found.matter.reporter_id
    status, error, phone = 200, "", ""
    try:
        phone = reveal_person(by=by, at=at, key=key, party=party, field="phone", reason=reason).value
    except Refusal as refusal:
        status, error = refusal.status, say(f"refusal.{refusal.code}", says, **refusal.data)
    shown = masked | ({"phone": phone, "revealed": True} if phone else {"error": error, "reason": reason})
    if request.headers.get("HX-Request"):
        response = render(request, "parts/reporter.html", {"reporter": shown}, status=status)
    else:
        with scope(by):
            context = matter_page(by, matter, at, says)
        response = render(request, "matter.html", context | {"reporter": shown, "refusal": error}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """One photo, sent by the script as soon as it is chosen. Answers {"id"}, or why not."""
    file = request.FILES.get("photo")
    try:
        data = file.read(MAX_BYTES + 1) if file else b""
        photo_id = upload_photo(by=actor(request), at=moment(request), data=data)
    except Refusal as refusal:
        message = say(f"refusal.{refusal.code}", language(request), **refusal.data)
        return JsonResponse({"code": refusal.code, "message": message}, status=refusal.status)
    return JsonResponse({"id": str(photo_id)}, status=201)


@require_GET
@signed_in_only
def photo(request: HttpRequest, photo: UUID, *, small: bool = False) -> HttpResponse:
    """A photo or its thumbnail, to whoever may see its matter."""
    response = HttpResponse(photo_bytes(actor(request), photo, small=small), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _page(request: HttpRequest, matter: int, tried: Tried | None = None, status: int = 200) -> HttpResponse:
    by = actor(request)
    with scope(by):
        context = matter_page(by, matter, moment(request), language(request), tried)
    done = request.GET.get("done")
    if done in NOTICES and "notice" not in context:
        context["notice"] = say(f"web.done.{done}", language(request))
    return render(request, "matter.html", context, status=status)


def _move_form(request: HttpRequest, matter: int, move: str) -> HttpResponse:
    by, says = actor(request), language(request)
    with scope(by):
        found = portrait(by, matter, moment(request))
        words = words_for(found, says, staff=in_office(by, found))
    alone = bool(request.headers.get("HX-Request"))
    form = open_form(found, move, words, says, drops=alone)
    href = reverse("web:matter", args=[matter])
    if form is None and alone:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = f"{href}?done=gone"
        return response
    if form is None:
        sentence = say("refusal.matters.not_from_here", says)
        return _page(request, matter, Tried("", Entered(), sentence), 409)
    shown = {"number": found.matter.number, "topic": words.topic(found.matter.topic), "href": href}
    context = {"move": form[0], "fields": form[1], "matter": shown}
    return render(request, "parts/move_form.html" if alone else "move.html", context)

"""My absence and who stands in for me (AB岗)."""

from datetime import datetime, timedelta, tzinfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from linli.channels.web.forms import Choice, Field, fresh_key, whole_number
from linli.channels.web.places import place_words
from linli.channels.web.post_words import post_words
from linli.channels.web.sign_in import sentence
from linli.channels.web.visitor import actor, language, moment, signed_in_only
from linli.kernel import holidays
from linli.kernel.refusal import Refusal
from linli.kernel.scope import scope
from linli.kernel.words import say
from linli.people import commands, directory
from linli.people.models import Absence

_NOBODY = "nobody"
_JUST_NOW = timedelta(minutes=10)  # as long as one may take over the form
_FIELDS = {
    "people.not_in_the_past": "from_at",
    "people.bad_period": "until_at",
    "people.substitute_too_far": "substitute",
}


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_only
def absence(request: HttpRequest) -> HttpResponse:
    """What I have entered, and a form for more."""
    if request.method == "GET":
        return _page(request)
    try:
        commands.report_absence(
            by=actor(request),
            at=moment(request),
            key=request.POST.get("key") or None,
            from_at=_beginning(request.POST.get("from_at", ""), moment(request)),
            until_at=_instant(request.POST.get("until_at", "")),
            substitute=whole_number(request.POST.get("substitute")),
            reason=request.POST.get("reason") or "leave",
        )
    except Refusal as refusal:
        return _page(request, {_FIELDS.get(refusal.code, "head"): sentence(request, refusal)}, refusal.status)
    return HttpResponseRedirect(reverse("web:absence"))


@require_POST
@signed_in_only
def end_absence(request: HttpRequest, number: int) -> HttpResponse:
    """Be back earlier, or not go after all."""
    key = request.POST.get("key") or None
    try:
        commands.end_absence(by=actor(request), at=moment(request), key=key, absence=number)
    except Refusal as refusal:
        return _page(request, {"head": sentence(request, refusal)}, refusal.status)
    return HttpResponseRedirect(reverse("web:absence"))


def _page(request: HttpRequest, errors: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    me, at, spoken = actor(request), moment(request), language(request)
    errors = errors or {}
    with scope(me):
        mine = directory.person(me.party or 0, at)
        absences = directory.absences_of(me.party or 0, at)
        others = directory.candidates(me.party or 0, at)
        names = directory.shown_names([one.substitute_id for one in absences if one.substitute_id], at)
        held = mine.posts if mine else ()
        where = place_words([post.place for post in held])
    context = {
        "posts": [{"post": post_words(post.post, spoken), "place": where[post.place].whole} for post in held],
        "absences": [_entry(one, names, at) for one in absences],
        "fields": _fields(request, others, errors) if held else [],
        "key": fresh_key(),
        "refusal": errors.get("head", ""),
    }
    return render(request, "absence.html", context, status=status)


def _entry(one: Absence, names: dict[int, str], at: datetime) -> dict[str, object]:
    return {
        "from_at": one.from_at,
        "until_at": one.until_at,
        "substitute": names.get(one.substitute_id or 0, ""),
        "now": one.from_at <= at,
        "action": reverse("web:end_absence", args=[one.id]),
        "key": fresh_key(),
        "version": one.version,
    }


def _fields(request: HttpRequest, others: list[directory.Candidate], errors: dict[str, str]) -> list[Field]:
    spoken, zone = language(request), holidays.zone()
    said = request.POST.get("substitute", "")
    now = _typed(moment(request), zone)
    standing_in = [
        Choice(str(one.party), f"{one.name} · {post_words(one.post, spoken)}", "user", said == str(one.party))
        for one in others
    ]
    reasons = [
        Choice(reason, say(f"people.reason.{reason}", spoken), chosen=request.POST.get("reason", "leave") == reason)
        for reason in Absence.REASONS
    ]
    return [
        Field(
            "instant",
            "from_at",
            say("people.absence.from", spoken),
            hint=say("people.absence.from_hint", spoken),
            error=errors.get("from_at", ""),
            value=request.POST.get("from_at", ""),
            least=now,
        ),
        Field(
            "instant",
            "until_at",
            say("people.absence.until", spoken),
            hint=say("people.absence.until_hint", spoken),
            error=errors.get("until_at", ""),
            value=request.POST.get("until_at", ""),
            least=now,
        ),
        Field("choice", "reason", say("people.absence.reason", spoken), choices=reasons),
        Field(
            "choice",
            "substitute",
            say("people.absence.substitute", spoken),
            required=True,
            error=errors.get("substitute", ""),
            choices=[*standing_in, Choice(_NOBODY, say("people.absence.nobody", spoken), "user-off", said == _NOBODY)],
        ),
    ]


def _typed(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _beginning(typed: str, at: datetime) -> datetime | None:
    """What was typed; None, which means from now on, for nothing and for a minute that has only just gone by."""
    found = _instant(typed)
    return None if found and timedelta() <= at - found < _JUST_NOW else found


def _instant(typed: str) -> datetime | None:
    """What was typed, in the district's zone; None for nothing."""
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise Refusal("bad_input", what=typed[:20]) from None
    if found.tzinfo:
        raise Refusal("bad_input", what=typed[:20])
    return found.replace(tzinfo=holidays.zone())

"""One matter as its page shows it, to its reporter, to staff, and to a neighbour who follows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from linli.channels.web import moves
from linli.channels.web.forms import Entered, Photo, fresh_key, photo
from linli.channels.web.places import place_words
from linli.channels.web.rows import Holder, holder, light_of, light_of_face
from linli.channels.web.timeline import timeline, what_words
from linli.kernel.actor import Actor
from linli.kernel.refusal import Missing
from linli.kernel.words import say
from linli.matters.portrait import Portrait, portrait, seconds_left
from linli.matters.queries import followed_face
from linli.matters.rules import Role
from linli.matters.schema import Kind
from linli.matters.situation import rules_of
from linli.matters.wording import Wording, kept_kind, kind_words
from linli.people import directory
from linli.people.rules import KEEPS_PEOPLE

STEPS = ("received", "working", "done", "confirmed")


@dataclass(frozen=True, slots=True)
class Tried:
    """A move that was refused: what was entered, and why."""

    move: str
    entered: Entered
    sentence: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The matter itself; see matter.html and reported.html."""

    id: int
    href: str
    number: str
    kind: str
    topic: str
    text: str
    place: str
    light: str
    state: str
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None = None
    due_clock: str = ""
    overall_due_at: datetime | None = None
    holder: Holder | None = None
    photos: tuple[Photo, ...] = ()
    followers: int = 0
    in_words: str = ""
    outcome: str = ""
    title: str = ""
    code_svg: str = ""


def matter_page(by: Actor, matter_id: int, at: datetime, language: str, tried: Tried | None = None) -> dict[str, Any]:
    """The context of matter.html, read in the caller's scope. Missing for whoever may neither see nor follows it."""
    try:
        found = portrait(by, matter_id, at)
    except Missing:
        return _face_page(by, matter_id, at, language)
    staff = in_office(by, found)
    words = words_for(found, language, staff=staff)
    context = {
        "matter": shown(found, words, language),
        "staff": staff,
        "timeline": timeline(found, words, language),
        "steps": [] if staff else _steps(found, language),
        "reporter": reporter(by, found, at) if staff else None,
        "undo": None if tried else _undo(found, words, at, language),
        "back": _back(staff, language),
    }
    return context | _to_do(found, by, words, language, tried)


def in_office(by: Actor, found: Portrait) -> bool:
    """Whether this person looks at the matter as staff, not as the one who reported it."""
    matter = found.matter
    return by.reaches(matter.path) or matter.seat_id in by.seats or by.party != matter.reporter_id


def words_for(found: Portrait, language: str, *, staff: bool) -> Wording:
    return kind_words(kept_kind(found.matter.kind_id), language, staff=staff)


def shown(found: Portrait, words: Wording, language: str) -> Shown:
    matter, configuration = found.matter, found.configuration
    rules = rules_of(matter.kind_id)
    place = place_words([matter.place_id])[matter.place_id]
    light = light_of(matter, found.light)
    return Shown(
        id=matter.pk,
        href=reverse("web:matter", args=[matter.pk]),
        number=matter.number,
        kind=words.kind(),
        topic=words.topic(matter.topic),
        text=found.what,
        place=place.whole,
        light=light,
        state=words.state(matter.state),
        opened_at=matter.opened_at,
        updated_at=found.timeline[-1].event.at,
        due_at=matter.due_at,
        due_clock=_clock_words(rules, found, language),
        overall_due_at=configuration.overall_due_at if _runs_overall(found) else None,
        holder=holder(found.holders, words, language, by_reporter=matter.holder_id is not None),
        photos=tuple(photo(photo_id) for photo_id in found.timeline[0].photos),
        followers=matter.followers,
        in_words=say("web.matter.stopped", language) if light == "stopped" else "",
        outcome=words.outcome(matter.outcome),
    )


def reporter(by: Actor, found: Portrait, at: datetime) -> dict[str, Any] | None:
    """Who reported it, masked; only for those who keep people, and not for the reporter."""
    if not by.has_post(*KEEPS_PEOPLE) or by.party == found.matter.reporter_id:
        return None
    person = directory.person(found.matter.reporter_id, at)
    if person is None:
        return None
    address = reverse("web:reveal_reporter", args=[found.matter.pk])
    return {"name": person.name, "phone": person.phone, "revealed": False, "reveal": address, "key": fresh_key()}


def _to_do(found: Portrait, by: Actor, words: Wording, language: str, tried: Tried | None) -> dict[str, Any]:
    """The moves, the one form that is open, and what was entered if there is no form for it any more."""
    asked = moves.question(found, by.party)
    name = tried.move if tried else asked
    entered = tried.entered if tried else None
    form = moves.open_form(found, name, words, language, entered=entered, asked=name == asked) if name else None
    context: dict[str, Any] = {
        "moves": moves.buttons(found, words, without=name if form else ""),
        "ask": say("web.matter.ask", language) if asked else "",
    }
    if form:
        context |= {"move": form[0], "fields": form[1]}
    if tried:
        context["refusal"] = tried.sentence
        unsent = tried.entered.values.get("note", "")
        if unsent and not form:
            context["notice"] = say("web.matter.unsent", language, text=unsent)
    return context


def _undo(found: Portrait, words: Wording, at: datetime, language: str) -> dict[str, Any] | None:
    seconds = seconds_left(found, at)
    if not seconds:
        return None
    matter = found.matter
    return {
        "action": reverse("web:undo", args=[matter.pk, matter.version]),
        "key": fresh_key(),
        "what": what_words(found.timeline[-1], words, language),
        "seconds": seconds,
    }


def _steps(found: Portrait, language: str) -> list[dict[str, str]]:
    """The way in four words, while it goes on or came to a good end."""
    matter = found.matter
    rules = rules_of(matter.kind_id)
    if matter.ended_at:
        now = len(STEPS) if rules.states[matter.state].outcome == "solved" else -1
    elif not rules.held_by_office(matter.state):
        now = 2
    else:
        now = 0 if rules.states[matter.state].kind == "start" else 1
    if now < 0:
        return []
    states = ["past" if number < now else "now" if number == now else "next" for number in range(len(STEPS))]
    labels = [say(f"web.step.{step}", language) for step in STEPS]
    return [{"label": label, "state": state} for label, state in zip(labels, states, strict=True)]


def _clock_words(rules: Kind, found: Portrait, language: str) -> str:
    """By which clock the deadline is reckoned that comes first: working time or calendar time."""
    clock, due = found.configuration.clock, rules.states[found.matter.state].due
    if found.matter.due_at is None:
        return ""
    if clock and due and clock.due_at == found.matter.due_at:
        working = due.within.working
    else:
        working = rules.overall is not None and rules.overall.within.working
    return say("web.clock.working" if working else "web.clock.natural", language)


def _runs_overall(found: Portrait) -> bool:
    return (
        not found.matter.ended_at
        and not found.configuration.resting
        and not isinstance(found.configuration.holder, Role)
    )


def _back(staff: bool, language: str) -> dict[str, str]:
    if staff:
        return {"href": reverse("web:inbox"), "label": say("web.inbox.title", language)}
    return {"href": reverse("web:mine"), "label": say("web.mine.title", language)}


def _face_page(by: Actor, matter_id: int, at: datetime, language: str) -> dict[str, Any]:
    """What a neighbour who follows a matter sees of it: where it stands, neither words nor persons."""
    face = followed_face(by, matter_id)
    if face is None:
        raise Missing("not_found")
    words = kind_words(kept_kind(face.kind_id), language)
    matter = Shown(
        id=face.matter_id,
        href=reverse("web:matter", args=[face.matter_id]),
        number=face.number,
        kind=words.kind(),
        topic=words.topic(face.topic),
        text="",
        place=place_words([face.place_id])[face.place_id].whole,
        light=light_of_face(face, at),
        state=words.state(face.state),
        opened_at=face.opened_at,
        updated_at=face.ended_at or face.opened_at,
        due_at=face.due_at,
        followers=face.followers,
        outcome=words.outcome(face.outcome),
    )
    back = {"href": f"{reverse('web:mine')}?shown=followed", "label": say("web.mine.followed", language)}
    notice = say("web.matter.followed", language)
    return {"matter": matter, "staff": False, "timeline": [], "moves": [], "back": back, "notice": notice}

"""The moves of a matter as buttons and forms. What a move means is read from its kind, never from its name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.http import HttpRequest
from django.urls import reverse

from linli.channels.web.forms import SEAT, Choice, Entered, Field, draw, fresh_key, read, whole_number
from linli.kernel.words import say
from linli.matters.portrait import FOLLOW, Portrait
from linli.matters.rules import Offer, Role, form_of
from linli.matters.schema import BACK, GIVEN_SEAT, SAME, AnyField, Kind
from linli.matters.situation import rules_of
from linli.matters.wording import Wording
from linli.territory.rules import plain_name

Tone = Literal["primary", "plain", "grave"]
_ORDER = {"primary": 0, "plain": 1, "grave": 2}


@dataclass(frozen=True, slots=True)
class Button:
    """See parts/move_buttons.html."""

    name: str
    label: str
    tone: Tone
    key: str
    version: int
    action: str
    form: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class OpenForm:
    """See parts/move_form.html."""

    name: str
    label: str
    explains: str
    action: str
    key: str
    version: int
    tone: Tone
    cancel: str
    drops: bool


def buttons(found: Portrait, words: Wording, *, without: str = "") -> list[Button]:
    """What this person may do now, the next step first and the grave ones last. To follow is offered elsewhere."""
    rules = rules_of(found.matter.kind_id)
    offers = [offer for offer in found.offers if offer.move not in (FOLLOW, without)]
    made = [_button(found, rules, offer, words) for offer in offers]
    return sorted(made, key=lambda button: _ORDER[button.tone])


def question(found: Portrait, party: int | None) -> str:
    """The move that the page asks about: the reporter's word on what is said to be done. "" when nothing is asked."""
    if not isinstance(found.configuration.holder, Role) or party != found.matter.reporter_id:
        return ""
    rules = rules_of(found.matter.kind_id)
    state = found.configuration.state
    return next((offer.move for offer in found.offers if tone(rules, state, offer.move) == "primary"), "")


def open_form(
    found: Portrait,
    move: str,
    words: Wording,
    language: str,
    *,
    entered: Entered | None = None,
    asked: bool = False,
    drops: bool = False,
) -> tuple[OpenForm, list[Field]] | None:
    """The form of a move and its fields; None when it may not be made now. `asked`: the page is about this question;
    `drops`: it was opened beside the page, and closes without leaving it."""
    offer = next((offer for offer in found.offers if offer.move == move), None)
    if offer is None:
        return None
    rules, matter = rules_of(found.matter.kind_id), found.matter
    page = reverse("web:matter", args=[matter.pk])
    form = OpenForm(
        name=move,
        label=words.move(move),
        explains=_explained(rules, found, offer, words, language),
        action=reverse("web:move", args=[matter.pk, move]),
        key=fresh_key(),
        version=matter.version,
        tone=tone(rules, found.configuration.state, move),
        cancel="" if asked else page,
        drops=drops,
    )
    return form, _fields(rules, found, offer, words, language, entered or Entered())


def fields_of_move(rules: Kind, move: str) -> Mapping[str, AnyField]:
    """What the move asks for, without the seat; nothing for a move that the kind does not know."""
    return form_of(rules.moves[move]) if move in rules.moves else {}


def read_move(request: HttpRequest, rules: Kind, move: str) -> tuple[Entered, dict[str, Any]]:
    """What was sent with a move, as entered and as the command takes it. Fields left empty are left out."""
    entered = read(request, fields_of_move(rules, move))
    gives = {name: value for name, value in entered.values.items() if value not in ("", [])}
    if move in rules.moves and rules.moves[move].to == GIVEN_SEAT:
        seat = request.POST.get(SEAT, "")
        entered.values[SEAT] = seat
        gives[SEAT] = whole_number(seat)
    return entered, gives


def tone(rules: Kind, state: str, move: str) -> Tone:
    """Primary brings the matter on its way to an end, grave ends it without help, plain is everything else."""
    rule = rules.moves[move]
    if rule.enters == BACK:
        return "primary"
    if rule.enters == SAME or rule.rung or rule.to:
        return "plain"
    target = rules.states[rule.enters]
    if target.kind == "end":
        return "grave" if rules.held_by_office(state) else "primary"
    if not rules.held_by_office(state) or target.clock == "stopped":
        return "plain"
    return "primary"


def _button(found: Portrait, rules: Kind, offer: Offer, words: Wording) -> Button:
    matter = found.matter
    kind_of = tone(rules, found.configuration.state, offer.move)
    at_once = kind_of == "primary" and not offer.seats and set(offer.gives) <= {"note"}
    at_once = at_once and "required" not in offer.gives.values()
    address = reverse("web:move", args=[matter.pk, offer.move])
    return Button(
        offer.move, words.move(offer.move), kind_of, fresh_key(), matter.version, address, "" if at_once else address
    )


def _fields(rules: Kind, found: Portrait, offer: Offer, words: Wording, language: str, entered: Entered) -> list[Field]:
    hints = {"right_office": say("web.move.right_office.hint", language)}
    if words.staff:
        hints["note"] = say("web.move.note.hint", language)
    drawn = draw(fields_of_move(rules, offer.move), words, language, entered)
    fields = [replace(one, hint=hints.get(one.name, "")) for one in drawn]
    return [_seats(found, offer, words, language, entered), *fields] if offer.seats else fields


def _seats(found: Portrait, offer: Offer, words: Wording, language: str, entered: Entered) -> Field:
    """To whom it may be handed over: the seats of the same community, each with who fills it now."""
    seats = {seat.seat for seat in offer.seats}
    chosen = entered.values.get(SEAT)
    offered = [
        Choice(
            str(one.seat),
            f"{one.name} · {words.post(one.post)} {plain_name(one.place_name)}",
            chosen=str(one.seat) == chosen,
        )
        for one in found.hand_over_to
        if one.seat in seats
    ]
    label = say("web.move.seat", language)
    return Field("choice", SEAT, label, True, error=entered.errors.get(SEAT, ""), choices=offered)


def _explained(rules: Kind, found: Portrait, offer: Offer, words: Wording, language: str) -> str:
    if offer.instead_of:
        return say("web.move.instead", language, moves="、".join(words.move(move) for move in offer.instead_of))
    if tone(rules, found.configuration.state, offer.move) == "grave":
        return say("web.move.grave", language)
    return say("web.move.last", language) if offer.left == 1 else ""

"""The history of a matter as its timeline: latest first, office-holders by name, residents never."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from linli.channels.web.forms import Photo, photo
from linli.kernel.words import say
from linli.matters.portrait import FOLLOW, Entry, Portrait
from linli.matters.schema import Kind
from linli.matters.situation import rules_of
from linli.matters.wording import Wording


@dataclass(frozen=True, slots=True)
class Rating:
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """See parts/timeline.html."""

    at: datetime
    what: str
    who: str
    post: str
    clock: bool
    tone: str
    note: str
    rating: Rating | None
    photos: list[Photo]


def timeline(found: Portrait, words: Wording, language: str) -> list[TimelineEntry]:
    """Reminders that follow each other are one entry, and so are neighbours who join: the latest, with their number."""
    rules = rules_of(found.matter.kind_id)
    shown: list[TimelineEntry] = []
    for often, together in groupby(reversed(found.timeline), key=_repeats):
        entries = list(together)
        shown += [_entry(entry, rules, words, language) for entry in (entries[:1] if often else entries)]
        if often and len(entries) > 1:
            what = say(f"web.timeline.{often}_often", language, what=shown[-1].what, times=len(entries))
            shown[-1] = replace(shown[-1], what=what)
    return shown


def what_words(entry: Entry, words: Wording, language: str) -> str:
    """What happened, in a few words: the method's for its own moves, ours for what happens to every matter."""
    happening = entry.event.name.rpartition(".")[2]
    body = entry.event.body
    if "undone" in body:
        return say("web.timeline.undone", language, what=words.done(body["undone"]["move"]))
    if happening == "moved":
        return words.done(body["move"])
    return say(f"web.timeline.{happening}", language)


def _repeats(entry: Entry) -> str:
    """What happens again and again, and says nothing new each time; "" for everything else."""
    if entry.event.name == "matters.matter.reminded":
        return "reminded"
    return "joined" if entry.event.body.get("move") == FOLLOW else ""


def _entry(entry: Entry, rules: Kind, words: Wording, language: str) -> TimelineEntry:
    body = entry.event.body
    opened = entry.event.name == "matters.matter.opened"
    by_itself = not entry.event.by.startswith("party:")
    post, who = _who(entry, words, language)
    rating = body.get("rating") if "rating" in _gives(rules, body) else None
    return TimelineEntry(
        at=entry.event.at,
        what=what_words(entry, words, language),
        who=who,
        post=post,
        clock=by_itself,
        tone=_tone(entry, rules),
        note="" if opened else _note(entry, words),
        rating=Rating(rating, say(f"web.rating.{rating}", language)) if rating else None,
        photos=[] if opened else [photo(photo_id) for photo_id in entry.photos],
    )


def _who(entry: Entry, words: Wording, language: str) -> tuple[str, str]:
    """(post, name): the name of whoever acted in office; of residents only what they are to the matter."""
    if entry.by is not None:
        return words.post(entry.by.post), entry.by.name
    if entry.by_reporter:
        return words.party("reporter"), ""
    if entry.event.body.get("move") == FOLLOW:
        return say("web.timeline.neighbour", language), ""
    return words.post(entry.event.body["post"]), ""


def _note(entry: Entry, words: Wording) -> str:
    """What was said, and where else to go, if that was said too."""
    office = entry.texts.get("right_office", "")
    lines = [entry.texts.get("note", ""), f"{words.field('right_office')}：{office}" if office else ""]
    return "\n".join(line for line in lines if line)


def _tone(entry: Entry, rules: Kind) -> str:
    """Good: it was answered, or the answer confirmed. Warn: it was late, or was asked for again."""
    body, happening = entry.event.body, entry.event.name.rpartition(".")[2]
    if happening in ("alarmed", "reminded"):
        return "warn"
    if happening != "moved" or "undone" in body:
        return ""
    from_office, to = rules.held_by_office(body["from"]), rules.states[body["to"]]
    if entry.event.by == "clock":
        return "warn" if from_office and rules.states[body["from"]].clock == "running" else ""
    if from_office and rules.held_by_office(body["to"]):
        return ""
    return "good" if (from_office and to.kind != "end") or (not from_office and to.outcome) else "warn"


def _gives(rules: Kind, body: dict[str, str]) -> frozenset[str]:
    move = rules.moves.get(body.get("move", ""))
    return frozenset(move.gives if move else ())

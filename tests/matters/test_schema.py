"""A kind that holds together is let in; each way in which it does not is told with its place."""

import copy
import json
from typing import Any

import pytest
from pydantic import ValidationError

from linli.matters.schema import Kind, unknown_posts

LAMP: dict[str, Any] = {
    "opened_by": ["resident"],
    "parties": {"reporter": {"from": "opener", "else": "desk"}},
    "ladder": ["worker", "desk"],
    "form": {"what": {"kind": "text", "max": "500", "required": "true"}},
    "states": {
        "reported": {"kind": "start", "held_by": "ladder", "due": {"within": "4 working hours", "then": "escalate"}},
        "waiting": {"held_by": "ladder", "clock": "stopped", "due": {"within": "3 days", "then": "resume"}},
        "solved": {"held_by": "reporter", "due": {"within": "5 days", "then": "lapse"}},
        "closed": {"kind": "end", "outcome": "solved"},
    },
    "moves": {
        "escalate": {"leaves": ["reported"], "enters": "reported", "who": "clock", "rung": "up"},
        "pause": {"leaves": ["reported"], "enters": "waiting", "who": "holder", "at_most": "2", "then": "solve"},
        "resume": {"leaves": ["waiting"], "enters": "back", "who": ["holder", "clock"]},
        "solve": {"leaves": ["reported"], "enters": "solved", "who": "holder", "gives": {"note": "required"}},
        "lapse": {"leaves": ["solved"], "enters": "closed", "who": ["clock", "reporter"]},
        "reopen": {"leaves": ["closed"], "enters": "reported", "who": "reporter", "within": "30 days"},
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The lamp with one thing at a dotted path put in, replaced, or taken out by None."""
    kind = copy.deepcopy(LAMP)
    *way, last = path.split(".")
    part = kind
    for name in way:
        part = part.setdefault(name, {})
    if value is None:
        del part[last]
    else:
        part[last] = value
    return kind


def test_a_good_kind_is_let_in_and_survives_json() -> None:
    kind = Kind.model_validate(LAMP)
    assert (kind.start, kind.moves["pause"].at_most, kind.moves["resume"].who) == ("reported", 2, ("holder", "clock"))
    assert kind.moves_from["reported"] == ("escalate", "pause", "solve")
    assert str(kind.states["reported"].due.within) == "4 working hours"  # type: ignore[union-attr]
    assert Kind.from_json(kind.to_json()) == kind
    shuffled = Kind.from_json(json.loads(json.dumps(kind.to_json(), sort_keys=True)))
    assert list(shuffled.moves) == list(kind.moves) and list(shuffled.states) == list(kind.states)
    with pytest.raises(ValidationError):
        kind.ladder = ("desk",)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("path", "value", "where", "code"),
    [
        ("states.waiting.kind", "start", "states", "one_start"),
        ("states.reported.kind", "open", "states", "one_start"),
        ("ladder", ["worker", "desk", "worker"], "ladder", "rung_twice"),
        ("parties.reporter.else", "office", "parties.reporter.else", "not_on_ladder"),
        ("parties.clock", {"from": "opener", "else": "desk"}, "parties.clock", "reserved"),
        ("states.back", LAMP["states"]["closed"], "states.back", "reserved"),
        ("states.closed.held_by", "ladder", "states.closed", "end_is_held"),
        ("states.closed.outcome", None, "states.closed", "end_without_outcome"),
        ("states.solved.outcome", "solved", "states.solved.outcome", "outcome_before_end"),
        ("states.solved.held_by", None, "states.solved", "nobody_holds"),
        ("states.solved.held_by", "owner", "states.solved.held_by", "unknown_holder"),
        ("states.solved.due", None, "states.solved", "no_deadline"),
        ("states.solved.due.then", "sleep", "states.solved.due.then", "unknown_move"),
        ("states.solved.due.then", "resume", "states.solved.due.then", "then_leaves_elsewhere"),
        ("moves.lapse.who", "reporter", "states.solved.due.then", "then_not_by_clock"),
        ("moves.lapse.gives", {"note": "required"}, "states.solved.due.then", "then_needs_gives"),
        ("moves.lapse.enters", "same", "states.solved.due.then", "then_stays"),
        ("moves.escalate.at_most", "2", "states.reported.due.then", "then_is_limited"),
        ("moves.reopen.leaves", ["shut"], "moves.reopen.leaves.0", "unknown_state"),
        ("moves.reopen.enters", "open", "moves.reopen.enters", "unknown_state"),
        ("moves.solve.enters", "back", "moves.solve.enters", "back_from_running"),
        ("moves.escalate.to", "desk", "moves.escalate.to", "to_and_rung"),
        ("moves.reopen.to", "office", "moves.reopen.to", "not_on_ladder"),
        ("moves.solve.rung", "up", "moves.solve.enters", "goes_to_nobody"),
        ("states.reported.held_by", "given", "moves.escalate", "nobody_given"),
        ("moves.solve.gives", {"colour": "required"}, "moves.solve.gives.colour", "unknown_field"),
        ("moves.pause.at_most", None, "moves.pause.then", "then_without_limit"),
        ("moves.pause.then", "sleep", "moves.pause.then", "unknown_move"),
        ("moves.pause.then", "pause", "moves.pause.then", "unknown_move"),
        ("moves.pause.then", "reopen", "moves.pause.then", "then_not_from_there"),
        ("moves.solve.within", "3 days", "moves.solve.within", "within_without_end"),
        ("moves.solve.else", "desk", "moves.solve.else", "else_without_unless"),
        ("moves.solve.else", "office", "moves.solve.else", "not_on_ladder"),
        ("moves.doze", {"leaves": ["reported"], "enters": "closed", "who": "clock"}, "moves.doze", "never_due"),
        ("states.solved.due.within", "soon", "states.solved.due.within", "duration"),
        ("states.solved.due.within", "0 days", "states.solved.due.within", "duration"),
        ("form.what.max", "0", "form.what.text.max", "greater_than_equal"),
        ("form.what.colour", "red", "form.what.text.colour", "extra_forbidden"),
        ("form.topic", {"kind": "choice", "of": ["a", "b", "a"]}, "form.topic.choice", "choice_twice"),
        ("form.age", {"kind": "number", "min": "9", "max": "1"}, "form.age.number", "empty_range"),
        ("moves.solve.leavs", ["reported"], "moves.solve.leavs", "extra_forbidden"),
        ("moves.Solve", LAMP["moves"]["solve"], "moves.Solve.[key]", "string_pattern_mismatch"),
    ],
)
def test_what_does_not_hold_together_is_told_with_its_place(path: str, value: Any, where: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Kind.model_validate(changed(path, value))
    told = [(".".join(map(str, error["loc"])), error["type"]) for error in refused.value.errors()]
    assert (where, code) in told


def test_a_kind_without_an_end() -> None:
    endless = changed("states.closed", {"held_by": "ladder", "due": {"within": "1 day", "then": "reopen"}})
    with pytest.raises(ValidationError) as refused:
        Kind.model_validate(endless)
    assert "no_end" in {error["type"] for error in refused.value.errors()}


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        Kind.model_validate(changed("moves.pause", {"leaves": ["shut"], "enters": "open", "who": "holder", "to": "me"}))
    assert refused.value.error_count() == 3


def test_names_that_are_no_posts_of_the_package() -> None:
    kind = Kind.model_validate(changed("moves.solve.who", ["holder", "helper"]) | {"opened_by": ["resident", "guest"]})
    found = {(where, data["name"]) for where, _, data in unknown_posts(kind, {"worker": {}, "clerk": {}})}
    assert found == {(("ladder", 1), "desk"), (("opened_by", 1), "guest"), (("moves", "solve", "who"), "helper")}
    assert not list(unknown_posts(Kind.model_validate(LAMP), {"worker": {}, "desk": {}}))

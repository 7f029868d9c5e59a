"""Where a matter stands: what the rules need to know of its past, and nothing else. Plain JSON in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from linli.kernel.calendar import Left

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Seat:
    """A post at a place. `seat` is its id in people, None where nobody was ever appointed."""

    post: str
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A party of the kind, such as the reporter."""

    party: str


Holder = Seat | Role


@dataclass(frozen=True, slots=True)
class Kept:
    """What a stopped clock keeps until it runs again: the time left until it is due, and until the yellow light."""

    due: Left
    yellow: Left


@dataclass(frozen=True, slots=True)
class Clock:
    """A running deadline. `kept` is set when it was started again after a stop: then it runs for what was kept."""

    started_at: datetime
    due_at: datetime
    yellow_at: datetime
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The state to come back to, and its clock."""

    state: str
    kept: Kept | None


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where a matter stands.

    `seat` is the post responsible on the organisation's side, on rung `rung` of the ladder (0 the lowest); it stays
    while the reporter holds the matter and after the end. `holder` is who has to act now, None at an end.
    `overall` never restarts; while an answer waits for the reporter, and after the end, it stands still (`resting`).
    `solver` is the party who last answered (solved or declined), `answered_in_due` whether in time.
    `complained_of` is the party whom a complaint in hand is about: others deal with it, where there are any.
    `counters` count moves with a limit, and the neighbours who follow. Instants are UTC.
    """

    state: str
    rung: int
    seat: Seat
    holder: Holder | None
    opened_at: datetime
    entered_at: datetime
    clock: Clock | None = None
    overall: Clock | None = None
    resting: Kept | None = None
    stopped: Stopped | None = None
    counters: tuple[tuple[str, int], ...] = ()
    solver: int | None = None
    complained_of: int | None = None
    answered_in_due: bool | None = None
    alarmed: bool = False
    reminders: int = 0
    remind_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        return self.clock.due_at if self.clock else None

    @property
    def yellow_at(self) -> datetime | None:
        return self.clock.yellow_at if self.clock else None

    @property
    def overall_due_at(self) -> datetime | None:
        return self.overall.due_at if self.overall else None

    @property
    def overall_yellow_at(self) -> datetime | None:
        return self.overall.yellow_at if self.overall else None

    @property
    def next_at(self) -> datetime | None:
        """When the clock has to look at the matter again: a deadline, an alarm or a reminder; None after the end."""
        if self.ended_at:
            return None
        looks = [self.remind_at or self.clock.due_at] if self.clock else []
        if self.overall and not self.resting and not self.alarmed:
            looks.append(self.overall.due_at)
        return min(looks, default=None)

    def count(self, move: str) -> int:
        """How often a counted move was made."""
        return next((times for name, times in self.counters if name == move), 0)

    def counted(self, move: str) -> tuple[tuple[str, int], ...]:
        """The counters with this move made once more."""
        counters = dict(self.counters)
        counters[move] = counters.get(move, 0) + 1
        return tuple(sorted(counters.items()))

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = {
            "state": self.state,
            "rung": self.rung,
            "seat": [self.seat.post, self.seat.seat],
            "holder": _write_holder(self.holder),
            "opened_at": _write_at(self.opened_at),
            "entered_at": _write_at(self.entered_at),
            "clock": _write_clock(self.clock),
            "overall": _write_clock(self.overall),
            "resting": _write_kept(self.resting),
            "stopped": self.stopped and {"state": self.stopped.state, "kept": _write_kept(self.stopped.kept)},
            "counters": dict(self.counters),
            "solver": self.solver,
            "complained_of": self.complained_of,
            "answered_in_due": self.answered_in_due,
            "alarmed": self.alarmed or None,
            "reminders": self.reminders or None,
            "remind_at": self.remind_at and _write_at(self.remind_at),
            "ended_at": self.ended_at and _write_at(self.ended_at),
        }
        return {name: value for name, value in written.items() if value is not None and value != {}}

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Configuration:
        """Read what `to_json` wrote. KeyError, TypeError or ValueError if it is something else."""
        stopped = written.get("stopped")
        remind_at, ended_at = written.get("remind_at"), written.get("ended_at")
        return cls(
            state=written["state"],
            rung=written["rung"],
            seat=Seat(*written["seat"]),
            holder=_read_holder(written.get("holder")),
            opened_at=_read_at(written["opened_at"]),
            entered_at=_read_at(written["entered_at"]),
            clock=_read_clock(written.get("clock")),
            overall=_read_clock(written.get("overall")),
            resting=_read_kept(written.get("resting")),
            stopped=Stopped(stopped["state"], _read_kept(stopped["kept"])) if stopped else None,
            counters=tuple(sorted(written.get("counters", {}).items())),
            solver=written.get("solver"),
            complained_of=written.get("complained_of"),
            answered_in_due=written.get("answered_in_due"),
            alarmed=written.get("alarmed", False),
            reminders=written.get("reminders", 0),
            remind_at=_read_at(remind_at) if remind_at else None,
            ended_at=_read_at(ended_at) if ended_at else None,
        )


def _write_at(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _read_at(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def _write_holder(holder: Holder | None) -> dict[str, Any] | None:
    if isinstance(holder, Seat):
        return {"post": holder.post, "seat": holder.seat}
    return {"party": holder.party} if holder else None


def _read_holder(written: dict[str, Any] | None) -> Holder | None:
    if not written:
        return None
    return Role(written["party"]) if "party" in written else Seat(written["post"], written["seat"])


def _write_kept(kept: Kept | None) -> dict[str, Any] | None:
    """Microseconds left until due and until yellow, and whether they run in working time."""
    if not kept:
        return None
    return {
        "due": kept.due.time // _MICROSECOND,
        "yellow": kept.yellow.time // _MICROSECOND,
        "working": kept.due.working,
    }


def _read_kept(written: dict[str, Any] | None) -> Kept | None:
    if not written:
        return None
    due, yellow = (Left(written[name] * _MICROSECOND, written["working"]) for name in ("due", "yellow"))
    return Kept(due, yellow)


def _write_clock(clock: Clock | None) -> dict[str, Any] | None:
    if not clock:
        return None
    instants = {name: _write_at(getattr(clock, name)) for name in ("started_at", "due_at", "yellow_at")}
    return instants | ({"kept": _write_kept(clock.kept)} if clock.kept else {})


def _read_clock(written: dict[str, Any] | None) -> Clock | None:
    if not written:
        return None
    started_at, due_at, yellow_at = (_read_at(written[name]) for name in ("started_at", "due_at", "yellow_at"))
    return Clock(started_at, due_at, yellow_at, _read_kept(written.get("kept")))

"""One street for the tests of the rules: a kind of the five haves, the people on its ladder, an ordinary Monday."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from linli.kernel.calendar import Calendar, seed
from linli.kernel.quantity import Duration
from linli.kernel.refusal import Refusal
from linli.matters.rules import CLOCK_DOER, Configuration, Doer, Facts, Rung, Seat, Step, begin, step, tick
from linli.matters.schema import Kind
from linli.methods.reader import read

PACKAGE = read(Path(__file__).resolve().parents[2] / "library" / "lingdong" / "five-haves")
REPORT, BUILDING_REPORT = PACKAGE.kinds["report"], PACKAGE.kinds["building_report"]

_DAYS, _ANNOUNCED = seed(range(2025, 2027))
CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"), _DAYS, _ANNOUNCED)
MONDAY = datetime(2025, 11, 3, 2, tzinfo=UTC)  # 10:00 in the street, an ordinary working week ahead
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

RESIDENT, NEIGHBOUR, HEAD, WORKER, DESK, SUPERVISOR, OFFICE, SIBLING, POLICE = range(1, 10)
POSTS = {
    HEAD: "building_head",
    WORKER: "grid_worker",
    DESK: "community_desk",
    SUPERVISOR: "supervisor",
    OFFICE: "district_office",
}
REMINDER = Duration.parse("1 working day")
SIBLING_SEAT, POLICE_SEAT = Seat("grid_worker", 800), Seat("police", 900)
ASIDE = {SIBLING: SIBLING_SEAT, POLICE: POLICE_SEAT}  # to whom it may be handed over


def seat(party: int) -> int:
    return party * 100


def rung(party: int, *, filled: bool = True) -> Rung:
    return Rung(POSTS[party], seat(party), frozenset({party} if filled else ()))


def ladder(kind: Kind, vacant: frozenset[int] | set[int] = frozenset()) -> tuple[Rung, ...]:
    """The kind's ladder in this street, with the rungs of `vacant` unfilled."""
    return tuple(rung(party, filled=party not in vacant) for party, post in POSTS.items() if post in kind.ladder)


def doer(party: int) -> Doer:
    if party in POSTS:
        return Doer(party, frozenset(), frozenset({POSTS[party]}), frozenset({seat(party)}))
    if party in ASIDE:
        return Doer(party, seats=frozenset({ASIDE[party].seat or 0}))
    return Doer(party, frozenset({"resident"}))


def facts(
    kind: Kind = REPORT,
    party: int | None = None,
    *,
    vacant: set[int] | frozenset[int] = frozenset(),
    reporter: int | None = RESIDENT,
    **gives: str | int | bool,
) -> Facts:
    """What the rules are told when this party acts; the clock if none."""
    return Facts(
        CALENDAR,
        ladder(kind, vacant),
        doer(party) if party else CLOCK_DOER,
        reporter,
        gives,
        candidates=(SIBLING_SEAT, POLICE_SEAT),
    )


class Case:
    """A matter that is walked through its life; times go on from one move to the next."""

    def __init__(
        self,
        kind: Kind = REPORT,
        *,
        opener: int = RESIDENT,
        reporter: int | None = RESIDENT,
        vacant: set[int] | frozenset[int] = frozenset(),
        at: datetime = MONDAY,
    ) -> None:
        self.kind, self.reporter, self.vacant, self.at = kind, reporter, vacant, at
        opened = begin(kind, facts(kind, opener, vacant=vacant, reporter=reporter), at)
        assert isinstance(opened, Step), opened
        self.last = opened

    @property
    def now(self) -> Configuration:
        return self.last.configuration

    @property
    def holder(self) -> object:
        return self.now.holder

    def facts(self, party: int | None = None, **gives: str | int | bool) -> Facts:
        return facts(self.kind, party, vacant=self.vacant, reporter=self.reporter, **gives)

    def wait(self, time: timedelta) -> "Case":
        self.at += time
        return self

    def asked(self, party: int, move: str, **gives: str | int | bool) -> Step | Refusal:
        """What the rules would answer."""
        return step(self.kind, self.now, move, self.facts(party, **gives), self.at)

    def does(self, party: int, move: str, **gives: str | int | bool) -> "Case":
        """Make a move that must be accepted."""
        made = self.asked(party, move, **gives)
        assert isinstance(made, Step), (made.code, made.data)
        self.last = made
        return self

    def refuses(self, party: int, move: str, **gives: str | int | bool) -> str:
        """The code with which a move is refused."""
        answer = self.asked(party, move, **gives)
        assert isinstance(answer, Refusal), answer
        return answer.code

    def ticks(self, *, past: timedelta = timedelta()) -> "Case":
        """Go to the next time at which the clock looks, and let it act."""
        assert self.now.next_at
        self.at = self.now.next_at + past
        made = tick(self.kind, self.now, self.facts(), self.at)
        assert made
        self.last = made
        return self

    def changes(self, **changed: object) -> "Case":
        """Put the matter where a test wants it."""
        self.last = replace(self.last, configuration=replace(self.now, **changed))  # type: ignore[arg-type]
        return self


def working() -> Case:
    return Case().does(WORKER, "take_on")


def solved() -> Case:
    return working().wait(HOUR).does(WORKER, "solve", note=True)


def closed() -> Case:
    return solved().wait(HOUR).does(RESIDENT, "accept")


def declined() -> Case:
    return Case().does(WORKER, "decline", note=True)

"""Plays the stories of the demo: real commands, one after the other along a simulated past, the clock in between."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from linli.channels.console import cast
from linli.channels.console.demo_people import Town, named
from linli.channels.console.demo_pictures import picture
from linli.channels.console.demo_stories import Step, Story, timed
from linli.kernel import holidays
from linli.kernel.actor import CLOCK, SYSTEM, Actor
from linli.kernel.scope import scope
from linli.matters.commands import move_matter, open_matter, settle_vacant, tick_due, upload_photo
from linli.matters.models import Matter
from linli.people import commands as people
from linli.people.models import Seat
from linli.people.queries import Occupant, occupants, occupants_of
from linli.territory import queries as territory
from linli.territory.models import Place
from linli.territory.rules import Level

_BETWEEN_FOLLOWERS = timedelta(minutes=11)
_GONE = "东明第5网格"  # its worker leaves, and nobody follows
_AWAY, _SUBSTITUTE = "东湖第2网格", "东湖第3网格"  # a worker on leave, and who stands in
_AWAY_ALONE = "惠民小区5号楼"  # a building head on leave without a substitute

Act = Callable[[datetime], object]


@dataclass
class Play:
    """Acts in the order of their time. Between two of them the clock does what has become due."""

    town: Town
    until: datetime
    chance: Random
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def plan(self, at: datetime, act: Act) -> None:
        if at > self.until:
            raise ValueError(f"an act is planned {at - self.until} after the end of the demo")
        heapq.heappush(self._acts, (at, len(self._acts), act))

    def perform(self) -> None:
        while self._acts:
            at, _, act = heapq.heappop(self._acts)
            _let_time_pass(at)
            act(at)
        _let_time_pass(self.until)


@dataclass
class Running:
    """A story on the stage."""

    story: Story
    town: Town
    place: Place
    building: Place
    reporter: int
    first_neighbour: int
    matter: int = 0

    def open(self, at: datetime) -> None:
        story, by = self.story, cast.actor(self._reporter(at), at)
        form = {"what": story.what, "topic": story.topic, "photos": _upload(by, at, story.photos)}
        event = open_matter(by=by, at=at, kind=story.kind, place=self.place.pk, form=form)
        self.matter = int(event.subject.partition(":")[2])

    def move(self, step: Step, at: datetime) -> None:
        by = self._reporter(at) if step.by == "reporter" else self._holder(at)
        self._move(by, step, at)

    def follow(self, step: Step, number: int, at: datetime) -> None:
        self._move(self.town.resident(self.building, self.first_neighbour + number), step, at)

    def _move(self, party: int, step: Step, at: datetime) -> None:
        by = cast.actor(party, at)
        gives = {
            "note": step.note,
            "rating": step.rating,
            "right_office": step.right_office,
            "photos": _upload(by, at, step.photos),
            "seat": self._seat(step.to, at) if step.to else None,
        }
        given = {name: value for name, value in gives.items() if value}
        move_matter(by=by, at=at, matter=self.matter, move=step.move, version=self._now().version, gives=given)

    def _reporter(self, at: datetime) -> int:
        if self.story.by == "grid_worker":
            return _filler(self._around(at), "grid_worker")
        return self.reporter

    def _holder(self, at: datetime) -> int:
        seat = self._now().seat_id
        with scope(SYSTEM):
            return _filler(occupants_of([seat or 0], at).get(seat or 0, []))

    def _seat(self, to: str, at: datetime) -> int:
        """The seat that `to` names: a post here, or the worker of a grid of the same community."""
        if to != "neighbour_grid":
            return next(occupant.seat for occupant in self._around(at) if occupant.post == to)
        grid = next(place for place in territory.ancestors(self.place.pk) if place.level == Level.GRID)
        others = Place.objects.filter(parent=grid.parent_id, level=Level.GRID.value).exclude(pk=grid.pk)
        seats = Seat.objects.filter(post="grid_worker", place__in=others).order_by("place__path")
        with scope(SYSTEM):
            return seats.values_list("pk", flat=True)[0]

    def _around(self, at: datetime) -> list[Occupant]:
        lineage = territory.ancestors(self.place.pk)
        with scope(SYSTEM):
            return occupants([place.pk for place in lineage], at)

    def _now(self) -> Matter:
        with scope(SYSTEM):
            return Matter.objects.get(pk=self.matter)


def play(town: Town, told: list[Story], until: datetime, chance: Random) -> int:
    """Play all stories up to `until`, and what happens to posts meanwhile. Returns how many matters there are now."""
    on_stage = Play(town, until, chance)
    _plan_changes(on_stage)
    calendar = holidays.calendar()
    met: dict[int, int] = {}
    for story in told:
        running = _cast(story, town, met)
        opened, *instants = timed(story, until, calendar, chance)
        on_stage.plan(opened, running.open)
        for step, at in zip(story.then, instants, strict=True):
            for when, act in _acts(running, step, at, until):
                on_stage.plan(when, act)
    on_stage.perform()
    return len(told)


def _cast(story: Story, town: Town, met: dict[int, int]) -> Running:
    """Give a story its place and its people; `met` counts the residents of each building who have a part already."""
    place = territory.place(town.stage[story.at]) if story.at in town.stage else named(story.at)
    lineage = territory.ancestors(place.pk)
    building = next((one for one in lineage if one.level == Level.BUILDING), None)
    building = building or territory.within(place, Level.BUILDING.value)[0]
    number = met.get(building.pk, 0)
    neighbours = max((step.count for step in story.then if step.move == "follow"), default=0)
    met[building.pk] = number + 1 + neighbours
    if story.by in town.cast:
        reporter = town.cast[story.by]
    else:
        reporter = town.resident(building, number)
    for neighbour in range(number + 1, number + 1 + neighbours):
        town.resident(building, neighbour)
    return Running(story, town, place, building, reporter, number + 1)


def _acts(running: Running, step: Step, at: datetime, until: datetime) -> Iterator[tuple[datetime, Act]]:
    if step.by != "neighbours":
        yield at, lambda now: running.move(step, now)
        return
    for number in range(step.count):
        when = min(at + number * _BETWEEN_FOLLOWERS, until)
        yield when, lambda now, number=number: running.follow(step, number, now)  # type: ignore[misc]


def _plan_changes(on_stage: Play) -> None:
    """Somebody leaves, somebody is on leave with a substitute, somebody without."""
    until = on_stage.until

    def leave(at: datetime) -> None:
        seat, party = _holding("grid_worker", _GONE, at)
        people.dismiss(by=SYSTEM, at=at, seat=seat, party=party)
        settle_vacant(at)

    def go_on_leave(at: datetime) -> None:
        _, party = _holding("grid_worker", _AWAY, at)
        _, substitute = _holding("grid_worker", _SUBSTITUTE, at)
        people.report_absence(
            by=cast.actor(party, at), at=at, until_at=until + timedelta(days=5), substitute=substitute
        )

    def go_without_substitute(at: datetime) -> None:
        _, party = _holding("building_head", _AWAY_ALONE, at)
        people.report_absence(by=cast.actor(party, at), at=at, until_at=until + timedelta(days=3), reason="other")
        settle_vacant(at)

    on_stage.plan(until - timedelta(days=9), leave)
    on_stage.plan(until - timedelta(days=3), go_on_leave)
    on_stage.plan(until - timedelta(days=4), go_without_substitute)


def _let_time_pass(until: datetime) -> None:
    """Let the clock act at each instant at which something is due, up to `until`."""
    before: datetime | None = None
    while True:
        with scope(CLOCK):
            waiting = Matter.objects.filter(next_at__lte=until)
            if before:
                waiting = waiting.filter(next_at__gt=before)
            before = waiting.order_by("next_at").values_list("next_at", flat=True).first()
        if before is None:
            return
        tick_due(before)


def _holding(post: str, place: str, at: datetime) -> tuple[int, int]:
    with scope(SYSTEM):
        found = [occupant for occupant in occupants([named(place).pk], at) if occupant.post == post]
    return found[0].seat, _filler(found)


def _filler(found: list[Occupant], post: str = "") -> int:
    """The party that fills the first of these seats, or the first of a post."""
    return next(one.party for one in found if one.party is not None and post in ("", one.post))


def _upload(by: Actor, at: datetime, names: tuple[str, ...]) -> list[str]:
    return [str(upload_photo(by=by, at=at, data=picture(name))) for name in names]

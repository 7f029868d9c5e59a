"""Figures, from what happened to what is read back: by day, week and month, by place, and for whom."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linli.indicators.models import Measure, Tally
from linli.indicators.queries import PERIODS, Series, measure_names, series, sums
from linli.kernel import relay
from linli.kernel.actor import NOBODY, SYSTEM
from linli.kernel.scope import scope
from linli.matters.commands import tick_due
from linli.matters.models import Matter
from linli.matters.queries import kinds_now
from linli.people.commands import appoint
from linli.territory import queries as territory
from linli.territory.rules import path_range
from tests.cast import ENTERED_AT, WORKING_AT
from tests.matters.corner import Corner, refused

DAY = timedelta(days=1)
NOTE = {"note": "有情况"}
LAST = date(2027, 1, 1)


def read(
    corner: Corner, measure: str, place: str | None = "community", *, role: str = "supervisor", by: str = "day"
) -> Series:
    relay.drain(WORKING_AT)
    actor = corner.actor(role)
    where = None if place is None else corner.places[place]
    with scope(actor):
        return series(actor, measure, place=where, from_on=None, to_on=None, by=by)


def figures(corner: Corner, measure: str, place: str = "community", by: str = "day") -> list[tuple[str, int, int]]:
    found = read(corner, measure, place, by=by)
    return [(figure.on.isoformat(), figure.hits, figure.total) for figure in found.figures]


def test_a_matter_counts_once_for_each_thing_that_happens(own_corner: Corner) -> None:
    matter = own_corner.move(own_corner.solved(), "accept", by="resident", rating=4)
    own_corner.move(matter, "reopen", by="resident", at=WORKING_AT + DAY)
    assert figures(own_corner, "opened") == [("2026-03-04", 1, 1)]
    for name in ("responded", "on_time", "satisfied"):
        assert figures(own_corner, name) == [("2026-03-04", 1, 1)], name
    assert figures(own_corner, "solved") == [("2026-03-04", 1, 1), ("2026-03-05", 0, 1)]
    assert figures(own_corner, "reopened") == [("2026-03-05", 1, 1)]
    assert figures(own_corner, "complained") == figures(own_corner, "overdue") == []


def test_lateness_and_silence_are_counted_as_what_they_are(own_corner: Corner) -> None:
    late, silent = own_corner.open(), own_corner.solved()
    with scope(SYSTEM):
        Matter.objects.exclude(pk__in=[late.pk, silent.pk]).update(next_at=None)
    for days in range(1, 40):
        tick_due(WORKING_AT + days * DAY)
    assert read(own_corner, "responded").total == 4 and read(own_corner, "responded").hits == 1
    assert read(own_corner, "escalated").total == 3  # once for each rung
    assert read(own_corner, "overdue").total == 1
    assert read(own_corner, "unanswered").total == read(own_corner, "closed").total == 1
    for name in ("satisfied", "solved", "on_time"):
        assert read(own_corner, name).total == 0, name  # silence is neither


def test_what_was_answered_late_is_closed_but_not_on_time(own_corner: Corner) -> None:
    matter = own_corner.open()
    assert matter.due_at
    late = matter.due_at + timedelta(minutes=1)
    matter = own_corner.move(matter, "take_on", by="grid_worker", at=late)
    assert matter.due_at
    late = matter.due_at + timedelta(minutes=1)
    matter = own_corner.move(matter, "solve", by="grid_worker", at=late, **NOTE)
    own_corner.move(matter, "accept", by="resident", at=late)
    on_time, responded = read(own_corner, "on_time"), read(own_corner, "responded")
    assert (on_time.hits, on_time.total, responded.hits, responded.total) == (0, 1, 0, 1)


def test_days_are_those_of_the_district(own_corner: Corner) -> None:
    for at in (datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC), datetime(2026, 3, 4, 16, tzinfo=UTC)):
        own_corner.open(at=at)
    assert figures(own_corner, "opened") == [("2026-03-04", 1, 1), ("2026-03-05", 1, 1)]


def test_weeks_begin_on_monday_and_months_on_the_first(own_corner: Corner) -> None:
    for on in ((3, 1), (3, 2), (3, 8), (3, 31), (4, 1)):  # a Sunday, the Monday after, the next Sunday ...
        own_corner.open(at=datetime(2026, *on, 4, tzinfo=UTC))
    assert figures(own_corner, "opened", by="week") == [
        ("2026-02-23", 1, 1), ("2026-03-02", 2, 2), ("2026-03-30", 2, 2),
    ]  # fmt: skip
    assert figures(own_corner, "opened", by="month") == [("2026-03-01", 4, 4), ("2026-04-01", 1, 1)]
    assert len(figures(own_corner, "opened", by="day")) == 5


def test_from_and_to_are_both_included(own_corner: Corner) -> None:
    for day in (2, 3, 4, 5):
        own_corner.open(at=datetime(2026, 3, day, 4, tzinfo=UTC))
    relay.drain(WORKING_AT)
    actor = own_corner.actor("supervisor")
    asked = {"place": own_corner.places["grid"], "from_on": date(2026, 3, 3), "to_on": date(2026, 3, 4)}
    with scope(actor):
        assert series(actor, "opened", **asked).total == 2  # type: ignore[arg-type]


def test_places_are_counted_with_all_that_lies_below(own_corner: Corner) -> None:
    for place, by in (("home", "resident"), ("building", "resident"), ("across", "across"), ("community", "resident")):
        own_corner.open(place=place, by=by)
    counted = {place: read(own_corner, "opened", place).total for place in own_corner.places}
    assert counted == {
        "community": 4, "grid": 2, "sibling_grid": 1, "building": 2, "other_building": 1, "home": 1, "next_door": 0,
        "across": 1,
    }  # fmt: skip


def test_figures_are_for_posts_and_for_what_is_in_their_reach(own_corner: Corner) -> None:
    own_corner.open()
    own_corner.open(by="across", place="across")
    assert read(own_corner, "opened", None, role="grid_worker").total == 1
    assert read(own_corner, "opened", None, role="sibling").total == 1
    assert read(own_corner, "opened", None, role="community_desk").total == 2
    assert read(own_corner, "opened", "grid", role="police").total == 1
    for role in ("resident", "neighbour"):
        assert read(own_corner, "opened", None, role=role).figures == ()
    for role, place in (("resident", "home"), ("sibling", "grid"), ("grid_worker", "community")):
        with refused("not_found", 404):
            read(own_corner, "opened", place, role=role)
    with scope(NOBODY):
        assert series(NOBODY, "opened", place=None, from_on=None, to_on=None).figures == ()


def test_two_posts_over_one_place_count_it_once(own_corner: Corner) -> None:
    own_corner.open()
    community = own_corner.places["community"]
    appoint(by=SYSTEM, at=ENTERED_AT, post="community_desk", place=community, party=own_corner.party("grid_worker"))
    assert read(own_corner, "opened", None, role="grid_worker").total == 1


def test_a_share_of_nothing_is_no_share(own_corner: Corner) -> None:
    found = read(own_corner, "satisfied")
    assert found.is_share and found.figures == () and (found.hits, found.total) == (0, 0)
    own_corner.move(own_corner.solved(), "accept", by="resident", rating=2)
    figure = read(own_corner, "satisfied").figures[0]
    assert figure.share == 0.0 and not read(own_corner, "opened").is_share


def test_an_unknown_measure_or_period_is_refused(own_corner: Corner) -> None:
    with refused("indicators.unknown_measure", 404) as caught:
        read(own_corner, "applause")
    assert "responded" in caught.value.data["measures"] and measure_names() == sorted(measure_names())
    with refused("indicators.unknown_period", 422):
        read(own_corner, "opened", by="year")
    assert PERIODS == ("day", "week", "month")


def test_sums_are_for_public_pages(own_corner: Corner) -> None:
    own_corner.move(own_corner.solved(), "accept", by="resident", rating=5)
    relay.drain(WORKING_AT)
    found = territory.place(own_corner.places["community"])
    counted = sums(*path_range(found.path, found.level), from_on=date(2026, 3, 4), to_on=date(2026, 3, 4))
    names = ("opened", "responded", "on_time", "solved", "satisfied", "closed")
    assert counted == dict.fromkeys(names, (1, 1))
    assert sums(*path_range(found.path, found.level), from_on=date(2026, 3, 5), to_on=LAST) == {}


def test_counts_are_by_post(own_corner: Corner) -> None:
    matter = own_corner.move(own_corner.open(), "raise_up", by="grid_worker", **NOTE)
    own_corner.move(matter, "take_on", by="community_desk")
    relay.drain(WORKING_AT)
    posts = Tally.objects.filter(measure__name="responded", path=matter.path).values_list("post", flat=True)
    assert list(posts) == ["community_desk"]
    assert Measure.objects.count() == len(measure_names()) and kinds_now()


def test_tallies_are_the_same_when_history_is_replayed(own_corner: Corner) -> None:
    matter = own_corner.move(own_corner.solved(), "accept", by="resident", rating=5)
    own_corner.move(matter, "complain", by="resident")
    relay.drain(WORKING_AT)
    columns = ("measure_id", "place_id", "path", "post", "on", "total", "hits")
    before = set(Tally.objects.values_list(*columns))
    relay.rebuild("indicators.tallies")
    assert set(Tally.objects.values_list(*columns)) == before and relay.parked() == []


@pytest.mark.parametrize("times", [2, 3])
def test_delivering_twice_counts_once(own_corner: Corner, times: int) -> None:
    own_corner.open()
    for _ in range(times):
        relay.drain(WORKING_AT)
    assert read(own_corner, "opened").total == 1

"""The measures of the five haves over lives of matters: silence, lateness and own work count as they must."""

from collections import Counter

import pytest

from linli.indicators.rules import counts
from tests.matters.street import (
    DESK,
    HOUR,
    PACKAGE,
    RESIDENT,
    SUPERVISOR,
    WORKER,
    Case,
    closed,
    declined,
    solved,
    working,
)


class Life(Case):
    """A matter that remembers all that happened to it."""

    def __init__(self) -> None:
        self.steps = []
        super().__init__()

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "last":
            self.steps.append(value)


def figures(life: Life) -> dict[str, tuple[int, int]]:
    """(hits, total) of each measure over this life, as far as anything was counted."""
    hits, totals = Counter[str](), Counter[str]()
    for happened in life.steps:
        for name, measure in PACKAGE.measures.items():
            for count in counts(measure.model_dump(mode="json"), f"matters.matter.{happened.event}", happened.body()):
                totals[name] += count.total
                hits[name] += count.hits
    return {name: (hits[name], total) for name, total in totals.items()}


def test_a_good_life() -> None:
    life = Life().wait(HOUR).does(WORKER, "take_on").does(WORKER, "solve", note=True).does(RESIDENT, "accept", rating=5)
    assert figures(life) == dict.fromkeys(["opened", "responded", "on_time", "solved", "satisfied", "closed"], (1, 1))


def test_silence_counts_as_nothing_but_silence() -> None:
    life = Life().does(WORKER, "take_on").does(WORKER, "solve", note=True).ticks()
    assert figures(life) == dict.fromkeys(["opened", "responded", "unanswered", "closed"], (1, 1))


def test_a_late_life() -> None:
    life = Life().ticks().does(DESK, "take_on")
    life.at = life.now.due_at + HOUR
    life.does(DESK, "solve", note=True).does(RESIDENT, "accept", rating=2)
    told = figures(life)
    assert told["responded"] == (1, 2), "the desk in time, the grid worker not"
    assert (told["on_time"], told["satisfied"], told["solved"], told["escalated"]) == ((0, 1), (0, 1), (1, 1), (1, 1))


def test_done_again_and_complained_about() -> None:
    life = Life().does(WORKER, "take_on").does(WORKER, "solve", note=True).does(RESIDENT, "reopen")
    life.does(WORKER, "solve", note=True).does(RESIDENT, "complain").does(SUPERVISOR, "decline", note=True)
    told = figures(life)
    assert (told["solved"], told["reopened"], told["complained"], told["declined"]) == ((0, 2), (1, 1), (1, 1), (1, 1))
    assert "satisfied" not in told and "on_time" not in told


def test_what_stays_open_too_long_is_overdue_once() -> None:
    life = Life()
    for _ in range(25):
        life.ticks()
    assert figures(life)["overdue"] == (1, 1) and not life.now.ended_at


@pytest.mark.parametrize("case", [Case, working, solved, closed, declined])
def test_bodies_name_no_person(case) -> None:  # type: ignore[no-untyped-def]
    assert not {"party", "doer", "solver", "reporter"} & set(case().last.body())

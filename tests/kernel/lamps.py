"""Lamps: a small organ that exists in tests only. A lamp is switched; each switch is an event; lights are counted."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TypeVar

from django.apps import apps
from django.db import connection, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from linli.kernel import consumers
from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import record
from linli.kernel.models import Chained, Commitment, Event
from linli.kernel.refusal import Refusal
from linli.kernel.registry import tenants

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ANN = Actor("person", party=7)
BEN = Actor("person", party=8)
SWITCHED = "lamps.lamp.switched"
Answer = TypeVar("Answer")

local = threading.local()  # .pause: what a command calls after its checks, to meet another one there


class Lamp(Chained):
    label = models.TextField(unique=True, null=True)
    lit = models.BooleanField(default=False)

    class Meta:
        app_label = "kernel"
        db_table = "test_lamp"


class LampText(Commitment):
    lamp = models.ForeignKey(Lamp, on_delete=models.PROTECT)

    class Meta:
        app_label = "kernel"
        db_table = "test_lamp_text"


class Seen(models.Model):
    """A projection's diary: what it was handed, in the order in which it was."""

    consumer = models.TextField()
    subject = models.TextField()
    seq = models.IntegerField()

    class Meta:
        app_label = "kernel"
        db_table = "test_seen"


class Tally(models.Model):
    subject = models.TextField(primary_key=True)
    total = models.IntegerField()

    class Meta:
        app_label = "kernel"
        db_table = "test_tally"


class Word(models.Model):
    """Short words only: an index that refuses long ones, and a foreign key that is looked at late."""

    word = models.TextField(db_index=True)
    lamp = models.ForeignKey(Lamp, on_delete=models.PROTECT, null=True)

    class Meta:
        app_label = "kernel"
        db_table = "test_word"


MODELS = (Lamp, LampText, Seen, Tally, Word)
Lamp.texts = LampText
for _model in MODELS:  # known to the house only while a test needs them
    del apps.all_models["kernel"][_model._meta.model_name or ""]
apps.clear_cache()


@command("lamps.hang")
def hang(
    *, by: Actor, at: datetime, cause: str | None = None, key: str | None = None,
    label: str | None = None, note: str | None = None,
) -> Event:  # fmt: skip
    if label is not None and Lamp.objects.filter(label=label).exists():
        raise Refusal("lamps.taken")
    pause()
    return record(
        Lamp(label=label), "lamps.lamp.hung", by=by.ref, at=at, cause=cause, body={}, changes={},
        texts={"note": note} if note is not None else None,
    )  # fmt: skip


@command("lamps.light")
def light(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, lamp: int) -> Event:
    """Refused for a lamp that is lit."""
    pause()
    found = Lamp.objects.get(pk=lamp)
    if found.lit:
        raise Refusal("lamps.lit")
    return record(found, SWITCHED, by=by.ref, at=at, cause=cause, body={"lit": True}, changes={"lit": True})


@command("lamps.switch")
def switch(*, by: Actor, at: datetime, cause: str | None = None, key: str | None = None, lamp: int) -> Event:
    found = Lamp.objects.get(pk=lamp)
    pause()
    lit = not found.lit
    return record(found, SWITCHED, by=by.ref, at=at, cause=cause, body={"lit": lit}, changes={"lit": lit})


def pause() -> None:
    """Where a command waits for another one, when a test says so."""
    getattr(local, "pause", lambda: None)()


def count(event: Event) -> None:
    """A projection: how often each lamp was switched, and the diary."""
    Seen.objects.create(consumer="lamps.counts", subject=event.subject, seq=event.seq)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO test_tally (subject, total) VALUES (%s, 1) "
            "ON CONFLICT (subject) DO UPDATE SET total = test_tally.total + 1",
            [event.subject],
        )


def clear_counts() -> None:
    Seen.objects.filter(consumer="lamps.counts").delete()
    Tally.objects.all().delete()


def hung(label: str | None = None, **content: str) -> int:
    """A new lamp's id."""
    return int(hang(by=ANN, at=AT, label=label, **content).subject.partition(":")[2])


def switched(lamp: int, times: int = 1) -> Event:
    """Switch a lamp; returns the last event."""
    for _ in range(times):
        event = switch(by=ANN, at=AT, lamp=lamp)
    return event


def seen(consumer: str = "lamps.counts") -> list[tuple[str, int]]:
    """What a projection was handed, in that order."""
    return list(Seen.objects.filter(consumer=consumer).order_by("id").values_list("subject", "seq"))


def assert_each_once_and_in_order(left: int = 0) -> None:
    """What a projection was handed is history but for what is `left`, each event once, each subject in order."""
    handed = seen()
    assert len(handed) == len(set(handed)) == Event.objects.count() - left
    for subject in {subject for subject, _ in handed}:
        order = [seq for each, seq in handed if each == subject]
        assert order == list(range(1, len(order) + 1))
        assert Tally.objects.get(subject=subject).total == len(order)


def make_tables(editor: BaseDatabaseSchemaEditor) -> None:
    for model in MODELS:
        editor.create_model(model)


@contextmanager
def known() -> Iterator[None]:
    """The house knows the models of this module, as if an installed app had them."""
    for model in MODELS:
        apps.all_models["kernel"][model._meta.model_name or ""] = model
    apps.clear_cache()
    try:
        yield
    finally:
        for model in MODELS:
            del apps.all_models["kernel"][model._meta.model_name or ""]
        apps.clear_cache()


@contextmanager
def listening(
    apply: Callable[[Event], None] = count,
    *,
    name: str = "lamps.counts",
    listens: tuple[str, ...] = ("lamps.lamp.hung", SWITCHED),
    clears: Callable[[], None] = clear_counts,
    acts: bool = False,
) -> Iterator[None]:
    """A consumer that exists for a while: a projection, or a policy if it `acts`."""
    if acts:
        consumers.policy(name, listens=listens)(lambda event, at: apply(event))
    else:
        consumers.projection(name, listens=listens, clears=clears)(apply)
    try:
        yield
    finally:
        consumers._consumers.pop(name)


def at_once(code: str, *functions: Callable[[], Answer]) -> list[Answer | Exception]:
    """Run functions in threads of their own, in a district; returns what each answered or raised."""
    answers: list[Answer | Exception] = [AssertionError("it did not end")] * len(functions)
    start = threading.Barrier(len(functions))

    def run(number: int, function: Callable[[], Answer]) -> None:
        try:
            with tenants.district(code):
                connection.ensure_connection()
                start.wait(10)
                answers[number] = function()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def meeting(parties: int) -> Callable[[], None]:
    """Where threads wait for each other once; nobody waits a second time."""
    barrier = threading.Barrier(parties)
    been: set[int] = set()

    def wait() -> None:
        if threading.get_ident() not in been:
            been.add(threading.get_ident())
            with suppress(threading.BrokenBarrierError):
                barrier.wait(5)

    return wait

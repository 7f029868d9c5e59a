"""What a transaction may see: the actor's reach, set for its length and read by row level security."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from linli.kernel.actor import Actor


@contextmanager
def scope(actor: Actor) -> Iterator[None]:
    """One short transaction on behalf of `actor`; outside of one, protected tables are empty.

    SET LOCAL rather than set_config(), which does not reach the workers of a distributed database. All values
    are numbers or words of our own, so they are written into the statement.
    """
    with transaction.atomic(durable=True):
        party = "" if actor.party is None else actor.party
        seats = ",".join(map(str, sorted(actor.seats)))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET LOCAL linli.role = '{actor.role}'; SET LOCAL linli.party = '{party}'; "
                f"SET LOCAL linli.reach = '{actor.reach}'; SET LOCAL linli.seats = '{{{seats}}}'"
            )
        yield

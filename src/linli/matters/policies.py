"""How matters answer what happens elsewhere."""

from datetime import datetime

from linli.kernel.consumers import policy
from linli.kernel.models import Event
from linli.matters.commands import reckon_all


@policy("matters.reckoning", listens=("kernel.calendar.announced",))
def reckon(event: Event, at: datetime) -> None:
    """The calendar has changed: deadlines that fall into it are computed anew."""
    reckon_all(at, f"event:{event.id}")

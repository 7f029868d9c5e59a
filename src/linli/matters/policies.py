"""How matters answer what happens elsewhere."""

from linli.kernel.consumers import policy
from linli.kernel.models import Event
from linli.matters.commands import reckon_all


@policy("matters.reckoning", listens=("kernel.calendar.announced",))
def reckon(event: Event) -> None:
    """The calendar has changed: deadlines that fall into it are computed anew."""
    reckon_all(event.recorded_at, f"event:{event.id}")

"""How figures answer what happens elsewhere."""

from datetime import datetime

from linli.kernel import relay
from linli.kernel.consumers import policy
from linli.kernel.models import Event


@policy("indicators.recounting", listens=("methods.method.adopted",))
def recount(event: Event, at: datetime) -> None:
    """What is counted has changed: all that is past is counted again, so that figures never depend on when a measure
    came into use."""
    if event.body.get("recount"):
        relay.rebuild("indicators.tallies")

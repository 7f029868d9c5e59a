"""`linli rebuild`: projections computed anew from history, while everything else goes on."""

import click

from linli.channels.console.district import language
from linli.channels.console.failure import ConsoleFailure
from linli.kernel import consumers, relay
from linli.kernel.consumers import Projection
from linli.kernel.registry import tenants
from linli.kernel.words import say


@click.command()
@click.argument("name", required=False)
@click.option("--district", "code", help="The code of one district; by default all.")
def rebuild(name: str | None, code: str | None) -> None:
    """Empty the projection NAME (by default every one) and replay history into it."""
    known = [each.name for each in consumers.registered() if isinstance(each, Projection)]
    if name and name not in known:
        raise ConsoleFailure(f"there is no projection {name}; there are: {', '.join(known)}")
    for each in [code] if code else [one.code for one in tenants.all_districts()]:
        with tenants.district(each) as district:
            for projection in [name] if name else known:
                count = relay.rebuild(projection)
                words = {"name": district.name, "code": each, "projection": projection, "count": count}
                click.echo(say("console.rebuild.done", language(), **words))

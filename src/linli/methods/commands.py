"""Adopting a method: each section goes to the organ that owns it, all in one transaction."""

from collections.abc import Mapping
from datetime import datetime

from linli.indicators.commands import install_measures
from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import new_id, record
from linli.kernel.models import Event
from linli.kernel.refusal import Forbidden
from linli.matters.commands import install_kinds
from linli.methods.models import Adoption
from linli.methods.reader import parse
from linli.people.commands import adopt_posts


@command("methods.adopt")
def adopt(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    files: Mapping[str, str],
    values: Mapping[str, str] | None = None,
) -> Event:
    """Run a method in this district from now on, or a new version of it; open matters stay on theirs.

    `files` are the texts of the package, `values` its inputs filled in. InvalidPackage (422) says all that is wrong
    with it. Recorded as `methods.method.adopted`.
    """
    if by.role != "system" and not by.has_post("administrator", "district_office"):
        raise Forbidden("not_allowed")
    package = parse(files, values)
    adoption = Adoption.objects.filter(method=package.method).first()
    if adoption is None:
        adoption = Adoption(id=new_id(Adoption), method=package.method, adopted_at=at)
    adopt_posts(package.method, package.posts)
    install_kinds(package.method, package.version, package.kinds, package.words, package.values)
    measures = {name: measure.model_dump(mode="json") for name, measure in package.measures.items()}
    recount = install_measures(package.method, measures)
    return record(
        adoption, "methods.method.adopted", by=by.ref, at=at, cause=cause,
        body={"method": package.method, "release": package.version, "digest": package.digest, "recount": recount},
        changes={
            "release": package.version,
            "content": dict(package.files),
            "inputs": dict(package.values),
            "adopted_at": at,
        },
    )  # fmt: skip

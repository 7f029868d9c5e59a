"""Applying a published list of divisions to a district: the first time and every year after."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.db.models.functions import Greatest

from linli.kernel.actor import Actor
from linli.kernel.command import command
from linli.kernel.event import new_id, record
from linli.kernel.models import Event
from linli.kernel.refusal import Refusal
from linli.territory import events
from linli.territory.commands import tree
from linli.territory.divisions import Division, Known, Plan, compare
from linli.territory.models import Place, PlaceCode, PlaceName
from linli.territory.queries import known_divisions
from linli.territory.rules import Level
from linli.territory.spelling import search_text


@command("territory.apply_divisions")
def apply_divisions(
    *,
    by: Actor,
    at: datetime,
    cause: str | None = None,
    key: str | None = None,
    code: str,
    name: str,
    divisions: Sequence[Division],
    on: date,
    source: str = "",
) -> Event:
    """Bring the district's subdistricts and communities to a published list, from the date `on`.

    `code` has six digits; `source` says where the list comes from. What changed is decided by divisions.compare; an
    ended community keeps what lies in it until that is moved. Refusals: territory.other_district, territory.too_early,
    territory.full.
    """
    tree.may_arrange(by)
    root = Place.objects.select_for_update().filter(path=0).first() or _new_root(code, name, on)
    if root.code != code:
        raise Refusal("territory.other_district", here=root.code, asked=code)
    _refuse_before_the_last(on)
    if root.version and root.name != name:
        tree.rename({root.pk: name}, on)
    plan = compare(known_divisions(), divisions)
    homes = {d.code: k.place for k, d in (*plan.unchanged, *plan.renamed, *plan.moved) if d.level is Level.SUBDISTRICT}
    new = _seedlings(plan, root.pk, homes)
    tree.end([known.place for known in plan.ended], on)
    tree.rename({k.place: d.name for k, d in (*plan.renamed, *plan.moved) if k.name != d.name}, on)
    tree.recode({k.place: d.code for k, d in plan.moved if k.code != d.code}, on)
    tree.plant(new, on, root.pk)
    paths = tree.move(
        {k.place: homes[d.parent_code] for k, d in plan.moved if homes.get(d.parent_code, k.parent) != k.parent}, on
    )
    _fill_in(plan)
    return record(
        root, events.DIVISIONS_APPLIED, by=by.ref, at=at, cause=cause,
        body=_body(plan, new, paths, on, source), changes={"name": name, "search": search_text(name, code)},
    )  # fmt: skip


def _refuse_before_the_last(on: date) -> None:
    """Lists are applied in the order of their dates: what a later one said cannot be known to have been so before."""
    divisions = PlaceCode.objects.filter(place__level__in=[Level.SUBDISTRICT.value, Level.COMMUNITY.value])
    last = divisions.aggregate(last=Greatest(Max("from_on"), Max("until_on")))["last"]
    if last is not None and on < last:
        raise Refusal("territory.too_early", on=on, last=last)


def _new_root(code: str, name: str, on: date) -> Place:
    root = Place(id=new_id(Place), level=Level.DISTRICT.value, kind="district", name=name, code=code, path=0)
    root.since_on = on
    PlaceName.objects.create(place=root, name=name, from_on=on)
    PlaceCode.objects.create(place=root, code=code, from_on=on)
    return root


def _seedlings(plan: Plan, root: int, homes: dict[str, int]) -> list[tree.Seedling]:
    """The new divisions, subdistricts first; adds the new subdistricts to `homes`."""
    ids = tree.ids(len(plan.new))
    seedlings = []
    for division in plan.new:
        is_high = division.level is Level.SUBDISTRICT
        seedling = tree.Seedling(
            id=next(ids),
            level=division.level,
            kind=division.kind,
            name=division.name,
            parent=root if is_high else homes[division.parent_code],
            code=division.code,
            urban_code=division.urban_code,
            lon=division.lon,
            lat=division.lat,
        )
        if is_high:
            homes[division.code] = seedling.id
        seedlings.append(seedling)
    return seedlings


def _fill_in(plan: Plan) -> None:
    """What the list knows more about places that stay: the urban-rural class, and a point where there was none."""
    pairs: list[tuple[Known, Division]] = [*plan.unchanged, *plan.renamed, *plan.moved]
    places = Place.objects.in_bulk([known.place for known, _ in pairs])
    for known, division in pairs:
        place = places[known.place]
        place.kind = division.kind
        place.urban_code = division.urban_code or place.urban_code
        if place.lon is None:
            place.lon, place.lat = division.lon, division.lat
    Place.objects.bulk_update(places.values(), ["kind", "urban_code", "lon", "lat"], batch_size=500)


def _body(
    plan: Plan, new: Sequence[tree.Seedling], paths: list[dict[str, Any]], on: date, source: str
) -> dict[str, Any]:
    moved_paths = {moved["place"]: moved for moved in paths}
    stayed = dict(Place.objects.filter(id__in=[k.place for k, _ in plan.moved]).values_list("id", "path"))
    return {
        "on": on.isoformat(),
        "source": source,
        "unchanged": len(plan.unchanged),
        "renamed": [known.place for known, _ in plan.renamed],
        "new": [seedling.id for seedling in new],
        "ended": [known.place for known in plan.ended],
        "moved": [
            {
                "place": known.place,
                "from": stayed[known.place],
                "to": stayed[known.place],
                "level": known.level.value,
                **moved_paths.get(known.place, {}),
                "code_from": known.code,
                "code_to": division.code,
            }
            for known, division in plan.moved
        ],
    }

"""Installing what is to be counted. Called by the adoption of a method, inside its transaction."""

from collections.abc import Mapping
from typing import Any

from linli.indicators.models import Measure
from linli.indicators.projections import measures as counted


def install_measures(method: str, measures: Mapping[str, Mapping[str, Any]]) -> bool:
    """Take over a method's measures; those it no longer has go, with their counts. Returns whether anything is counted
    now that was not, or was counted otherwise: then what is past has to be counted again (policies.recount)."""
    known = dict(Measure.objects.filter(method=method).values_list("name", "content"))
    Measure.objects.filter(method=method).exclude(name__in=measures).delete()
    for name, content in measures.items():
        Measure.objects.update_or_create(method=method, name=name, defaults={"content": dict(content)})
    counted.forget()
    return any(known.get(name) != content for name, content in measures.items())

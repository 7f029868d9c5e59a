"""Installing a method's kinds. Called by the adoption of a method, inside its transaction."""

from collections.abc import Mapping
from typing import Any

from linli.matters.models import Kind
from linli.matters.queries import kinds_now
from linli.matters.schema import Kind as KindRules


def install_kinds(
    method: str,
    release: str,
    kinds: Mapping[str, KindRules],
    words: Mapping[str, Mapping[str, str]],
    inputs: Mapping[str, Any],
) -> None:
    """New matters are opened on these editions from now on; open ones stay on theirs. An edition is never changed: the
    same version with other inputs is another one."""
    Kind.objects.filter(method=method).update(current=False)
    for position, (name, rules) in enumerate(kinds.items()):
        edition = {
            "method": method,
            "release": release,
            "name": name,
            "position": position,
            "content": rules.to_json(),
            "inputs": dict(inputs),
            "words": {language: dict(lexicon) for language, lexicon in words.items()},
        }
        if not Kind.objects.filter(**edition).update(current=True):
            Kind.objects.create(**edition, current=True)
    kinds_now.forget()

"""The chips of a reporting page: a picture beside each topic. A topic without one of its own gets dots."""

from linli.channels.web.forms import Choice
from linli.matters.schema import ChoiceField, Kind
from linli.matters.wording import Wording

TOPIC = "topic"  # the field of a kind that neighbours and the public may see
_ICONS = {
    "flooding": "droplet",
    "heating": "radiator",
    "lift": "elevator",
    "lighting": "bulb",
    "noise": "volume",
    "order": "police",
    "parking": "car",
    "pets": "paw",
    "road": "road",
    "rubbish": "trash",
    "stairwell": "stairs",
    "water": "droplet",
}


def topics(rules: Kind, words: Wording, chosen: str = "") -> list[Choice]:
    """What a matter of the kind can be about; empty where the kind does not ask."""
    asked = rules.form.get(TOPIC)
    if not isinstance(asked, ChoiceField):
        return []
    return [Choice(one, words.choice(TOPIC, one), _ICONS.get(one, "dots"), one == chosen) for one in asked.of]

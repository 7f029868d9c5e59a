"""The rules of matters, pure: `begin`, `step`, `tick`, `settle`, `undo`, `possible`, and what they speak in."""

from linli.matters.rules.answers import Made, Offer, Step
from linli.matters.rules.clocks import light, recompute
from linli.matters.rules.configuration import Clock, Configuration, Holder, Kept, Role, Seat, Stopped
from linli.matters.rules.facts import CLOCK_DOER, Doer, Facts, Rung
from linli.matters.rules.forms import Filled, fill, form_of
from linli.matters.rules.lifecycle import REMIND_AFTER, UNDO_WITHIN, begin, settle, step, tick, undo
from linli.matters.rules.offers import possible

__all__ = [
    "CLOCK_DOER",
    "REMIND_AFTER",
    "UNDO_WITHIN",
    "Clock",
    "Configuration",
    "Doer",
    "Facts",
    "Filled",
    "Holder",
    "Kept",
    "Made",
    "Offer",
    "Role",
    "Rung",
    "Seat",
    "Step",
    "Stopped",
    "begin",
    "fill",
    "form_of",
    "light",
    "possible",
    "recompute",
    "settle",
    "step",
    "tick",
    "undo",
]

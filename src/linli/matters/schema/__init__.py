"""The section `kinds` of a method package, as frozen models."""

from linli.matters.schema.checks import Fault, faults_in, unknown_posts
from linli.matters.schema.form import (
    GIVEN,
    AnyField,
    ChoiceField,
    DateField,
    Form,
    ImageField,
    NumberField,
    TextField,
)
from linli.matters.schema.kind import Kind, Party
from linli.matters.schema.lifecycle import (
    BACK,
    CLOCK,
    GIVEN_SEAT,
    HOLDER,
    LADDER,
    ROLES,
    SAME,
    Due,
    Move,
    Overall,
    State,
)
from linli.matters.schema.values import Name, Section, Several, Span

__all__ = [
    "BACK",
    "CLOCK",
    "GIVEN",
    "GIVEN_SEAT",
    "HOLDER",
    "LADDER",
    "ROLES",
    "SAME",
    "AnyField",
    "ChoiceField",
    "DateField",
    "Due",
    "Fault",
    "Form",
    "ImageField",
    "Kind",
    "Move",
    "Name",
    "NumberField",
    "Overall",
    "Party",
    "Section",
    "Several",
    "Span",
    "State",
    "TextField",
    "faults_in",
    "unknown_posts",
]

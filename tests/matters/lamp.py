"""A method of a few lines, for what the five haves do not have: a post of its own that nobody fills yet."""

from linli.kernel.words import LANGUAGES

LAMP = """\
method: street/lamp
version: 1.0.0
practices: [A1]
inputs:
  answer_within: {kind: duration, default: 4 working hours}
posts:
  lamp_keeper: {at: grid}
kinds:
  lamp:
    opened_by: [lamp_keeper]
    parties: {reporter: {from: opener, else: lamp_keeper}}
    ladder: [lamp_keeper]
    form: {what: {kind: text, max: 500}}
    states:
      reported: {kind: start, held_by: ladder, due: {within: !input answer_within, then: lapse}}
      mended:   {kind: end, outcome: solved}
      lapsed:   {kind: end, outcome: unanswered}
    moves:
      mend:  {leaves: [reported], enters: mended, who: holder}
      lapse: {leaves: [reported], enters: lapsed, who: clock}
measures:
  lamps_mended: {of: matters.matter.moved, where: {outcome: [solved]}, share: within_due, by: [place, day]}
"""


def files(method: str = LAMP, words: str = "method.title: Lamp\n") -> dict[str, str]:
    """The package as texts."""
    return {"method.yaml": method, **{f"words/{language}.yaml": words for language in LANGUAGES}}

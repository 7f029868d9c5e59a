"""A method's own words for a matter: kinds, states, moves, posts, fields, in a language, for residents or for staff."""

from dataclasses import dataclass
from functools import lru_cache

from linli.kernel.district import schema
from linli.matters.models import Kind


@dataclass(frozen=True, slots=True)
class Wording:
    """Looks up `<key>.staff` for staff where the method says it otherwise to them, else `<key>`; an unknown key is
    shown as it is, for the method's author to see."""

    name: str
    lexicon: dict[str, str]
    staff: bool = False

    def kind(self) -> str:
        return self._say(f"{self.name}.title")

    def promise(self) -> str:
        return self._say(f"{self.name}.promise")

    def state(self, state: str) -> str:
        return self._say(f"state.{state}")

    def outcome(self, outcome: str) -> str:
        return self._say(f"outcome.{outcome}") if outcome else ""

    def move(self, move: str) -> str:
        """What the button says."""
        return self._say(f"move.{move}")

    def done(self, move: str) -> str:
        """What the timeline says once it is done."""
        return self._say(f"move.{move}.done")

    def post(self, post: str) -> str:
        return self._say(f"post.{post}")

    def party(self, party: str) -> str:
        return self._say(f"party.{party}")

    def field(self, field: str) -> str:
        return self._say(f"field.{field}")

    def choice(self, field: str, value: str) -> str:
        return self._say(f"choice.{field}.{value}") if value else ""

    def topic(self, topic: str) -> str:
        """What a matter is about, as neighbours may know it; the kind's title where no topic was chosen."""
        return self.choice("topic", topic) if topic else self.kind()

    def _say(self, key: str) -> str:
        plain = self.lexicon.get(key, key)
        return self.lexicon.get(f"{key}.staff", plain) if self.staff else plain


def kind_words(kind: Kind, language: str, *, staff: bool = False) -> Wording:
    """The words of this edition of a kind; Chinese where the language is not there."""
    return Wording(kind.name, kind.words.get(language) or kind.words["zh"], staff)


@lru_cache(maxsize=4096)
def _kept(schema: str, kind_id: int) -> Kind:
    return Kind.objects.get(pk=kind_id)


def kept_kind(kind_id: int) -> Kind:
    """An edition by its id. Editions never change: each is read once in a process."""
    return _kept(schema(), kind_id)

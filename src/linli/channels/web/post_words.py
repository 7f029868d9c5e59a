"""What posts are called on screen: in the words of the platform, or of the method that brought them."""

from linli.kernel import words
from linli.matters.queries import current_kinds
from linli.matters.wording import kind_words


def post_words(post: str, language: str) -> str:
    """网格员, 社区窗口, 系统管理员. A post without words is shown by its name, for the method's author to see."""
    key = f"post.{post}"
    if words.has(key):
        return words.say(key, language)
    named = (kind_words(kind, language, staff=True).post(post) for kind in current_kinds())
    return next((name for name in named if name != key), post)

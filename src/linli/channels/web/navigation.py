"""The tabs of a page: what a person may go to from everywhere, by what that person is here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    route: str  # name of the route
    icon: str
    word: str  # key of its words


_HOME = Tab("web:home", "home", "web.tab.home")
_REPORT = Tab("web:report", "message", "web.tab.report")
_MINE = Tab("web:mine", "file", "web.tab.mine")
_RESULTS = Tab("web:results", "chart", "web.tab.results")
_INBOX = Tab("web:inbox", "inbox", "web.tab.inbox")
_PATROL = Tab("web:patrol", "walk", "web.tab.patrol")
_ABSENCE = Tab("web:absence", "user-pause", "web.tab.absence")
_PEOPLE = Tab("web:people", "users", "web.tab.people")
_POSTS = Tab("web:posts", "id", "web.tab.posts")


def tabs(*, staff: bool, administrator: bool) -> tuple[Tab, ...]:
    """Five at most, so that each has room for a thumb. Staff: who fills a post right now."""
    if staff and administrator:
        return (_INBOX, _PATROL, _PEOPLE, _POSTS, _RESULTS)
    if administrator:
        return (_HOME, _PEOPLE, _POSTS, _RESULTS)
    if staff:
        return (_INBOX, _PATROL, _MINE, _ABSENCE, _RESULTS)
    return (_HOME, _REPORT, _MINE, _RESULTS)

"""A form whose token is no longer good: the page lay open while somebody signed in anew, or it came from elsewhere.

Nothing is done, but nothing that was written is lost either: it comes back on a fresh form, to be sent once more.
"""

from django.http import HttpRequest, HttpResponse

from linli.channels.web import errors, mine, reporting
from linli.channels.web.visitor import actor, language
from linli.kernel.refusal import Refusal
from linli.kernel.words import say


def given_back(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Instead of a refused page: the same form with what was in it. For whoever is signed in, as far as they may."""
    match = request.resolver_match
    sentence = say("web.form.stale", language(request))
    try:
        if match and match.view_name in ("web:report", "web:patrol"):
            template = "patrol.html" if match.view_name == "web:patrol" else "report.html"
            return reporting.give_back(request, template, sentence, 403)
        if match and match.view_name == "web:move" and actor(request).party is not None:
            return mine.give_back(request, match.kwargs["matter"], match.kwargs["move"], sentence, 403)
    except Refusal as refusal:
        return errors.refused(request, refusal)
    return errors.forbidden(request, reason=reason)

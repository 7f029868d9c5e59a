"""The addresses of the pages. Those of signing in, accounts and administration: urls_people.py."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from linli.channels.web import mine, public, reporting, switches, urls_people, work


class Number(IntConverter):
    """A number as far as the database knows such: a longer one is no address."""

    regex = "[0-9]{1,18}"


register_converter(Number, "number")

app_name = "web"
urlpatterns = [
    path("", reporting.home, name="home"),
    path("report/", reporting.report, name="report"),
    path("r/<number:place>", reporting.report_at, name="report_at"),
    path("matters/<number:matter>/reported/", reporting.reported, name="reported"),
    path("matters/<number:matter>/follow/", reporting.follow, name="follow"),
    path("similar/", reporting.similar, name="similar"),
    path("places/", reporting.places, name="places"),
    path("places/here/", reporting.places_here, name="places_here"),
    path("nearby/", reporting.nearby, name="nearby"),
    path("elsewhere/", reporting.elsewhere, name="elsewhere"),
    path("mine/", mine.mine, name="mine"),
    path("matters/<number:matter>/", mine.matter, name="matter"),
    path("matters/<number:matter>/moves/<str:move>/", mine.move, name="move"),
    path("matters/<number:matter>/undo/<number:version>/", mine.undo, name="undo"),
    path("matters/<number:matter>/reporter/", mine.reveal, name="reveal_reporter"),
    path("photos/", mine.upload, name="photos"),
    path("photos/<uuid:photo>/", mine.photo, name="photo"),
    path("photos/<uuid:photo>/small/", mine.photo, {"small": True}, name="photo_small"),
    path("inbox/", work.inbox, name="inbox"),
    path("patrol/", work.patrol, name="patrol"),
    path("results/", public.results, name="results"),
    path("places/<number:place>/poster/", public.poster, name="poster"),
    path("language/", switches.language, name="language"),
    path("large-type/", switches.large_type, name="large_type"),
    *urls_people.urlpatterns,
]

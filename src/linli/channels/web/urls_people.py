"""Addresses of the pages about people: signing in, my account, my absence, administration."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from linli.channels.web import absence, account, administration, appointments, sign_in


class Id(IntConverter):
    """An id as the database can hold it; a longer number is no address."""

    regex = "[0-9]{1,18}"


register_converter(Id, "id")

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.send_code, name="code"),
    path("sign-in/second-step/", sign_in.second_step, name="second_step"),
    path("sign-in/register/", sign_in.register, name="register"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("account/", account.account, name="account"),
    path("account/password/", account.set_password, name="password"),
    path("account/second-step/", account.totp_on, name="totp_on"),
    path("account/second-step/off/", account.totp_off, name="totp_off"),
    path("account/devices/end/", account.end_other_sessions, name="end_other_sessions"),
    path("account/devices/<id:number>/end/", account.end_session, name="end_session"),
    path("absence/", absence.absence, name="absence"),
    path("absence/<id:number>/end/", absence.end_absence, name="end_absence"),
    path("people/", administration.people, name="people"),
    path("people/new/", administration.new_person, name="person_new"),
    path("people/<id:number>/", administration.person, name="person"),
    path("people/<id:number>/account/<slug:deed>/", administration.change_account, name="change_account"),
    path("people/<id:number>/reveal/<slug:field>/", administration.reveal, name="reveal_person"),
    path("posts/", appointments.posts, name="posts"),
    path("posts/<id:number>/<slug:post>/", appointments.appoint, name="appoint"),
    path("posts/<id:seat>/dismiss/<id:party>/", appointments.dismiss, name="dismiss"),
]

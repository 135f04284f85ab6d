"""Sign-in, own account, appointments. Only those of allauth's pages that are wanted are mounted."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as open_sessions
from django.urls import path

from kuramori.people import account_views as own
from kuramori.people import confirm_views, console_views, duty_views, other_pc_views, views

sign_in = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/second/", mfa.authenticate, name="mfa_authenticate"),
    path("accounts/second/console/", console_views.sign_in, name="console_sign_in"),
    path("accounts/second/confirm/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("accounts/passkey/confirm/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]

confirming = [
    path("account/locked/", confirm_views.locked, name="locked"),
    path("account/confirm/", confirm_views.step_up, name="step_up"),
    path("account/touched/", confirm_views.idle_state, name="idle_state"),
    path("account/lock/", confirm_views.lock_now, name="lock_now"),
]

own_account = [
    path("account/", views.own, name="account_own"),
    path("account/password/", own.ChangePassword.as_view(), name="account_change_password"),
    path("account/sessions/", open_sessions.list_usersessions, name="usersessions_list"),
    path("account/second-factor/", own.choose, name="second_factor"),
    path("account/second-factor/done/", own.done, name="second_factor_done"),
    path("account/second-factor/card/", own.card, name="second_factor_card"),
    path("account/second-factor/app/", own.AddApp.as_view(), name="second_factor_app"),
    path("account/second-factor/app/remove/", own.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("account/second-factor/passkey/", own.AddPasskey.as_view(), name="second_factor_passkey"),
    path("account/second-factor/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path(
        "account/second-factor/passkey/<int:pk>/remove/",
        own.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("account/second-factor/passkey/<int:pk>/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]

appointments = [
    path("account/duties/", duty_views.duties_page, name="duties"),
    path("people/", views.people, name="people"),
    path("people/pledge/", duty_views.pledge_words, name="pledge_words"),
    path("people/<int:pk>/", views.appointment, name="appointment"),
    path("people/<int:pk>/appointment.pdf", duty_views.appointment_pdf, name="appointment_pdf"),
    path("people/<int:pk>/pledge.pdf", duty_views.pledge_pdf, name="pledge_pdf"),
    path("people/training.pdf", duty_views.training_pdf, name="training_pdf"),
    path("people/<int:pk>/revoke/", views.revoke, name="appointment_revoke"),
    path("people/<int:pk>/invitation/", views.renew_invitation, name="appointment_invitation"),
    path("people/invitation/<str:token>/", views.invitation, name="invitation"),
]

other_pcs = [
    path("other-pcs/", other_pc_views.explained, name="other_pcs"),
    path("other-pcs/kuramori.crt", other_pc_views.certificate, name="authority_certificate"),
    path("other-pcs/sheet.pdf", other_pc_views.sheet, name="other_pcs_sheet"),
    path("consoles/", console_views.listed, name="consoles"),
    path("consoles/minutes/", confirm_views.set_minutes, name="idle_minutes"),
    path("consoles/prove/", console_views.prove, name="console_prove"),
    path("consoles/<int:pk>/revoke/", console_views.revoke, name="console_revoke"),
]

# allauth looks these names up on its way; the pages themselves do not exist here.
closed = [
    path(f"accounts/closed/{name}/", own.closed, name=name)
    for name in (
        "account_signup",
        "account_email",
        "account_reset_password",
        "account_email_verification_sent",
        "account_set_password",
    )
]
aliases = [
    path("account/second-factor/index/", own.choose, name="mfa_index"),
    path("account/second-factor/add-app/", own.AddApp.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/add-passkey/", own.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/second-factor/codes/", own.card, name="mfa_view_recovery_codes"),
]

urlpatterns = sign_in + confirming + own_account + appointments + other_pcs + closed + aliases

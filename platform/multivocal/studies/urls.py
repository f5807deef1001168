"""A participant's addresses, under ``/s/<slug>/``."""

from django.urls import path

from multivocal.studies.pages import after, done, draft, here, language, pause, welcome, withdraw

app_name = "studies"
urlpatterns = [
    path("", welcome.welcome, name="welcome"),
    path("start/", welcome.start, name="start"),
    path("here/", here.here, name="here"),
    path("draft/", draft.draft, name="draft"),
    path("language/", language.language, name="language"),
    path("pause/", pause.pause, name="pause"),
    path("resume/<str:token>/", pause.resume, name="resume"),
    path("withdraw/", withdraw.withdraw, name="withdraw"),
    path("done/", done.done, name="done"),
    path("after/", after.after, name="after"),
]

"""What every participant page is given, and how it is painted in the participant's language."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from multivocal.domain.shapes import say
from multivocal.errors import NotFound
from multivocal.studies.definition import StudyDefinition
from multivocal.studies.languages import choose_language, direction_of, name_of
from multivocal.studies.models import Enrolment, Study


class SeeOther(HttpResponseRedirect):
    """Post, redirect, get: the answer to every post that was taken."""

    status_code = 303


def find_study(slug: str) -> Study:
    """Return the study of an address, or refuse."""
    study = Study.objects.filter(slug=slug).first()
    if study is None:
        raise NotFound(_("There is no study at this address. Check the link you were given."))
    return study


def language_cookie(slug: str) -> str:
    """Return the name of the cookie with the language chosen before the start."""
    return f"mv_language_{slug}"


def set_language_cookie(response: HttpResponse, slug: str, language: str) -> None:
    """Remember the language of this browser's reader, for this study's pages only."""
    response.set_cookie(
        language_cookie(slug),
        language,
        max_age=365 * 24 * 3600,
        path=f"/s/{slug}/",
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


def reader_language(request: HttpRequest, slug: str, definition: StudyDefinition) -> str:
    """Return the language of somebody who has not started yet."""
    return choose_language(
        definition.languages,
        request.COOKIES.get(language_cookie(slug), ""),
        request.headers.get("Accept-Language", ""),
    )


def study_context(study: Study, definition: StudyDefinition, language: str) -> dict[str, Any]:
    """Return ``study`` and the language part of a page's context."""
    contact = definition.contact
    name = say(contact.name, language)
    with translation.override(language):
        comma = _(", ")
    return {
        "study": {
            "slug": study.slug,
            "title": say(definition.title, language),
            "summary": say(definition.summary, language),
            "pay": say(definition.pay, language),
            "devices": say(definition.devices, language),
            "minutes": definition.minutes,
            "contact": comma.join(part for part in (name, contact.email) if part),
            "organisation": say(contact.organisation, language) or name,
            "email": contact.email or "",
            "ethics": say(definition.ethics, language),
        },
        "language": language,
        "direction": direction_of(language),
        "languages": [(code, name_of(code)) for code in definition.languages],
    }


def person_context(enrolment: Enrolment) -> dict[str, Any]:
    """Return the context of a page of somebody who has started."""
    return {
        **study_context(enrolment.study, enrolment.version.shape, enrolment.language),
        "visit": enrolment.status == Enrolment.Status.ACTIVE,
        "preview": enrolment.preview,
        "simulated": enrolment.simulated,
        "draft_url": f"/s/{enrolment.study.slug}/draft/",
        "here_url": f"/s/{enrolment.study.slug}/here/",
    }


def paint(
    request: HttpRequest, template: str, context: dict[str, Any], language: str, *, status: int = 200
) -> HttpResponse:
    """Return a page in ``language``."""
    with translation.override(language):
        response = render(request, template, context, status=status)
    response.headers["Content-Language"] = language
    return response

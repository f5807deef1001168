"""Starting: one person, one enrolment, however many times and at once they arrive."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from multivocal.domain.identifiers import pseudonym
from multivocal.domain.randomisation import seeded
from multivocal.errors import Conflict, Invalid
from multivocal.participants.models import Participant, RecruitmentIdentity
from multivocal.studies.arrival import Arrival
from multivocal.studies.assignment import allocate_arm
from multivocal.studies.models import Enrolment, StageVisit, Study, StudyVersion, new_seed


def newest_version(study: Study) -> StudyVersion | None:
    """Return the newest frozen version, which new participants get; None before a study first opened."""
    return study.versions.exclude(frozen_at=None).order_by("-number").first()


def known_enrolment(study: Study, arrival: Arrival) -> Enrolment | None:
    """Return the enrolment of whoever arrives, if they were here before."""
    return (
        Enrolment.objects.select_related("study", "version")
        .filter(
            study=study,
            participant__identities__study=study.pk,
            participant__identities__source=arrival.source,
            participant__identities__external_id=arrival.external_id,
        )
        .first()
    )


@transaction.atomic
def start_enrolment(*, study: Study, arrival: Arrival, language: str) -> Enrolment:
    """Return the enrolment of ``arrival``, made now where there is none.

    One transaction: identity, participant, enrolment, arm. The identity's unique constraint is the gate: of
    twenty simultaneous arrivals one inserts, the others wait for its commit and read what it made.
    Refuses a new start (Conflict ``not_open``) where the study is not open; whoever is under way is let in.
    """
    known = known_enrolment(study, arrival)
    if known is not None:
        return known
    version = newest_version(study)
    if study.state != Study.State.OPEN or version is None:
        raise Conflict(_("This study is not taking new participants just now."), code="not_open")
    if version.shape.recruitment.source == "prolific" and arrival.source == "anonymous":
        raise Invalid(
            _("Please open this study from Prolific, so that it knows who took part."), code="no_arrival"
        )
    person = Participant.objects.create()
    RecruitmentIdentity.objects.bulk_create(
        [
            RecruitmentIdentity(
                participant=person,
                study=study.pk,
                source=arrival.source,
                external_id=arrival.external_id,
                external_study=arrival.external_study,
                external_session=arrival.external_session,
            )
        ],
        ignore_conflicts=True,
    )
    known = known_enrolment(study, arrival)
    if known is not None:
        person.delete()
        return known
    seed = _bots_seed(study, arrival) if arrival.simulated else None
    return _create(study, version, person, language, simulated=arrival.simulated, seed=seed)


def _bots_seed(study: Study, arrival: Arrival) -> int:
    """Return the seed of a bot, from its number alone (``sim-RUN-NUMBER``): a simulation can be repeated."""
    number = arrival.external_id.rpartition("-")[2]
    return seeded(study.slug, "bot", number).getrandbits(52)


@transaction.atomic
def start_preview_enrolment(*, version: StudyVersion, arm: str, language: str) -> Enrolment:
    """Make a preview of ``version`` (draft or frozen) in ``arm`` ("": drawn); previews count nowhere."""
    if arm and version.shape.arm(arm) is None:
        raise Invalid(_("This study has no such arm."), fields={"arm": arm})
    return _create(version.study, version, Participant.objects.create(), language, preview=True, arm=arm)


def _create(
    study: Study,
    version: StudyVersion,
    person: Participant,
    language: str,
    *,
    simulated: bool = False,
    preview: bool = False,
    arm: str = "",
    seed: int | None = None,
) -> Enrolment:
    definition = version.shape
    now = timezone.now()
    enrolment = Enrolment(
        study=study,
        version=version,
        participant=person,
        pseudonym=pseudonym(study.salt, person.pk),
        language=language if language in definition.languages else definition.languages[0],
        simulated=simulated,
        preview=preview,
        arm=arm,
        seed=new_seed() if seed is None else seed,
        started_at=now,
        last_seen_at=now,
    )
    enrolment.save(force_insert=True)
    if definition.assignment.after is None and not enrolment.arm:
        allocate_arm(enrolment=enrolment, definition=definition)
        enrolment.save(update_fields=["arm"])
    StageVisit.objects.create(
        enrolment=enrolment, stage=definition.stages_for(enrolment.arm)[0].id, position=0
    )
    return enrolment

"""Storing judgements from elsewhere: raters become people with pseudonyms, a file twice changes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.protocols.foreign.reading import SLOTS, Answer, Kind, read_answers
from annotation.protocols.models import ItemSet, Judgement, Presentation, Stimulus
from annotation.protocols.registry import Shown, parse_response, store_protocol
from multivocal.domain.files import BadFile, Problem
from multivocal.domain.identifiers import pseudonym
from multivocal.errors import Conflict, Invalid, NotFound, Refused
from multivocal.participants.models import Participant, RecruitmentIdentity
from multivocal.studies.assignment import lock
from multivocal.studies.audit import record_event
from multivocal.studies.models import Enrolment, Study
from multivocal.studies.versions import newest_version

STAGE = "imported"
SOURCE = "import"
BATCH = 1000


@dataclass(frozen=True)
class Stored:
    """What an import did: judgements that are new, that were there, rows said twice, raters that are new."""

    new: int
    before: int
    duplicates: int
    raters: int


def import_judgements(
    *,
    study: Study,
    raw: bytes,
    kind: Kind,
    items: str = "",
    name: str = "file",
    protocol: str = "",
    scale: tuple[int, int] | None = None,
    dry_run: bool = False,
    user: object = None,
) -> Stored:
    """Store a file's judgements about the study's item set ``items`` (its only one where none is named).

    Item and response ids are those of the set's file, or the ids in this server's exports; a response may also be
    named by its system where the item has one of it. A rater's id is kept like a recruitment id: exports carry a
    pseudonym. ``protocol`` is the key in the data, else the kind. Which side a response stood on is not known: slots
    follow the file.

    All of the file is stored or nothing. Refuses ``BadFile`` (every line named), Conflict where the study was opened
    (nobody may take them for its participants), NotFound without the set or a version.
    """
    read = read_answers(raw, kind, name=name, scale=scale)
    with transaction.atomic():
        lock(f"judgements:{study.pk}")
        study = Study.objects.select_for_update().get(pk=study.pk)
        version = newest_version(study)
        if version is None:
            raise NotFound(_("This study has no version yet. Import its document first."))
        if study.opened_at is not None or study.state != Study.State.DRAFT:
            message = _("Judgements from elsewhere go into a study of their own that was never opened.")
            raise Conflict(message, code="study_opened")
        known = _stimuli(study, items)
        meant = _meant(read.answers, known, name)
        config = store_protocol(read.config)
        for answer in read.answers:
            try:
                parse_response(read.config, answer.payload, Shown(tuple(SLOTS[: len(answer.stimuli)])))
            except Refused as refusal:
                reason = " ".join([refusal.message, *refusal.fields.values()])
                raise BadFile(name, [Problem(answer.line, reason)]) from None
        raters, fresh = _raters(study, version.pk, len(version.shape.stages), {a.rater for a in read.answers})
        now = timezone.now()
        presentations, judgements = [], []
        for answer, (item, stimuli) in zip(read.answers, meant, strict=True):
            who = raters[answer.rater]
            key = uuid5(who, "/".join([protocol or kind, str(item), *sorted(map(str, stimuli))]))
            slots = [
                {
                    "slot": SLOTS[n],
                    "stimulus": str(one),
                    "probability": 1.0,
                    "inclusion": None,
                    "replaces": None,
                }
                for n, one in enumerate(stimuli)
            ]
            presentations.append(
                Presentation(
                    id=key,
                    item_id=item,
                    enrolment_id=who,
                    protocol=config,
                    protocol_key=protocol or kind,
                    stage=STAGE,
                    slots=slots,
                    seed=0,
                    done_at=now,
                )
            )
            judgements.append(
                Judgement(id=key, key=key, presentation_id=key, enrolment_id=who, payload=answer.payload)
            )
        before = _before(presentations, judgements, read.answers, name)
        Presentation.objects.bulk_create(
            [one for one in presentations if one.pk not in before], batch_size=BATCH
        )
        new = Judgement.objects.bulk_create(
            [one for one in judgements if one.pk not in before], batch_size=BATCH
        )
        done = Stored(len(new), len(before), read.duplicates, fresh)
        if new and not dry_run:
            detail = {"file": name, "kind": kind, "set": items, "judgements": len(new)}
            record_event(study=study, user=user, verb="judgements imported", detail=detail)
        if dry_run:
            transaction.set_rollback(True)
    return done


def _stimuli(study: Study, items: str) -> dict[str, tuple[UUID, dict[str, UUID]]]:
    """Return item id → (item, response id → stimulus), by every id they may be called."""
    sets = list(ItemSet.objects.filter(study=study))
    wanted = [one for one in sets if one.name == items] if items else sets
    if len(wanted) != 1:
        names = ", ".join(one.name for one in sets) or _("none")
        if not items:
            raise NotFound(
                _("Name the item set the judgements are about; it has: {names}.").format(names=names)
            )
        raise NotFound(
            _("The study has no item set “{name}”; it has: {names}.").format(name=items, names=names)
        )
    rows = Stimulus.objects.filter(item__item_set=wanted[0]).values_list(
        "item_id", "item__external_id", "id", "external_id", "system"
    )
    found: dict[str, tuple[UUID, dict[str, UUID]]] = {}
    systems: dict[tuple[UUID, str], list[UUID]] = {}
    for item, item_name, stimulus, response, system in rows:
        known = found.setdefault(item_name, (item, {}))
        found[str(item)] = known
        known[1].update({response: stimulus, str(stimulus): stimulus})
        systems.setdefault((item, system), []).append(stimulus)
    for (item, system), made in systems.items():
        if system and len(made) == 1:
            found[str(item)][1].setdefault(system, made[0])
    return found


def _meant(
    answers: Iterable[Answer], known: Mapping[str, tuple[UUID, dict[str, UUID]]], name: str
) -> list[tuple[UUID, list[UUID]]]:
    meant: list[tuple[UUID, list[UUID]]] = []
    problems: list[Problem] = []
    for answer in answers:
        item, names = known.get(answer.item, (None, {}))
        if item is None:
            problems.append(Problem(answer.line, f"the set has no item “{answer.item[:60]}”"))
        elif missing := [one for one in answer.stimuli if one not in names]:
            said = f"the item “{answer.item[:60]}” has no response “{missing[0][:60]}”"
            problems.append(Problem(answer.line, said))
        else:
            stimuli = [names[one] for one in answer.stimuli]
            if len(set(stimuli)) < len(stimuli):
                problems.append(Problem(answer.line, "two of its ids are one response"))
            meant.append((item, stimuli))
    if problems:
        raise BadFile(name, problems)
    return meant


def _raters(study: Study, version: int, stages: int, names: set[str]) -> tuple[dict[str, UUID], int]:
    """Return rater → enrolment, and how many of them are new."""
    if long := [name for name in names if len(name) > 128]:
        raise Invalid(_("A rater's id has at most 128 characters: “{name}…”.").format(name=long[0][:40]))
    identities = RecruitmentIdentity.objects.filter(study=study.pk, source=SOURCE)
    people = dict(identities.filter(external_id__in=names).values_list("external_id", "participant_id"))
    fresh = {name: Participant() for name in sorted(names - set(people))}
    now = timezone.now()
    Participant.objects.bulk_create(fresh.values(), batch_size=BATCH)
    RecruitmentIdentity.objects.bulk_create(
        [
            RecruitmentIdentity(participant=person, study=study.pk, source=SOURCE, external_id=name)
            for name, person in fresh.items()
        ],
        batch_size=BATCH,
    )
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                study=study,
                version_id=version,
                participant=person,
                pseudonym=pseudonym(study.salt, person.pk),
                status=Enrolment.Status.COMPLETE,
                stage_index=stages,
                finished_at=now,
            )
            for person in fresh.values()
        ],
        batch_size=BATCH,
    )
    people |= {name: person.pk for name, person in fresh.items()}
    enrolments = dict(
        Enrolment.objects.filter(study=study, participant__in=people.values()).values_list(
            "participant_id", "id"
        )
    )
    return {name: enrolments[person] for name, person in people.items()}, len(fresh)


def _before(
    presentations: list[Presentation], judgements: list[Judgement], answers: list[Answer], name: str
) -> set[UUID]:
    """Return the judgements an earlier import stored; refuse where one says something else now."""
    rows = Judgement.objects.filter(pk__in=[one.pk for one in judgements])
    stored = {
        row.pk: (row.payload, row.presentation.slots)
        for row in rows.select_related("presentation").iterator()
    }
    changed = [
        Problem(
            answer.line, f"“{answer.rater[:60]}” has another answer, or other sides, in an earlier import"
        )
        for answer, shown, one in zip(answers, presentations, judgements, strict=True)
        if one.pk in stored and stored[one.pk] != (one.payload, shown.slots)
    ]
    if changed:
        raise BadFile(name, changed)
    return set(stored)

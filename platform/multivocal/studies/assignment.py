"""Arms: permuted blocks inside strata, each place given once, with its probability kept."""

from uuid import UUID

from django.db import connection
from django.db.models import Max

from multivocal.domain.randomisation import place_in_blocks
from multivocal.studies.definition import StudyDefinition
from multivocal.studies.models import Allocation, Enrolment


def stratum_of(traits: dict[str, object], names: tuple[str, ...]) -> str:
    """Return the name of the stratum of a person: ``trait=value`` pairs in the order the study names them."""
    parts = []
    for name in names:
        value = traits.get(name, "")
        text = "+".join(sorted(map(str, value))) if isinstance(value, (list, tuple)) else str(value)
        parts.append(f"{name}={text}")
    return "|".join(parts)[:200]


def allocate_arm(*, enrolment: Enrolment, definition: StudyDefinition) -> str:
    """Give ``enrolment`` the next place of its stratum's blocks and return the arm.

    Called inside the caller's transaction; sets ``enrolment.arm`` without saving it. The advisory lock makes
    people of one stratum queue here for the rest of their transaction, so places are given once and in order.
    Previews have a sequence of their own.
    """
    stratum = stratum_of(enrolment.traits, definition.assignment.stratify)
    lock(f"arm:{enrolment.version_id}:{enrolment.preview}:{stratum}")
    given = Allocation.objects.filter(
        version=enrolment.version_id, stratum=stratum, preview=enrolment.preview
    )
    last = given.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    place = place_in_blocks(
        {arm.key: arm.weight for arm in definition.arms},
        definition.assignment.blocks,
        position,
        enrolment.study.salt,
        "arm",
        enrolment.version.number,
        "preview" if enrolment.preview else "",
        stratum,
    )
    Allocation.objects.create(
        enrolment=enrolment,
        version_id=enrolment.version_id,
        stratum=stratum,
        position=position,
        arm=place.key,
        probability=place.probability,
        preview=enrolment.preview,
    )
    enrolment.arm = place.key
    return place.key


def block_mates(*, enrolment: Enrolment, definition: StudyDefinition) -> list[UUID]:
    """Return the enrolments that got the same arm in the same block as ``enrolment``, its own among them.

    Empty where nobody was allotted to an arm. What else is counterbalanced can be balanced within their block.
    """
    own = Allocation.objects.filter(enrolment=enrolment).first()
    if own is None:
        return []
    size = sum(arm.weight for arm in definition.arms) * definition.assignment.blocks
    start = own.position // size * size
    found = Allocation.objects.filter(
        version=own.version_id,
        stratum=own.stratum,
        preview=own.preview,
        arm=own.arm,
        position__range=(start, start + size - 1),
    )
    return list(found.values_list("enrolment_id", flat=True))


def lock(name: str) -> None:
    """Take the transaction's advisory lock called ``name``; it is given back at commit or rollback."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])

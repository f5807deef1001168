"""What a designer sees of a comparison stage while it runs: places that are filled, and whether systems are linked."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from annotation.protocols.comparison.design import judged_groups
from annotation.protocols.comparison.places import Identity
from annotation.protocols.comparison.screens import screens_of
from annotation.protocols.comparison.shapes import ComparisonConfig
from annotation.protocols.comparison.subjects import find_set, inline_subjects, subjects_of
from multivocal.studies.models import Study
from multivocal.studies.stages import Watched

_JUDGED = """
    SELECT coalesce(p.protocol_key, ''), p.item_id, p.unit, count(*)
      FROM protocols_presentation p JOIN studies_enrolment e ON e.id = p.enrolment_id
      JOIN protocols_item i ON i.id = p.item_id
     WHERE e.study_id = %(study)s AND NOT e.preview AND e.withdrawn_at IS NULL AND i.item_set_id = %(item_set)s
       AND p.stage = %(stage)s AND p.role = 'main'
       AND EXISTS (SELECT FROM protocols_judgement j WHERE j.presentation_id = p.id AND j.superseded_at IS NULL)
     GROUP BY 1, 2, 3"""


def watch_comparison(stage: ComparisonConfig, study: Study) -> Iterator[Watched]:
    """Yield, per way of asking, how many screens have their people, and systems that nothing judged so far links."""
    item_set = find_set(study, stage)
    # Items of the study's own document are stored when the first person comes.
    subjects = subjects_of(item_set) if item_set else inline_subjects(stage)
    main = [item for item in subjects if item.split == "main"]
    people = _people(stage, study, item_set.pk) if item_set else {}
    for key in stage.protocols:
        screens = [s for item in main for s in screens_of(item, key, stage.protocol(key), stage.responses)]
        judged = [screen for screen in screens if people.get(screen.identity)]
        full = sum(people.get(screen.identity, 0) >= stage.per_item for screen in screens)
        yield Watched(
            True,
            _(
                "“{protocol}”: {full} of {all} screens have all their judgements ({n} each), {none} have none yet."
            ).format(
                protocol=key, full=full, all=len(screens), n=stage.per_item, none=len(screens) - len(judged)
            ),
        )
        if judged and (reason := judged_groups(screens, judged)):
            yield Watched(False, _("“{protocol}”, so far: {reason}").format(protocol=key, reason=reason))


def _people(stage: ComparisonConfig, study: Study, item_set: int) -> dict[Identity, int]:
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED, {"study": study.pk, "stage": stage.id, "item_set": item_set})
        return {(key, item, unit): n for key, item, unit, n in cursor}

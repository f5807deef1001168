"""Which language model speaks in an interview."""

from elicitation.interviews.shapes import InterviewConfig
from multivocal.llm.models import LanguageModel
from multivocal.studies.definition import StudyDefinition


def speaker_of(config: InterviewConfig, definition: StudyDefinition) -> LanguageModel | None:
    """Return the stage's model, else the study's first real one, else a simulated one; None where none is active."""
    rows = LanguageModel.objects.filter(active=True)
    if config.model and (named := rows.filter(name=config.model).first()):
        return named
    if definition.models != "all":
        rows = rows.filter(name__in=definition.models)
    return rows.filter(weight__gt=0).order_by("simulated", "name").first()


def simulated_names() -> set[str]:
    """Return the names of simulated models."""
    return set(LanguageModel.objects.filter(simulated=True).values_list("name", flat=True))

"""The words of values and stories as a person reads them: what the designer wrote comes in the person's language.

What people or models wrote stays in the language it was written in, and so does what was reworded.
"""

from typing import Any

from elicitation.moral_graph.models import CanonicalValue, Upgrade
from elicitation.moral_graph.shapes import WisdomConfig
from multivocal.domain.shapes import say
from multivocal.studies.stages import Visit


def value_for(visit: Visit, value: CanonicalValue) -> dict[str, Any]:
    """Return {title, description, policies} of a value."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    stored = {"title": value.title, "description": value.description, "policies": value.policies}
    seed = next((seed for seed in config.seeds if seed.key == value.seed_key), None)
    if seed is None:
        return stored

    def said(language: str) -> dict[str, Any]:
        lines = [say(line, language) for line in seed.policies]
        return {
            "title": say(seed.title, language),
            "description": say(seed.description, language),
            "policies": lines,
        }

    return said(visit.language) if said(visit.definition.languages[0]) == stored else stored


def story_for(visit: Visit, step: Upgrade) -> str:
    """Return the story of a step."""
    config: WisdomConfig = visit.stage  # type: ignore[assignment]
    first = visit.definition.languages[0]
    written = (seed.story for seed in config.steps if say(seed.story, first) == step.story)
    return next((say(story, visit.language) for story in written), step.story)

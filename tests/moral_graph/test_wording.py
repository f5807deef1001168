"""The study of values in two languages: what its designers wrote is read in the reader's."""

import re

import pytest

from elicitation.interviews.models import CardVersion, ValuesCard
from elicitation.moral_graph.canonical import make_value, put_card
from elicitation.moral_graph.drawing import stories_for
from elicitation.moral_graph.models import CanonicalValue, Upgrade
from elicitation.moral_graph.planting import plant
from elicitation.moral_graph.selecting import draw_picks
from elicitation.moral_graph.shapes import Selecting, WisdomConfig
from elicitation.moral_graph.tongues import languages_of
from elicitation.moral_graph.upgrades import wanted_steps
from elicitation.moral_graph.wording import story_for, value_for
from multivocal.studies.definition import StudyDefinition, parse_definition
from multivocal.studies.shipped import FOLDER
from multivocal.studies.stages import Visit
from multivocal.studies.texts import local_texts
from multivocal.studies.yaml_in import read_yaml
from tests.interviews.conftest import enrol
from tests.studies.studies import make_study

LATIN = re.compile(r"[A-Za-z]{2,}")


def shipped() -> StudyDefinition:
    """Return the shipped study of values."""
    return parse_definition(read_yaml((FOLDER / "values.yaml").read_text(encoding="utf-8")).data)


def test_every_sentence_of_the_shipped_study_is_there_in_both_languages() -> None:
    texts = dict(local_texts(shipped()))
    assert {
        "stages.2.steps.0.story",
        "stages.2.seeds.0.policies.2",
        "stages.1.contexts.words-hurt",
    } <= texts.keys()
    assert [
        place for place, text in texts.items() if isinstance(text, str) or set(text) != {"en", "ar"}
    ] == []


@pytest.mark.django_db
def test_seeds_and_their_stories_are_read_in_the_readers_language_until_they_are_reworded() -> None:
    definition = shipped()
    document = definition.model_dump(mode="json", exclude_unset=True)
    study = make_study("values", stages=document["stages"][1:], languages=["en", "ar"])
    person = enrol(study, "ar")
    shape, stage = person.definition, person.definition.stages[1]
    plant(study=study, definition=shape, config=stage)  # type: ignore[arg-type]
    plant(study=study, definition=shape, config=stage)  # type: ignore[arg-type]
    assert (Upgrade.objects.count(), CanonicalValue.objects.count()) == (6, 4), (
        "the language is no other story"
    )
    arab, english = (Visit(person.enrolment, shape, stage, language, {}) for language in ("ar", "en"))
    for step in Upgrade.objects.select_related("source"):
        assert not LATIN.findall(story_for(arab, step)) and story_for(english, step) == step.story
        assert not LATIN.findall(str(list(value_for(arab, step.source).values())))
        assert value_for(english, step.source)["title"] == step.source.title
    value = CanonicalValue.objects.all()[0]
    value.title = "In other words"
    assert value_for(arab, value)["title"] == "In other words", (
        "a designer's new words are nobody's translation"
    )
    assert story_for(arab, Upgrade(story="Told by somebody.")) == "Told by somebody."


@pytest.mark.django_db
def test_nobody_reads_a_story_or_picks_a_value_in_a_language_that_is_not_theirs() -> None:
    stages = shipped().model_dump(mode="json", exclude_unset=True)["stages"]
    study = make_study("values", stages=stages[1:], languages=["en", "ar"])
    people = [enrol(study, language) for language in ("en", "ar", "en", "ar")]
    shape, stage = people[0].definition, people[0].definition.stages[1]
    assert isinstance(stage, WisdomConfig)
    partition = plant(study=study, definition=shape, config=stage)
    for number, person in enumerate(people):
        value = make_value(
            partition=partition, title=f"V{number}", description="x", policies=["a", "b"], questions=["care"]
        )
        card = ValuesCard.objects.create(
            study=study, enrolment=person.enrolment, question_key="care", language=person.language
        )
        version = CardVersion.objects.create(
            card=card, number=1, title="V", description="x", policies=["a"], author="person"
        )
        card.accepted_version, card.accepted_at = version, version.created_at
        card.save()
        put_card(card=card.pk, into=value, decided_by="rule", motivation="Put there.")
    tongues = languages_of(study)
    for one in (wanted := wanted_steps(study, stage, ["en", "ar"])):
        assert {tongues.get(end.pk, one.language) for end in (one.source, one.target)} == {one.language}
        Upgrade.objects.create(
            study=study, number=900 + wanted.index(one), source=one.source, target=one.target,
            context=one.context, origin="model", state="ready", story=one.language,
        )  # fmt: skip
    own = {frozenset((one.source.title, one.target.title)) for one in wanted}
    assert frozenset(("V0", "V2")) in own and frozenset(("V1", "V3")) in own
    for language in ("en", "ar"):
        reader = enrol(study, language)
        offered = Upgrade.objects.in_bulk([story.id for story in stories_for(reader.enrolment)])
        told = {step.story for step in offered.values() if step.origin == "model"}
        assert told == {language} and any(step.origin == "seed" for step in offered.values())
        picks = draw_picks(visit=reader, selecting=Selecting(show=4))
        assert {tongues[pick.canonical_id] for pick in picks} == {language}

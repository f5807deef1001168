"""The columns of PRISM's five files, in order; they are also the codebook of the release."""

from multivocal.domain.datasets import Column, Dataset

ATTRIBUTES = ("values", "fluency", "factuality", "safety", "diversity", "creativity", "helpfulness")
_USER = Column("user_id", "string", "Pseudonym in this release: user and a number")
_TALK = Column("conversation_id", "string", "Conversation in this release: c and a number")
_BALANCED = Column(
    "included_in_balanced_subset", "boolean", "In the subset with as many of each type per person"
)
_MINUTES = Column("timing_duration_mins", "number", "The same, two decimals", unit="min")
_TYPE = Column("conversation_type", "string", "Kind of conversation the person chose")


def _labels(*names: str) -> tuple[Column, ...]:
    return tuple(
        Column(name, "string", f"Answer to {name}, PRISM's label", null="not asked") for name in names
    )


def _objects(**described: str) -> tuple[Column, ...]:
    return tuple(Column(name, "json", text, null="not asked") for name, text in described.items())


SURVEY = Dataset(
    "survey",
    "Survey",
    "One row per person who finished the survey.",
    (
        _USER,
        Column("survey_only", "boolean", "Whether the person has no conversation in this release"),
        Column("num_completed_conversations", "integer", "Conversations of this person in this release"),
        Column("timing_duration_s", "integer", "From starting the study to the end of the survey", unit="s"),
        _MINUTES,
        Column("generated_datetime", "string", "When the survey was finished, UTC"),
        *_labels("consent", "consent_age", "lm_familiarity", "lm_indirect_use", "lm_direct_use"),
        Column("lm_frequency_use", "string", "How often models are used", null="the question was not shown"),
        Column("self_description", "text", "The person's values in their own words"),
        Column("system_string", "text", "How models should behave, in the person's own words"),
        *_labels("age", "gender", "employment_status", "education", "marital_status", "english_proficiency"),
        Column("study_id", "string", "Name of the study, with its version"),
        Column("study_locale", "string", "Country of recruitment, lower case", null="not known"),
        *_objects(
            religion="self_described, categorised, simplified; the last two are null until people coded them",
            ethnicity="self_described, categorised, simplified; the last two are null until people coded them",
            location="Countries and regions of birth and residence",
            lm_usecases="Use case → 0 or 1, null where not shown; other_text",
            stated_prefs="Statement → 0 to 100; other_text",
            order_lm_usecases="Use case → place it was shown at, null where not shown",
            order_stated_prefs="Statement → place it was shown at",
        ),
        Column("included_in_US_REP", "boolean", "In the subset like the census of the United States"),
        Column("included_in_UK_REP", "boolean", "In the subset like the census of the United Kingdom"),
        _BALANCED,
    ),
    "",
)
CONVERSATIONS = Dataset(
    "conversations",
    "Conversations",
    "One row per conversation with its feedback.",
    (
        _TALK,
        _USER,
        _BALANCED,
        Column("generated_datetime", "string", "When the feedback was stored, UTC"),
        Column("timing_duration_s", "number", "From choosing the type to storing the feedback", unit="s"),
        _MINUTES,
        _TYPE,
        Column("opening_prompt", "text", "The first message"),
        Column("conversation_turns", "integer", "Number of judged turns"),
        Column("conversation_history", "json", "Messages and answers in order, with scores"),
        Column("performance_attributes", "json", "Attribute → 1 to 100, null: not applicable or not given"),
        Column("choice_attributes", "json", "Attribute → 1 to 100, null: not applicable or not given"),
        Column("open_feedback", "text", "Feedback in the person's own words"),
    ),
    "",
)
UTTERANCES = Dataset(
    "utterances",
    "Utterances",
    "One row per judged answer of a model.",
    (
        Column("utterance_id", "string", "One judged answer: ut and a number"),
        Column("interaction_id", "string", "One turn: int and a number, by order of conversation_id as text"),
        _TALK,
        _USER,
        Column("turn", "integer", "0 for the opening turn"),
        Column("within_turn_id", "integer", "Place among the answers of the turn, as shown, from 0"),
        _BALANCED,
        _TYPE,
        Column("user_prompt", "text", "The message it answers"),
        Column(
            "model_response", "text", "The answer as it was shown: […] stands where the model named itself"
        ),
        Column("model_name", "string", "The model; long_name in models"),
        Column("model_provider", "string", "Who runs the model"),
        Column("score", "integer", "1 to 100", null="judged by choice or ranking"),
        Column("if_chosen", "boolean", "Whether the conversation went on with it"),
    ),
    "",
)
METADATA = Dataset(
    "metadata",
    "Metadata",
    "One row per text that somebody or a model wrote, with flags; nothing was removed because of them.",
    (
        Column("column_id", "string", "Which column the text stands in"),
        _USER,
        Column("conversation_id", "string", "Its conversation", null="the text is in the survey"),
        Column("interaction_id", "string", "Its turn", null="the text is not in a turn"),
        Column("utterance_id", "string", "Its answer", null="a person wrote it"),
        Column("pii_flag", "boolean", "Has what looks like a contact detail"),
        Column("pii_manual_flag", "boolean", "Found by hand", null="nobody looked"),
        Column("language_flag", "string", "Language (ISO 639-1), by py3langid", null="no letters"),
        Column("en_flag", "boolean", "Whether that is English"),
        Column(
            "moderation_flag", "json", "PRISM's shape; every value is null: no moderation model was asked"
        ),
    ),
    "",
)
MODELS = Dataset(
    "models",
    "Models",
    "One row per model that answered.",
    (
        *_labels(
            "long_name", "short_name", "longcode", "model_family", "model_provider", "model_provider_type"
        ),
        *_labels("model_type"),
        *_objects(default_params="Parameters, as text", selected_params="Parameters as sent, as text"),
        *_labels("header", "link", "in_yaml", "params_tested", "endpoint_live", "status"),
    ),
    "",
)
FILES = (SURVEY, CONVERSATIONS, UTTERANCES, METADATA, MODELS)

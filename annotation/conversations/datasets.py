"""Datasets of live conversations: conversations, turns, and one row per answer somebody was shown."""

from annotation.protocols.sql import FROM_WHO, WHO, WHO_COLUMNS, WHOSE, asked, recorded
from multivocal.domain.datasets import Column, Dataset

CONVERSATIONS = Dataset(
    key="conversations",
    title="Conversations",
    description="One row per conversation.",
    columns=(
        Column("conversation_id", "uuid", "The conversation"),
        *WHO_COLUMNS,
        Column("stage", "string", "Stage of the study"),
        Column("ordinal", "integer", "0 for the person's first conversation of the stage"),
        Column("type", "string", "Kind of conversation"),
        Column("state", "string", "open, feedback or complete"),
        Column("ending", "string", "finished, or gave_up when answers did not come", null="it goes on"),
        Column("model", "string", "The model that won the last judged turn", null="no turn was judged"),
        Column("system_kind", "string", "header, constitution or none: what the models were told first"),
        Column("opening_prompt", "text", "The first message", null="nothing was written yet"),
        Column("turns", "integer", "Number of judged turns"),
        Column("started_at", "timestamp", "When the type was chosen"),
        Column("ended_at", "timestamp", "When the chat ended", null="it goes on"),
        Column("completed_at", "timestamp", "When the feedback was stored", null="it was not"),
        Column("seed", "integer", "Seed of the draws and of ties"),
    ),
    sql=f"""
    SELECT c.id AS conversation_id, {WHO}, c.stage, c.ordinal, c.type, c.state, nullif(c.ending, '') AS ending,
           m.name AS model, c.system_kind,
           (SELECT t.prompt FROM conversations_turn t WHERE t.conversation_id = c.id AND t.ordinal = 0)
             AS opening_prompt,
           (SELECT count(*) FROM conversations_turn t WHERE t.conversation_id = c.id AND t.state = 'judged')
             AS turns,
           c.started_at, c.ended_at, c.completed_at, c.seed
    FROM conversations_conversation c
    LEFT JOIN llm_languagemodel m ON m.id = c.model_id
    JOIN {FROM_WHO} ON e.id = c.enrolment_id
    WHERE {asked("c.started_at")}
    ORDER BY c.started_at, c.id
    """,
)

TURNS = Dataset(
    key="turns",
    title="Turns",
    description="One row per message somebody sent, with what became of it.",
    columns=(
        Column("turn_id", "uuid", "The turn"),
        Column("conversation_id", "uuid", "The conversation"),
        *WHO_COLUMNS,
        Column("ordinal", "integer", "0 for the opening turn"),
        Column("prompt", "text", "The message"),
        Column("state", "string", "answering, judging, tie, judged or failed"),
        Column("presentation_id", "uuid", "What was shown; joins with exposures and judgements"),
        Column("item_id", "uuid", "The item: the message with its dialogue and answers"),
        Column("chosen_stimulus_id", "uuid", "The answer that went on", null="not judged"),
        Column("opened_at", "timestamp", "When the message was stored"),
        Column("answered_at", "timestamp", "When the last answer was there", null="not answered"),
        Column("judged_at", "timestamp", "When it was judged", null="not judged"),
        Column("paradata", "json", "What the browser noticed while the message was written"),
    ),
    sql=f"""
    SELECT t.id AS turn_id, t.conversation_id, {WHO}, t.ordinal, t.prompt, t.state, t.presentation_id,
           p.item_id, t.chosen_id AS chosen_stimulus_id, t.opened_at, t.answered_at, t.judged_at, t.paradata
    FROM conversations_turn t
    JOIN conversations_conversation c ON c.id = t.conversation_id
    JOIN protocols_presentation p ON p.id = t.presentation_id
    JOIN {FROM_WHO} ON e.id = c.enrolment_id
    WHERE {asked("t.opened_at")}
    ORDER BY t.opened_at, t.id
    """,
)

# The conversations are put in order first, and they are few: what hangs on each is then read by its indexes, so
# that the first row leaves at once and only one conversation's answers are ever sorted together.
UTTERANCES = Dataset(
    key="utterances",
    title="Utterances",
    description="One row per answer of a model that was whole and shown, with how it was judged.",
    columns=(
        Column("utterance_id", "uuid", "The answer; stimulus_id in exposures"),
        Column("turn_id", "uuid", "The turn"),
        Column("conversation_id", "uuid", "The conversation"),
        *WHO_COLUMNS,
        Column("conversation_type", "string", "Kind of conversation"),
        Column("turn", "integer", "0 for the opening turn"),
        Column("slot", "string", "Where it stood: A, B, …"),
        Column("prompt", "text", "The message it answers"),
        Column("response", "text", "The answer as it was shown: […] stands where the model named itself"),
        Column("model", "string", "The model that gave it"),
        Column("provider", "string", "Who runs the model"),
        Column("simulated", "boolean", "Whether the words come from the simulator"),
        Column("probability", "number", "Chance of this draw at its step, given the steps before"),
        Column(
            "inclusion",
            "number",
            "Chance of this model to be drawn at all",
            null="not computable, or a replacement",
        ),
        Column("score", "integer", "Rating, where the protocol rates", null="not judged, or not by rating"),
        Column(
            "rank",
            "integer",
            "Place, 1 = best, where the protocol ranks",
            null="not judged, or not by ranking",
        ),
        Column("chosen", "boolean", "Whether it went on", null="the turn is not judged"),
        Column("completed_at", "timestamp", "When it was whole"),
        Column("judgement_id", "uuid", "The judgement", null="not judged"),
    ),
    sql=f"""
    SELECT d.stimulus_id AS utterance_id, t.id AS turn_id, c.id AS conversation_id, c.annotator, c.version,
           c.version_sha256, c.arm, c.type AS conversation_type, t.ordinal AS turn, d.slot, t.prompt,
           s.text AS response, m.name AS model, m.provider, m.simulated, d.probability, d.inclusion,
           (j.payload -> 'scores' ->> d.slot)::int AS score, (j.payload -> 'ranks' ->> d.slot)::int AS rank,
           CASE WHEN t.chosen_id IS NULL THEN NULL ELSE t.chosen_id = d.stimulus_id END AS chosen,
           s.completed_at, j.id AS judgement_id
    FROM (SELECT c.id, c.type, c.started_at, {WHO}
          FROM conversations_conversation c
          JOIN {FROM_WHO} ON e.id = c.enrolment_id
          WHERE {WHOSE}
          ORDER BY c.started_at, c.id) c
    JOIN conversations_turn t ON t.conversation_id = c.id
    JOIN conversations_candidate d ON d.turn_id = t.id AND d.state = 'complete'
    JOIN protocols_stimulus s ON s.id = d.stimulus_id
    JOIN llm_languagemodel m ON m.id = d.model_id
    LEFT JOIN protocols_judgement j ON j.presentation_id = t.presentation_id AND j.superseded_at IS NULL
    WHERE {recorded("s.completed_at")}
    ORDER BY c.started_at, c.id, t.ordinal, d.slot
    """,
)

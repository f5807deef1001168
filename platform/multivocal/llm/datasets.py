"""The dataset of calls: every request ever made to a language model, failed ones too."""

from multivocal.domain.datasets import Column, Dataset

# The SQL names tables of the studies app; the layers hold for Python, and rows join where they lie.
CALLS = Dataset(
    key="calls",
    title="Model calls",
    description="One row per attempt to get an answer from a language model, also the attempts that failed. "
    "Calls of previews and of people who withdrew are left out.",
    columns=(
        Column("call", "integer", "Number of the call; later calls have higher numbers."),
        Column(
            "annotator",
            "string",
            "Pseudonym of the person the answer was for.",
            null="made for nobody in particular",
        ),
        Column("version", "integer", "Number of the study version.", null="made for nobody in particular"),
        Column("purpose", "string", "What the call was for."),
        Column("subject", "string", "Id of what it was for: the candidate.", null="nothing in particular"),
        Column("attempt", "integer", "1 for the first try of this subject at this model, then counting up."),
        Column("model", "string", "Name of the model's row."),
        Column("model_label", "string", "Long name of the model."),
        Column("model_family", "string", "Family of the model.", null="not given"),
        Column("model_provider", "string", "Provider of the model.", null="not given"),
        Column("simulated", "boolean", "Whether the simulator answered, not a language model."),
        Column("started_at", "timestamp", "When the request left."),
        Column("finished_at", "timestamp", "When its outcome was known.", null="still open"),
        Column("state", "string", "started, done or failed."),
        Column(
            "error",
            "string",
            "Why it failed: timeout, rate_limited, server, connection, empty, truncated, garbage, refused, "
            "bad_request, no_key, budget, cancelled (the person left) or abandoned (the server died).",
            null="did not fail",
        ),
        Column(
            "model_version",
            "string",
            "What the endpoint says answered: model and fingerprint.",
            null="not said",
        ),
        Column("status_code", "integer", "HTTP status of the answer.", null="no HTTP answer"),
        Column(
            "finish_reason", "string", "Why the model stopped, in its provider's word.", null="none given"
        ),
        Column(
            "request",
            "json",
            "Messages and parameters as sent.",
            null="an interview of somebody who did not agree to share transcripts",
        ),
        Column("prompt_sha256", "string", "SHA-256 of the request as JSON with sorted keys."),
        Column("text", "text", "The answer as far as it came.", null="as for request"),
        Column(
            "tokens_in",
            "integer",
            "Input, as the provider counts it, else estimated.",
            unit="tokens",
            null="unknown",
        ),
        Column("tokens_out", "integer", "Output, as above.", unit="tokens", null="unknown"),
        Column(
            "first_ms", "integer", "Until the first word.", unit="ms", null="not streamed, or no word came"
        ),
        Column("total_ms", "integer", "Until the end.", unit="ms", null="still open or abandoned"),
        Column("cost_usd", "number", "What it cost (what it holds reserved, while open).", unit="USD"),
    ),
    sql="""
select c.id as call, e.pseudonym as annotator, v.number as version, c.purpose,
       nullif(c.subject, '') as subject, c.attempt, m.name as model, m.label as model_label,
       nullif(m.family, '') as model_family, nullif(m.provider, '') as model_provider, m.simulated,
       c.started_at, c.finished_at, c.state, nullif(c.error, '') as error,
       nullif(c.version, '') as model_version, c.status_code,
       nullif(c.finish_reason, '') as finish_reason,
       case when shared.words then c.request end as request, c.prompt_sha256,
       case when shared.words then c.text end as text,
       c.tokens_in, c.tokens_out, c.first_ms, c.total_ms,
       case c.state when 'started' then c.reserved else c.cost end as cost_usd
  from llm_call c
  join llm_languagemodel m on m.id = c.model_id
  left join studies_enrolment e on e.id = c.person
  left join studies_studyversion v on v.id = e.version_id
 cross join lateral (
   select c.purpose not in ('interviewer', 'values_card') or exists (
     select 1 from participants_consent k where k.enrolment = e.id and k.agreed and k.withdrawn_at is null
        and k.purposes ->> 'transcripts' = 'true') as words) shared
 where c.account = %(study)s
   and (c.person is null or (e.id is not null and not e.preview and e.status <> 'withdrawn'))
   and (%(since)s::timestamptz is null or c.started_at >= %(since)s::timestamptz)
   and (%(annotator)s::text is null or e.pseudonym = %(annotator)s::text)
   and (%(version)s::int is null or v.number = %(version)s::int)
 order by c.id
""",
)

"""The rows of models.jsonl: every model that gave an answer of the release."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from multivocal.exports.build import Job

_MODELS = """
select id, name, label, family, provider, provider_type, model_type, parameters, header, active, simulated
from llm_languagemodel m
where exists (select from conversations_candidate d where d.model_id = m.id and d.state = 'complete'
              and d.turn_id in (select t.id from conversations_turn t
                                join conversations_conversation c on c.id = t.conversation_id
                                where c.state = 'complete' and c.enrolment_id = any(%s)))
order by name
"""
# The spelling is PRISM's own and programs compare with it.
_TYPES = {"commercial": "Commerical", "open": "Open Access"}


def read_models(job: Job, enrolments: list[Any]) -> tuple[dict[int, tuple[str, str]], list[dict[str, Any]]]:
    """Return row id → (long name, provider), and the rows of the file. No address and no key is among them."""
    rows: list[Any] = job.moment.connection.execute(_MODELS, [enrolments]).fetchall()
    labels = Counter(row[2] for row in rows)
    names: dict[int, tuple[str, str]] = {}
    lines = []
    for row, code in zip(rows, _codes([row[1] for row in rows]), strict=True):
        long_name = row[2] if row[2] and labels[row[2]] == 1 else row[1]
        names[row[0]] = (long_name, row[4])
        parameters = {key: str(value) for key, value in sorted(row[7].items())}
        lines.append(
            {
                "long_name": long_name,
                "short_name": row[1],
                "longcode": code,
                "model_family": row[3],
                "model_provider": row[4],
                "model_provider_type": _TYPES[row[5]],
                "model_type": row[6],
                "default_params": parameters,
                "selected_params": parameters,
                "header": row[8],
                "link": "",
                "in_yaml": "Yes",
                "params_tested": "Yes",
                "endpoint_live": "Yes" if row[9] else "No",
                "status": "Simulated" if row[10] else "Deployed Successfully",
            }
        )
    return names, lines


def _codes(names: list[str]) -> Iterator[str]:
    """Yield a short code per name: initials and digits, numbered where two are alike."""
    seen: Counter[str] = Counter()
    for name in names:
        parts = name.replace("_", "-").split("-")
        code = "".join(part[0].upper() for part in parts if part)[:4]
        seen[code] += 1
        yield code if seen[code] == 1 else f"{code}{seen[code]}"

"""Whether a folder holds PRISM's five files, judged from the published schema alone: ``python -m … DIR``.

It imports nothing of the project, so that what writes and what judges share no mistake.
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.exports.prism_columns import ATTRIBUTES, CATEGORIES, COLUMNS, PREFS, TYPES, USECASES

Row = dict[str, Any]


def problems(folder: Path) -> list[str]:
    """Return what is wrong with the five files in ``folder``, as sentences with their place; empty = nothing."""
    try:
        files = {name: list(_read(folder / f"{name}.jsonl")) for name in COLUMNS}
    except (OSError, ValueError) as error:
        return [str(error)]
    found: list[str] = []
    for name, rows in files.items():
        found += [f"{name}: no rows"] if not rows and name in ("survey", "models") else []
        for n, row in enumerate(rows, 1):
            if list(row) != COLUMNS[name]:
                return [*found, f"{name}:{n}: keys are {list(row)}"]
    for check in (_survey, _conversations, _utterances, _joins, _metadata, _models, _subsets):
        found += check(files)
    return found


def _read(path: Path) -> Iterator[Row]:
    data = path.read_bytes()
    if not data.isascii():
        raise ValueError(f"{path.name}: not ASCII-escaped")
    if data and not data.endswith(b"\n"):
        raise ValueError(f"{path.name}: the last line is cut")
    for n, line in enumerate(data.splitlines(), 1):
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError(f"{path.name}:{n}: not an object")
        yield row


def _is(value: Any, *kinds: type) -> bool:
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


def _numbered(rows: list[Row], key: str, prefix: str) -> list[str]:
    ids = [row[key] for row in rows]
    wanted = {f"{prefix}{n}" for n in range(len(ids))}
    return (
        []
        if len(set(ids)) == len(ids) and set(ids) == wanted
        else [f"{key}: not {prefix}0 … {prefix}{len(ids) - 1}"]
    )


def _survey(files: dict[str, list[Row]]) -> Iterator[str]:
    yield from _numbered(files["survey"], "user_id", "user")
    for row in files["survey"]:
        at = f"survey {row['user_id']}"
        flags = ("survey_only", "included_in_US_REP", "included_in_UK_REP", "included_in_balanced_subset")
        for key in flags:
            if not _is(row[key], bool):
                yield f"{at}: {key} is {row[key]!r}"
        if row["survey_only"] != (row["num_completed_conversations"] == 0):
            yield f"{at}: survey_only and num_completed_conversations disagree"
        if not _is(row["timing_duration_s"], int) or row["timing_duration_s"] < 0:
            yield f"{at}: timing_duration_s is {row['timing_duration_s']!r}"
        elif row["timing_duration_mins"] != round(row["timing_duration_s"] / 60, 2):
            yield f"{at}: timing_duration_mins is not timing_duration_s / 60"
        if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", row["generated_datetime"]):
            yield f"{at}: generated_datetime is {row['generated_datetime']!r}"
        for key in ("self_description", "system_string"):
            if not (_is(row[key], str) and row[key].strip()):
                yield f"{at}: {key} is blank; it is to be EMPTY STRING"
        for key in COLUMNS["survey"][6:22]:
            if row[key] is not None and not _is(row[key], str):
                yield f"{at}: {key} is {row[key]!r}"
        yield from _dicts(at, row)


def _dicts(at: str, row: Row) -> Iterator[str]:
    described = ["self_described", "categorised", "simplified"]
    location = [
        "birth_country",
        "birth_countryISO",
        "birth_region",
        "birth_subregion",
        "reside_country",
        "reside_region",
        "reside_subregion",
        "reside_countryISO",
        "same_birth_reside_country",
        "special_region",
    ]
    shapes = {
        "religion": described,
        "ethnicity": described,
        "location": location,
        "lm_usecases": [*USECASES, "other_text"],
        "stated_prefs": [*PREFS, "other_text"],
        "order_lm_usecases": USECASES,
        "order_stated_prefs": PREFS,
    }
    for key, keys in shapes.items():
        if not isinstance(row[key], dict) or list(row[key]) != keys:
            yield f"{at}: {key} has not the keys {keys}"
            return
    uses = {row["lm_usecases"][key] for key in USECASES}
    if not (uses == {None} or uses <= {0, 1}):
        yield f"{at}: lm_usecases are 0 or 1, or all null where not shown"
    if (row["lm_frequency_use"] is None) != (uses == {None}):
        yield f"{at}: lm_frequency_use and lm_usecases are shown together or not at all"
    for key in PREFS:
        score = row["stated_prefs"][key]
        if score is not None and not (_is(score, int) and 0 <= score <= 100):
            yield f"{at}: stated_prefs.{key} is {score!r}"


def _conversations(files: dict[str, list[Row]]) -> Iterator[str]:
    yield from _numbered(files["conversations"], "conversation_id", "c")
    for row in files["conversations"]:
        at = f"conversations {row['conversation_id']}"
        if row["conversation_type"] not in TYPES:
            yield f"{at}: conversation_type is {row['conversation_type']!r}"
        if abs(row["timing_duration_mins"] - row["timing_duration_s"] / 60) > 0.006:
            yield f"{at}: timing_duration_mins is not timing_duration_s / 60"
        for key in ("performance_attributes", "choice_attributes"):
            if list(row[key]) != ATTRIBUTES:
                yield f"{at}: {key} has keys {list(row[key])}"
            if any(v is not None and not (_is(v, int) and 1 <= v <= 100) for v in row[key].values()):
                yield f"{at}: {key} holds a value that is not 1 to 100 or null"
        if not row["open_feedback"].strip() or not row["opening_prompt"].strip():
            yield f"{at}: a blank text; it is to be EMPTY STRING"
        yield from _history(at, row)


def _history(at: str, row: Row) -> Iterator[str]:
    turns: dict[int, list[Row]] = defaultdict(list)
    for item in row["conversation_history"]:
        turns[item["turn"]].append(item)
    if list(turns) != list(range(row["conversation_turns"])):
        yield f"{at}: turns are {list(turns)}, conversation_turns is {row['conversation_turns']}"
    model_keys = [
        "turn",
        "role",
        "content",
        "model_provider",
        "model_name",
        "score",
        "if_chosen",
        "within_turn_id",
    ]
    for turn, (user, *answers) in turns.items():
        if list(user) != ["turn", "role", "content"] or user["role"] != "user":
            yield f"{at} turn {turn}: does not begin with the user"
        if turn == 0 and user["content"] != row["opening_prompt"]:
            yield f"{at}: the opening prompt is not the first message"
        if any(list(answer) != model_keys or answer["role"] != "model" for answer in answers):
            yield f"{at} turn {turn}: an answer has other keys"
            continue
        if not 1 <= len(answers) <= 4:
            yield f"{at} turn {turn}: {len(answers)} answers"
        if sum(answer["if_chosen"] for answer in answers) != 1:
            yield f"{at} turn {turn}: not one chosen answer"
        if [answer["within_turn_id"] for answer in answers] != list(range(len(answers))):
            yield f"{at} turn {turn}: within_turn_id are not 0, 1, …"
        if any(not (_is(a["score"], int) and 1 <= a["score"] <= 100) for a in answers):
            yield f"{at} turn {turn}: a score is not 1 to 100"
        elif next((a["score"] for a in answers if a["if_chosen"]), 0) != max(a["score"] for a in answers):
            yield f"{at} turn {turn}: the chosen answer has not the highest score"
        names = [answer["model_name"] for answer in answers]
        if turn == 0 and len(set(names)) != len(names):
            yield f"{at} turn 0: a model stands twice"
        if turn > 0 and (len(answers) > 2 or len(set(names)) != 1):
            yield f"{at} turn {turn}: later turns show two answers of one model"


def _utterances(files: dict[str, list[Row]]) -> Iterator[str]:
    yield from _numbered(files["utterances"], "utterance_id", "ut")
    number, last = -1, None
    for row in sorted(
        files["utterances"], key=lambda r: (r["conversation_id"], r["turn"], r["within_turn_id"])
    ):
        here = (row["conversation_id"], row["turn"])
        number, last = (number + 1, here) if here != last else (number, last)
        if row["interaction_id"] != f"int{number}":
            yield f"utterances {row['utterance_id']}: {row['interaction_id']} should be int{number}"
        if not row["model_response"].strip() or not row["user_prompt"].strip():
            yield f"utterances {row['utterance_id']}: a blank text; it is to be EMPTY STRING"


def _joins(files: dict[str, list[Row]]) -> Iterator[str]:
    users = {row["user_id"]: row for row in files["survey"]}
    talks = {row["conversation_id"]: row for row in files["conversations"]}
    models = {row["long_name"]: row["model_provider"] for row in files["models"]}
    held = Counter(row["user_id"] for row in files["conversations"])
    for user, row in users.items():
        if row["num_completed_conversations"] != held[user]:
            yield f"survey {user}: num_completed_conversations is not {held[user]}"
    for name in ("conversations", "utterances", "metadata"):
        yield from (
            f"{name}: {row['user_id']} is not in survey" for row in files[name] if row["user_id"] not in users
        )
    said: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in files["utterances"]:
        at = f"utterances {row['utterance_id']}"
        talk = talks.get(row["conversation_id"])
        if talk is None:
            yield f"{at}: {row['conversation_id']} is not in conversations"
            continue
        for key in ("user_id", "conversation_type", "included_in_balanced_subset"):
            if row[key] != talk[key]:
                yield f"{at}: {key} is not that of its conversation"
        if models.get(row["model_name"]) != row["model_provider"]:
            yield f"{at}: {row['model_name']} of {row['model_provider']} is not in models"
        keys = ("turn", "within_turn_id", "model_response", "score", "if_chosen", "model_name")
        said[row["conversation_id"]].append(tuple(row[key] for key in keys))
    for conversation, talk in talks.items():
        keys = ("turn", "within_turn_id", "content", "score", "if_chosen", "model_name")
        history = [tuple(i[k] for k in keys) for i in talk["conversation_history"] if i["role"] == "model"]
        if sorted(history) != sorted(said[conversation]):
            yield f"conversations {conversation}: its history is not what utterances say"


def _metadata(files: dict[str, list[Row]]) -> Iterator[str]:
    wanted = {
        "model_response": len(files["utterances"]),
        "user_prompt": len({row["interaction_id"] for row in files["utterances"]}),
        "open_feedback": len(files["conversations"]),
        "self_description": len(files["survey"]),
        "system_string": len(files["survey"]),
    }
    given = Counter(row["column_id"] for row in files["metadata"])
    if given != Counter(wanted):
        yield f"metadata: {dict(given)} texts, should be {wanted}"
    for n, row in enumerate(files["metadata"], 1):
        ids = tuple(row[key] is not None for key in ("conversation_id", "interaction_id", "utterance_id"))
        right = {
            "model_response": (True, True, True),
            "user_prompt": (True, True, False),
            "open_feedback": (True, False, False),
        }.get(row["column_id"], (False, False, False))
        if ids != right:
            yield f"metadata:{n}: ids of a {row['column_id']} are {ids}"
        flag = row["moderation_flag"]
        if (
            list(flag) != ["flagged", "categories", "category_scores"]
            or list(flag["categories"]) != CATEGORIES
        ):
            yield f"metadata:{n}: moderation_flag has other keys"
        if not _is(row["pii_flag"], bool) or not _is(row["en_flag"], bool):
            yield f"metadata:{n}: a flag is not true or false"
        if row["language_flag"] is not None and not re.fullmatch(r"[a-z]{2,3}", row["language_flag"]):
            yield f"metadata:{n}: language_flag is {row['language_flag']!r}"


def _models(files: dict[str, list[Row]]) -> Iterator[str]:
    for key in ("long_name", "longcode"):
        if len({row[key] for row in files["models"]}) != len(files["models"]):
            yield f"models: {key} is not unique"
    for row in files["models"]:
        if row["model_provider_type"] not in ("Commerical", "Open Access"):
            yield f"models {row['long_name']}: model_provider_type is {row['model_provider_type']!r}"
        for key in ("default_params", "selected_params"):
            if not isinstance(row[key], dict) or not all(isinstance(v, str) for v in row[key].values()):
                yield f"models {row['long_name']}: {key} is not texts by name"


def _subsets(files: dict[str, list[Row]]) -> Iterator[str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    every: dict[str, Counter[str]] = defaultdict(Counter)
    for row in files["conversations"]:
        every[row["user_id"]][row["conversation_type"]] += 1
        if row["included_in_balanced_subset"]:
            counts[row["user_id"]][row["conversation_type"]] += 1
    for row in files["survey"]:
        user = row["user_id"]
        least = min(every[user][kind] for kind in TYPES)
        if any(counts[user][kind] != least for kind in TYPES):
            yield f"survey {user}: balanced subset has {dict(counts[user])}, should be {least} of each"
        if row["included_in_balanced_subset"] != (least > 0):
            yield f"survey {user}: included_in_balanced_subset is {row['included_in_balanced_subset']}"


def main(arguments: list[str]) -> int:
    """Print what is wrong with the folder; 0 nothing, 1 something."""
    found = problems(Path(arguments[0]))
    print("\n".join(found[:200]) or "The five files are as published.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

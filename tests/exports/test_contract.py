"""The REST interface keeps the contract of its own OpenAPI document: whatever is sent, no 5xx and no other shape."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from multivocal.exports.models import Release, Scope
from multivocal.exports.releases import make_release
from multivocal.exports.tokens import make_token
from multivocal.wsgi import application
from tests.exports.seed import Seeded

EXAMPLES = 14
load_all_checks()
CONTRACT = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
]
# Names that are there, so that more than the door is tested; the rest is what the document allows.
REAL = {
    "slug": ["prism"],
    "datasets/{name}": ["utterances", "judgements"],
    "files/{name}": ["manifest.json", "turns.csv"],
    "reports/{name}": ["comparison"],
    "datasets/{name}.{extension}": ["jsonl", "csv", "parquet"],
    "codebook.{extension}": ["json", "csv"],
    "graphs/{graph}": ["latest"],
    "values/{number}": ["1", "2"],
    "steps/{key}": ["1-2-asked"],
}


def _real(path: str, parameter: str, release: str) -> st.SearchStrategy[str]:
    if parameter == "release":
        return st.just(release)
    found = (names for place, names in REAL.items() if place in path and place.endswith(f"{{{parameter}}}"))
    return st.sampled_from(next(found, REAL["slug"]))


@pytest.fixture
def headers(seeded: Seeded, releases_dir: Path) -> dict[str, str]:
    """A script's token, with every right."""
    _token, secret = make_token(
        study=seeded.study,
        name="contract",
        scopes=list(Scope.values),
        expires_at=timezone.now() + timedelta(days=1),
        user=None,
    )
    return {"Authorization": f"Bearer {secret}"}


def test_the_interface_does_what_its_document_says(seeded: Seeded, headers: dict[str, str]) -> None:
    made = Release.objects.create(study=seeded.study, formats=["csv"])
    make_release(release_id=made.id)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    answered: Counter[tuple[str, int]] = Counter()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        known = {p.name: _real(operation.path, p.name, str(made.id)) for p in operation.path_parameters}

        @given(case=operation.as_strategy(), names=st.fixed_dictionaries(known), real_ones=st.integers(0, 2),
               known_caller=st.sampled_from([True, True, True, False]))  # fmt: skip
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def keeps_the_contract(
            case: schemathesis.Case, names: dict[str, str], real_ones: int, known_caller: bool
        ) -> None:
            if real_ones:
                case.path_parameters.update(names)
            if real_ones == 2:
                case.query = {}
            response = case.call(headers=headers if known_caller else {})
            answered[case.operation.label, response.status_code] += 1
            case.validate_response(response, checks=CONTRACT)

        keeps_the_contract()
    fine = {label for label, status in answered if status < 300}
    assert len(fine) >= 10, f"too few operations were reached: {sorted(answered.items())}"
    assert all(status < 500 for _label, status in answered)

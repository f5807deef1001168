"""How every study of the bench begins, and its opening."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multivocal.studies.models import Study

_HEAD = """
format: 1
slug: {slug}
title: Bench
minutes: 5
contact: {{name: The bench, email: bench@example.org}}
models: [{models}]
budget: {{usd: 10000}}
stages:
  - id: consent
    kind: consent
    title: Before you start
    version: "1"
    body: This measures the server.
    purposes: [{{key: take_part, text: I take part, required: true}}]
"""


def opened_study(slug: str, stages: str, *, models: str = "") -> "Study":
    """Import and open a study of a consent and ``stages`` (YAML, a list indented by two); ``models`` by name."""
    import yaml

    from multivocal.studies.lifecycle import open_study
    from multivocal.studies.versions import save_draft

    version = save_draft(document=yaml.safe_load(_HEAD.format(slug=slug, models=models) + stages))
    open_study(study=version.study)
    version.study.refresh_from_db()
    return version.study

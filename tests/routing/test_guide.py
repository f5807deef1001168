"""The guide's policy can be started on the shipped study as it stands in the guide."""

import re
from pathlib import Path

import yaml

from annotation.routing.shapes import PolicyConfig

ROOT = Path(__file__).resolve().parents[2]


def test_the_policy_in_the_guide_fits_the_shipped_study() -> None:
    guide = (ROOT / "docs/routing.md").read_text()
    found = re.search(r"```yaml\n(.*?)```", guide, re.DOTALL)
    assert found is not None
    policy = PolicyConfig.model_validate(yaml.safe_load(found[1]))
    shipped = (ROOT / "platform/multivocal/studies/shipped/hybrid.yaml").read_text()
    assert f"- id: {policy.stage}\n" in shipped
    assert "routing start hybrid" in guide

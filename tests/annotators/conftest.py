"""Fixtures of the annotators' tests: the simulator, models at it, and a study with pairs."""

import pytest

from multivocal.studies.models import Study
from tests.annotators.kit import pair_study
from tests.llm.conftest import MakeModel, make_model, rows, simulator, slow_simulator

__all__ = ["MakeModel", "make_model", "rows", "simulator", "slow_simulator", "study"]


@pytest.fixture
def study(rows: None) -> Study:
    """A study of ten pairs, each of a good and a poor answer."""
    return pair_study()

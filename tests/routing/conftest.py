"""Fixtures of runs: the simulator, models at it, and a broker that no worker listens to."""

from tests.annotators.conftest import broker as broker
from tests.llm.conftest import make_model as make_model
from tests.llm.conftest import rows as rows
from tests.llm.conftest import simulator as simulator

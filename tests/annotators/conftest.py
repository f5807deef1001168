"""Fixtures of the annotators' tests: the simulator, models at it, and a study with pairs."""

from collections.abc import Iterator

import pytest

from multivocal.celery import app
from multivocal.studies.models import Study
from tests.annotators.kit import pair_study
from tests.llm.conftest import MakeModel, make_model, rows, simulator, slow_simulator

__all__ = ["MakeModel", "broker", "make_model", "rows", "simulator", "slow_simulator", "study"]


@pytest.fixture
def study(rows: None) -> Study:
    """A study of ten pairs, each of a good and a poor answer."""
    return pair_study()


@pytest.fixture(autouse=True)
def broker() -> Iterator[None]:
    """A broker in memory: what is rung for here must not reach a worker of the development server."""
    before = (app.conf.broker_url, app.conf.broker_transport_options)
    _use_broker("memory://", {})
    yield
    with app.connection_for_write() as connection:
        connection.default_channel.queue_purge("celery")
    _use_broker(*before)


def _use_broker(url: str, options: dict[str, object]) -> None:
    app.conf.broker_url, app.conf.broker_transport_options = url, options
    # Celery keeps its connections to the one before.
    app._pool = None
    app.amqp._producer_pool = None

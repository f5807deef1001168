"""A broker that is away costs nobody their page; a mistake of ours in a ring is not taken for one."""

from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from kombu.exceptions import EncodeError

from multivocal import bell
from multivocal.celery import app
from multivocal.exports.tasks import build_release


@pytest.fixture(autouse=True)
def _same_broker() -> Iterator[None]:
    before = (app.conf.broker_url, app.conf.broker_transport_options)
    yield
    use_broker(*before)


def use_broker(url: str, options: dict[str, str] | None = None) -> None:
    """Have tasks queued at ``url``, on new connections."""
    app.conf.broker_url, app.conf.broker_transport_options = url, options or {}
    app._pool = None
    app.amqp._producer_pool = None


def folders(parent: Path) -> dict[str, str]:
    """Return where a broker of files keeps its messages and tables."""
    queue = str(parent / "queue")
    return {"data_folder_in": queue, "data_folder_out": queue, "control_folder": str(parent / "tables")}


def test_a_ring_is_heard() -> None:
    use_broker("memory://")
    bell.ring(build_release, "one")
    with app.connection_for_read() as connection:
        heard = connection.SimpleQueue("celery").get(block=False)
        assert heard.headers["task"] == "exports.build_release" and heard.payload[0] == ["one"]
        heard.ack()
        with pytest.raises(Empty):
            connection.SimpleQueue("celery").get(block=False)


@pytest.mark.parametrize("broker", ["server", "folder"])
def test_a_broker_that_is_away_is_told_in_the_log_and_nothing_breaks(
    broker: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if broker == "server":
        use_broker("amqp://127.0.0.1:1//")
    else:
        (tmp_path / "queue").mkdir()
        use_broker("filesystem://localhost/", folders(tmp_path))
        with app.connection_for_write() as connection:
            connection.ensure_connection()
        (tmp_path / "queue").rmdir()  # the disk went away under a running server
    bell.ring(build_release, "one")
    (told,) = [record for record in caplog.records if record.name == "multivocal.queue"]
    assert told.levelname == "WARNING" and "exports.build_release" in told.getMessage()


def test_a_mistake_of_ours_surfaces() -> None:
    use_broker("memory://")
    with pytest.raises(EncodeError):
        bell.ring(build_release, object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        bell.ring(build_release)

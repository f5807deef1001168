"""The background work of releases; the rows say what is due."""

from uuid import UUID

from celery import shared_task

from multivocal.exports.releases import make_release, ring, sweep_releases


@shared_task(name="exports.build_release")
def build_release(release_id: str) -> None:
    """Make one release."""
    make_release(release_id=UUID(release_id))


@shared_task(name="exports.sweep_releases")
def sweep() -> None:
    """Ring again for releases that wait, or whose worker vanished."""
    for release in sweep_releases():
        ring(release)

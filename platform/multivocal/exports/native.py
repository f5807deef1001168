"""The native profile: every dataset as it is, in the formats asked for."""

from multivocal.domain.datasets import Dataset
from multivocal.exports import registry
from multivocal.exports.build import Job
from multivocal.exports.formats import FORMATS, Source


def write_native(job: Job) -> list[Dataset]:
    """Write each dataset that identifies nobody, and return them."""
    written = [found for found in registry.datasets().values() if not registry.is_identifying(found)]
    for found in written:
        for key in job.formats:
            source = Source(job.moment.connection, found, job.cut, job.safe)
            job.folder.write_rows(f"{found.key}.{key}", FORMATS[key].stream(source), source)
    return written

"""Graphs as they were made: which votes, which arithmetic, which code; never changed afterwards."""

import uuid
from typing import Any, ClassVar

from django.db import models

from multivocal.studies.models import Study


class Snapshot(models.Model):
    """One graph of a study; ``parameters`` say who and what counted, ``until`` which votes had come.

    The database refuses changes: the migration puts a trigger on the table.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="snapshots")
    estimator = models.CharField(max_length=16)
    question = models.CharField(max_length=63, blank=True)
    context = models.CharField(max_length=63, blank=True)
    parameters = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    inputs_sha256 = models.CharField(max_length=64)
    result_sha256 = models.CharField(max_length=64)
    code_version = models.CharField(max_length=64)
    until = models.DateTimeField()
    result = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["study", "-created_at"], name="newest_snapshots")]

    def __str__(self) -> str:
        return f"{self.study} {self.estimator} {self.inputs_sha256[:8]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it once."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

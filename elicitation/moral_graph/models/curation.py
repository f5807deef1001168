"""What designers did to the values of a study: who, when, why, and what took it back; rows are only added."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from multivocal.studies.models import Study


class CurationAct(models.Model):
    """One decision of a designer. ``values`` are the numbers it touched, ``detail`` what is needed to take it back.

    ``user`` is null for the command line. ``undoes`` names the act that this one takes back.
    """

    class Verb(models.TextChoices):
        JOIN = "join", "joined two values"
        SPLIT = "split", "gave a card a value of its own"
        REWORD = "reword", "changed the words of a value"
        ADOPT = "adopt", "let another sorting count"
        ARCHIVE = "archive", "took a story out"
        RESTORE = "restore", "put a story back"
        UNDO = "undo", "took an act back"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="curation_acts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=8, choices=Verb.choices)
    values = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    why = models.TextField(blank=True)
    at = models.DateTimeField()
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["study", "-id"], name="newest_acts")]

    def __str__(self) -> str:
        return f"{self.verb} {self.values}"

"""A file of items between its upload and its import."""

from django.conf import settings
from django.db import models

from multivocal.studies.models import Study


class ItemUpload(models.Model):
    """A file of items that somebody uploaded and nobody imported yet; one per study, a newer one takes its place."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="item_upload")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=200)
    content = models.BinaryField()
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "protocols"

    def __str__(self) -> str:
        return self.source

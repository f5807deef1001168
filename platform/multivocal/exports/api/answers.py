"""The shapes of the answers, for the OpenAPI document."""

from rest_framework import serializers


class ErrorAnswer(serializers.Serializer[dict[str, object]]):
    """What every refusal looks like."""

    code = serializers.CharField(help_text="For programs; stable.")
    message = serializers.CharField(help_text="For people.")
    fields = serializers.DictField(child=serializers.CharField(), help_text="Place → reason.")  # type: ignore[assignment]


class ColumnAnswer(serializers.Serializer[dict[str, object]]):
    """One column of a dataset."""

    name = serializers.CharField()
    type = serializers.CharField()
    unit = serializers.CharField()
    null_when = serializers.CharField()
    identifying = serializers.BooleanField()
    description = serializers.CharField()


class DatasetAnswer(serializers.Serializer[dict[str, object]]):
    """One dataset with its columns."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    columns = ColumnAnswer(many=True)
    files = serializers.DictField(child=serializers.URLField(), required=False)


class DatasetListAnswer(serializers.Serializer[dict[str, object]]):
    """The datasets of a study."""

    study = serializers.CharField()
    datasets = DatasetAnswer(many=True)


class VersionAnswer(serializers.Serializer[dict[str, object]]):
    """One version of a study."""

    number = serializers.IntegerField()
    sha256 = serializers.CharField()
    frozen_at = serializers.DateTimeField(allow_null=True)


class StudyAnswer(serializers.Serializer[dict[str, object]]):
    """One study whose data the caller may read."""

    slug = serializers.CharField()
    state = serializers.CharField()
    versions = VersionAnswer(many=True)
    datasets = serializers.URLField()
    releases = serializers.URLField()
    reports = serializers.URLField()


class StudyListAnswer(serializers.Serializer[dict[str, object]]):
    """The studies whose data the caller may read."""

    studies = StudyAnswer(many=True)


class ReleaseRequestBody(serializers.Serializer[dict[str, object]]):
    """Which release is wanted; everything may be left out."""

    profile = serializers.CharField(required=False, help_text="native (the default), prism …")
    formats = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="jsonl, csv, parquet"
    )
    since = serializers.CharField(required=False)
    annotator = serializers.CharField(required=False)
    version = serializers.IntegerField(required=False)


class FileAnswer(serializers.Serializer[dict[str, object]]):
    """One file of a release."""

    name = serializers.CharField()
    rows = serializers.IntegerField(allow_null=True)
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    href = serializers.URLField()


class ReleaseAnswer(serializers.Serializer[dict[str, object]]):
    """One release: how far it is, and its files when it is ready."""

    id = serializers.UUIDField()
    study = serializers.CharField()
    profile = serializers.CharField()
    formats = serializers.ListField(child=serializers.CharField())
    asked = serializers.DictField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=["waiting", "building", "done", "failed", "closed"])
    requested_at = serializers.DateTimeField()
    cut_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField()
    href = serializers.URLField()
    files = FileAnswer(many=True)


class ReleaseListAnswer(serializers.Serializer[dict[str, object]]):
    """The releases of a study, the newest first."""

    releases = ReleaseAnswer(many=True)


class ReportListAnswer(serializers.Serializer[dict[str, object]]):
    """The reports there are."""

    reports = serializers.ListField(child=serializers.CharField())


class StartAnswer(serializers.Serializer[dict[str, object]]):
    """Where to go from here."""

    studies = serializers.URLField()
    schema = serializers.URLField()
    docs = serializers.URLField()

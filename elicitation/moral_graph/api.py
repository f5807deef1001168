"""Graphs over HTTP: the list of kept ones, a graph with its numbers, and what stands behind a value and a step."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.db.models import F
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from elicitation.moral_graph.models import Snapshot
from elicitation.moral_graph.pages.choice import PARAMETERS, WHO
from elicitation.moral_graph.pages.found import kept_graphs
from elicitation.moral_graph.pages.view import View, view
from elicitation.moral_graph.snapshots import ESTIMATORS
from multivocal.errors import Invalid
from multivocal.exports.api.base import ApiView
from multivocal.exports.api.datasets import ERRORS
from multivocal.exports.models import Scope

_Method = TypeVar("_Method", bound=Callable[..., Response])
MOST = 200
_ASKED = [
    OpenApiParameter("estimator", OpenApiTypes.STR, enum=list(ESTIMATORS), description="Which arithmetic."),
    OpenApiParameter("question", OpenApiTypes.STR, description="Values of one question alone."),
    OpenApiParameter("context", OpenApiTypes.STR, description="Votes in one situation alone."),
    OpenApiParameter("group", OpenApiTypes.STR, description="Votes of one group: arm:NAME or trait:KEY:VALUE."),
    OpenApiParameter("who", OpenApiTypes.STR, enum=list(WHO), description="People, simulated people, or all."),
    OpenApiParameter("seeds", OpenApiTypes.INT, enum=[0, 1], description="1 counts values that no person has given."),
]  # fmt: skip
_WHICH = OpenApiParameter("graph", OpenApiTypes.STR, OpenApiParameter.PATH, description="An id, or latest.")


class GraphAnswer(serializers.Serializer[dict[str, object]]):
    """One kept graph, without its contents."""

    id = serializers.UUIDField(allow_null=True)
    estimator = serializers.CharField()
    parameters = serializers.DictField()
    seed = serializers.IntegerField()
    inputs_sha256 = serializers.CharField(help_text="Hash of the votes that went in.")
    result_sha256 = serializers.CharField()
    code_version = serializers.CharField(help_text="Hash of the arithmetic's source.")
    until = serializers.DateTimeField(help_text="Votes up to here were counted.")
    made_at = serializers.DateTimeField(allow_null=True)
    rows = serializers.DictField(child=serializers.IntegerField())
    href = serializers.URLField()


class GraphListAnswer(serializers.Serializer[dict[str, object]]):
    """The kept graphs of a study, the newest first."""

    study = serializers.CharField()
    graphs = GraphAnswer(many=True)


class GraphList(ApiView):
    """The kept graphs of a study."""

    @extend_schema(responses={200: GraphListAnswer, **ERRORS}, operation_id="list_graphs")
    def get(self, request: Request, slug: str) -> Response:
        """List the kept graphs, the newest first: what each was made of, and the hashes that prove it."""
        study = self.study(request, slug, Scope.READ)
        rows = kept_graphs(study).annotate(counted=F("result__rows"))[:MOST]
        graphs = [_described(row, row.counted, request, slug) for row in rows]
        return Response({"study": slug, "graphs": graphs})


class Graph(ApiView):
    """One graph."""

    parameters: ClassVar = (*PARAMETERS, "all")

    @extend_schema(
        parameters=[
            _WHICH, *_ASKED,
            OpenApiParameter(
                "all", OpenApiTypes.INT, enum=[0, 1], description="1 adds allEdges: steps that are not supported too."
            ),
        ],
        responses={200: OpenApiTypes.OBJECT, **ERRORS}, operation_id="read_graph",
    )  # fmt: skip
    def get(self, request: Request, slug: str, graph: str) -> Response:
        """Return values, edges, contexts with who comes first, and circles, in the JSON of the method's authors.

        A graph that was never kept under these parameters is worked out from the votes and has no id; with an id, from
        the votes as they stood when that graph was made.
        """
        seen = _seen(self, request, slug, graph)
        every = request.query_params.get("all", "0")
        if every not in ("0", "1"):
            raise Invalid("There is no such graph.", fields={"all": "One of: 0, 1."})
        return Response(seen.document(every=every == "1"))


def _part_of_a_graph(operation: str) -> Callable[[_Method], _Method]:
    """Describe an address that tells a part of one graph."""
    return extend_schema(
        parameters=[_WHICH, *_ASKED], responses={200: OpenApiTypes.OBJECT, **ERRORS}, operation_id=operation
    )


class GraphValue(ApiView):
    """One value of a graph."""

    parameters: ClassVar = PARAMETERS

    @_part_of_a_graph("read_graph_value")
    def get(self, request: Request, slug: str, graph: str, number: str) -> Response:
        """Return a value with its cards, why each is in it, what people said of that, and its steps."""
        return Response(_seen(self, request, slug, graph).value(int(number)))


class GraphStep(ApiView):
    """One step of a graph."""

    parameters: ClassVar = PARAMETERS

    @_part_of_a_graph("read_graph_step")
    def get(self, request: Request, slug: str, graph: str, key: str) -> Response:
        """Return a step with its votes by answer, its stories and the reasons people gave."""
        return Response(_seen(self, request, slug, graph).step(key))


def _seen(address: ApiView, request: Request, slug: str, graph: str) -> View:
    study = address.study(request, slug, Scope.READ)
    asked = {name: request.query_params[name] for name in PARAMETERS if name in request.query_params}
    return view(study, asked, graph)


def _described(row: Snapshot, counted: Any, request: Request, slug: str) -> dict[str, Any]:
    return {
        "id": row.pk, "estimator": row.estimator, "parameters": row.parameters, "seed": row.seed,
        "inputs_sha256": row.inputs_sha256, "result_sha256": row.result_sha256, "code_version": row.code_version,
        "until": row.until, "made_at": row.created_at, "rows": counted,
        "href": reverse("api-graph", args=[slug, str(row.pk)], request=request),
    }  # fmt: skip

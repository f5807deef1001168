"""The addresses of graphs in the REST interface."""

from django.urls import re_path

from elicitation.moral_graph import api

_GRAPHS = r"^studies/(?P<slug>[a-z][a-z0-9_-]{0,62})/graphs/"
_ONE = _GRAPHS + r"(?P<graph>latest|[0-9a-f-]{36})/"

urlpatterns = [
    re_path(_GRAPHS + r"$", api.GraphList.as_view(), name="api-graphs"),
    re_path(_ONE + r"$", api.Graph.as_view(), name="api-graph"),
    re_path(_ONE + r"values/(?P<number>[0-9]{1,9})/$", api.GraphValue.as_view(), name="api-graph-value"),
    re_path(_ONE + r"steps/(?P<key>[A-Za-z0-9_-]{1,120})/$", api.GraphStep.as_view(), name="api-graph-step"),
]

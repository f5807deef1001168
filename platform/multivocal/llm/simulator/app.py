"""The ASGI application of the simulator: paths to answers."""

import os
from typing import Any

import orjson

from multivocal.llm.simulator import embeddings, wire
from multivocal.llm.simulator.chat import Pace, answer_chat
from multivocal.llm.simulator.faults import Faults, check_faults, parse_faults
from multivocal.llm.simulator.http import Event, Exchange, Receive, Send
from multivocal.llm.simulator.judges import JUDGES
from multivocal.llm.simulator.personalities import PERSONALITIES
from multivocal.llm.simulator.requests import BadRequest, read_json

EMBEDDING_MODEL = "sim-embeddings"


class Simulator:
    """Answers `/v1/models`, `/v1/chat/completions`, `/v1/embeddings`, `/faults` and `/faults/<spec>/v1/…`."""

    def __init__(
        self, pace: Pace | None = None, faults: Faults | None = None, key: str | None = None
    ) -> None:
        seed = os.environ.get("SIM_SEED")
        self.pace = pace or Pace.from_environment()
        self.faults = faults or Faults(
            parse_faults(os.environ.get("FAULTS", "")), int(seed) if seed else None
        )
        self.key = os.environ.get("SIM_API_KEY") if key is None else key

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Answer one ASGI scope."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send)
        try:
            await self._answer(exchange, scope["method"], scope["path"])
        except BadRequest as problem:
            await exchange.send_json(
                wire.error(problem.message, "invalid_request_error", problem.code), problem.status
            )

    async def _answer(self, exchange: Exchange, method: str, path: str) -> None:
        body = await exchange.body()
        faults = self.faults
        if path.startswith("/faults/"):
            spec, found, path = path.removeprefix("/faults/").partition("/v1/")
            if not found:
                raise BadRequest("Faults stand before /v1/ in the address.", 404, "not_found")
            faults, path = Faults(_read_faults(spec), self.faults.rng.getrandbits(32)), f"/v1/{path}"
        if path == "/faults":
            await self._change_faults(exchange, method, body)
        elif path == "/healthz":
            await exchange.send_json(b'{"ok":true}')
        elif self.key and not self._knows(exchange):
            raise BadRequest("The key is not known.", 401, "invalid_api_key")
        elif (method, path) == ("GET", "/v1/models"):
            await exchange.send_json(_models())
        elif (method, path) == ("POST", "/v1/chat/completions"):
            await answer_chat(exchange, body, self.pace, faults.draw())
        elif (method, path) == ("POST", "/v1/embeddings"):
            await exchange.send_json(_embeddings(read_json(body)))
        else:
            raise BadRequest("There is nothing at this address.", 404, "not_found")

    def _knows(self, exchange: Exchange) -> bool:
        return dict(exchange.scope["headers"]).get(b"authorization") == f"Bearer {self.key}".encode()

    async def _change_faults(self, exchange: Exchange, method: str, body: bytes) -> None:
        client = exchange.scope.get("client")
        if client and client[0] not in {"127.0.0.1", "::1"}:
            raise BadRequest("Faults are changed from this machine only.", 403, "forbidden")
        if method == "POST":
            try:
                self.faults.shares = (
                    check_faults(read_json(body)) if body[:1] == b"{" else _read_faults(body.decode())
                )
            except ValueError as problem:
                raise BadRequest(str(problem)) from problem
        await exchange.send_json(orjson.dumps(self.faults.shares))


def _read_faults(spec: str) -> dict[str, float]:
    try:
        return parse_faults(spec)
    except ValueError as problem:
        raise BadRequest(f"Faults look like timeout:0.1,429:0.05: {problem}") from problem


def _models() -> bytes:
    ids = [*PERSONALITIES, *JUDGES, EMBEDDING_MODEL]
    data = [{"id": each, "object": "model", "created": 0, "owned_by": "simulator"} for each in ids]
    return orjson.dumps({"object": "list", "data": data})


def _embeddings(data: dict[str, Any]) -> bytes:
    given = data.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise BadRequest("input is a text or a list of texts.")
    dimensions = data.get("dimensions", embeddings.DIMENSIONS)
    if not isinstance(dimensions, int) or not 8 <= dimensions <= 4096:
        raise BadRequest("dimensions is a whole number from 8 to 4096.")
    vectors: list[Any] = [embeddings.embed(text, dimensions) for text in texts]
    if data.get("encoding_format") == "base64":
        vectors = [embeddings.as_base64(vector) for vector in vectors]
    rows = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    tokens = sum(-(-len(text) // 4) for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return orjson.dumps({"object": "list", "data": rows, "model": data.get("model"), "usage": usage})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return

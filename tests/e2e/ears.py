"""Everything a browser is given during a walk: a wire between it and the server that keeps every byte."""

import contextlib
import json
import socket
import socketserver
import threading
from collections.abc import Iterator

from playwright.sync_api import BrowserContext, Page, WebSocket

from tests.processes.servers import Place


class Wire(socketserver.ThreadingTCPServer):
    """A listener on a port of its own that passes everything on, and keeps what the server says."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.port = port
        self.lines: list[bytearray] = []
        self.frames: list[str] = []

    @property
    def url(self) -> str:
        """The address to give the browser."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def attend(self, context: BrowserContext) -> None:
        """Keep the frames of sockets too: on the wire they are packed."""
        context.on("page", self._attend_page)
        for page in context.pages:
            self._attend_page(page)

    def _attend_page(self, page: Page) -> None:
        page.on("websocket", self._attend_socket)

    def _attend_socket(self, opened: WebSocket) -> None:
        opened.on("framereceived", lambda frame: self.frames.append(str(frame)))

    def heard(self) -> str:
        """Return pages, headers, errors, streams and frames as one text, lower case."""
        said = [bytes(line).decode("utf-8", "replace") for line in self.lines]
        return "\n".join([*said, *self.frames]).lower()


class _Line(socketserver.BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        kept = bytearray()
        self.server.lines.append(kept)
        with socket.create_connection(("127.0.0.1", self.server.port)) as upstream:
            asking = threading.Thread(target=_pump, args=(self.request, upstream, None), daemon=True)
            asking.start()
            _pump(upstream, self.request, kept)
            asking.join(5)


def _pump(source: socket.socket, sink: socket.socket, kept: bytearray | None) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            if kept is not None:
                kept += piece
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def a_wire(port: int) -> Iterator[Wire]:
    """Listen for as long as the block lasts."""
    with Wire(port) as wire:
        threading.Thread(target=wire.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield wire
        finally:
            wire.shutdown()


def leaks(wire: Wire, place: Place) -> list[str]:
    """Return what was heard of names, labels, ids, addresses, headers and parameters of models."""
    heard = wire.heard()
    return sorted(secret for secret in _secrets(place) if secret in heard)


def _secrets(place: Place) -> set[str]:
    found: set[str] = {"sim-", "max_tokens", "temperature", "model_id", "base_url"}
    for row in place.rows(
        "SELECT name, label, model_id, base_url, header, parameters FROM llm_languagemodel"
    ):
        *texts, parameters = row
        found |= {*texts, json.dumps(parameters), *parameters}
    return {text.lower() for text in found if text and text != "{}"}

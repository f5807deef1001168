"""A file to a client: whole, or the range it asks for, so that a broken download goes on."""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

_PIECE = 262_144


def answer_file(request: HttpRequest | Request, path: Path, sha256: str) -> HttpResponseBase:
    """Return the file at ``path``; its ETag is its hash, so a range can only continue the same file."""
    size = path.stat().st_size
    etag = f'"{sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{path.name}"',
    }
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    wanted = request.headers.get("Range")
    if request.headers.get("If-Range", etag) != etag:
        wanted = None
    start, end, status = 0, size - 1, 200
    if (
        wanted
        and (part := re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", wanted))
        and part.group() != "bytes=-"
    ):
        first, last = part.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last), size - 1) if first and last else size - 1
        if start >= size or start > end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        status, headers["Content-Range"] = 206, f"bytes {start}-{end}/{size}"
    headers["Content-Length"] = str(end - start + 1)
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if request.method == "HEAD":
        return HttpResponse(b"", status=status, content_type=media, headers=headers)
    return StreamingHttpResponse(_part(path, start, end), status=status, content_type=media, headers=headers)


def _part(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start + 1
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece

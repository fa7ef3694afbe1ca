"""A model on loopback: a real HTTP server that speaks /v1/chat/completions, and misbehaves when it is told to."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[dict[str, Any]], str]


def sentence(body: dict[str, Any]) -> str:
    """An answer of plain words that depends on the prompt alone."""
    words = ("quick", "solid", "light", "warm", "plain", "bright", "calm", "fresh", "sturdy", "simple")
    digest = hashlib.sha256(body["messages"][-1]["content"].encode()).digest()
    return "This is a " + " and ".join(words[b % len(words)] for b in digest[:4]) + " thing for everyday use."


@dataclass
class Model:
    """What the server does: `reply` writes answers, `failures` (status, headers, body) come first."""

    reply: Reply = sentence
    failures: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    delay: float = 0.0
    usage: bool = True
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def prompts(self) -> list[str]:
        return [r["messages"][-1]["content"] for r in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: Model

    def log_message(self, *args: Any) -> None:
        """Silent."""

    def do_POST(self) -> None:  # the name that http.server calls
        model = self.model
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with model.lock:
            model.requests.append(body)
            model.headers.append({k.lower(): v for k, v in self.headers.items()})
            model.times.append(time.monotonic())
            model.busy += 1
            model.busiest = max(model.busiest, model.busy)
            failure = model.failures.pop(0) if model.failures else None
        try:
            time.sleep(model.delay)
            if self.path != "/v1/chat/completions":
                failure = (404, {}, b'{"error": {"message": "no such path"}}')
            if failure is not None:
                self._send(*failure)
            else:
                self._send(200, {}, json.dumps(self._completion(body)).encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has given up
        finally:
            with model.lock:
                model.busy -= 1

    def _completion(self, body: dict[str, Any]) -> dict[str, Any]:
        text = self.model.reply(body)
        prompt = sum(len(m["content"].split()) for m in body["messages"])
        counts = {"prompt_tokens": prompt, "completion_tokens": len(text.split())}
        usage = {"usage": {**counts, "total_tokens": sum(counts.values())}} if self.model.usage else {}
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        head = {"id": "x", "object": "chat.completion", "created": 0, "model": body["model"]}
        return {**head, "choices": [choice], **usage}

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(model: Model | None = None) -> Iterator[Model]:
    """A model that answers at `url` while the context lasts."""
    found = model or Model()
    handler = type("Handler", (_Handler,), {"model": found})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

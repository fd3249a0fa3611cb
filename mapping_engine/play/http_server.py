"""The page over HTTP: on this machine alone, and only for who knows the token of the process."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from mapping_engine.errors import ErrorCode, InputError, MappingError
from mapping_engine.play.own_files import known, save
from mapping_engine.play.saved_case import rule_test
from mapping_engine.play.trial import Asked, Trial, applied, checked, compared, sampled, started

HOST = "127.0.0.1"
LARGEST = 16 * 1024 * 1024
"""No page sends more bytes than these."""
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_STATUS = HTTPStatus


class PlayServer(ThreadingHTTPServer):
    """Serves one pack on a port of 127.0.0.1; ``url`` is where, with the token.

    The token is a part of the path, so that no other server on this machine is ever sent it, as it
    would be a cookie. A browser is started with ``first_url``, which leads there once: the command
    lines of programs can be read by other users.
    """

    daemon_threads = True

    def __init__(self, trial: Trial, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.trial, self.lock = trial, Lock()
        self.token, self.once = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        page = files("mapping_engine.play").joinpath("page")
        self.page = {each.name: each.read_bytes() for each in page.iterdir() if _type(each.name)}
        self.hosts = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_port}/{self.token}/"

    @property
    def first_url(self) -> str:
        """What leads to the page, and only once."""
        return f"http://{HOST}:{self.server_port}/{self.once}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that does not wait for the answer is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: PlayServer
    timeout = 60
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The page and its parts."""
        if secrets.compare_digest(self.path.encode(), f"/{self.server.once}".encode()):
            self.server.once = secrets.token_urlsafe(32)
            self._send(_STATUS.SEE_OTHER, b"", "text/plain", {"Location": self.server.url})
            return
        name = self._asked()
        if name is None:
            return
        data = self.server.page.get(name or "index.html")
        if data is None:
            self._refuse(_STATUS.NOT_FOUND, "there is no such page")
        else:
            self._send(_STATUS.OK, data, f"{_type(name or 'index.html')}; charset=utf-8")

    def do_POST(self) -> None:
        """What the page asks for."""
        name = self._asked()
        if name is None:
            return
        answer = _ANSWERS.get(name)
        size = self.headers.get("Content-Length", "")
        if answer is None:
            self._refuse(_STATUS.NOT_FOUND, "there is nothing of this name")
        elif self.headers.get_content_type() != "application/json":
            self._refuse(_STATUS.UNSUPPORTED_MEDIA_TYPE, "only JSON is read")
        elif not size.isdecimal():
            self._refuse(_STATUS.LENGTH_REQUIRED, "the length has to be given")
        elif len(size) > 9 or int(size) > LARGEST:
            self._refuse(_STATUS.REQUEST_ENTITY_TOO_LARGE, f"more than {LARGEST} bytes")
        else:
            self._answer(answer, self.rfile.read(int(size)))

    def _asked(self) -> str | None:
        """What is asked for behind the token; None where it was refused."""
        origin = self.headers.get("Origin")
        own = {f"http://{host}" for host in self.server.hosts}
        if self.headers.get("Host") not in self.server.hosts or (origin and origin not in own):
            self._refuse(_STATUS.FORBIDDEN, "this host is not served")
            return None
        _, token, *rest = [*urlsplit(self.path).path.split("/"), ""]
        if not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._refuse(_STATUS.FORBIDDEN, "the token is missing or wrong")
            return None
        return "/".join(rest).strip("/")

    def _answer(self, answer: Callable[[Trial, dict[str, Any]], object], data: bytes) -> None:
        status, found = _STATUS.OK, dict[str, object]()
        try:
            asked = _object(data)
            with self.server.lock:
                found["answer"] = answer(self.server.trial, asked)
        except MappingError as error:
            found["error"] = error.to_dict()
            if isinstance(error, InputError):
                status = _STATUS.BAD_REQUEST
        except Exception as error:  # a mistake of ours: what it says may hold anything
            message = f"the page itself failed ({type(error).__name__})"
            found["error"] = _unreadable(message, "please report it").to_dict()
            status = _STATUS.INTERNAL_SERVER_ERROR
        self._send(status, json.dumps(found).encode(), _JSON)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        self.close_connection = True  # what is left of the request is not read
        error = _unreadable(message, "open the page at the URL that the command shows").to_dict()
        self._send(status, json.dumps({"error": error}).encode(), _JSON)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no request that we know is refused in the same way."""
        self._refuse(HTTPStatus(code), "this is no request that is known")

    def _send(
        self, status: HTTPStatus, data: bytes, kind: str, more: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        length = {"Content-Type": kind, "Content-Length": str(len(data))}
        for name, value in {**length, **_HEADERS, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def version_string(self) -> str:
        """Nobody needs to know which Python this is."""
        return "mapping-engine"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: URLs hold the token."""


_JSON = "application/json"


def _type(name: str) -> str | None:
    return _TYPES.get(name.rpartition(".")[2])


def _unreadable(message: str, help: str) -> InputError:
    return InputError(ErrorCode.INPUT_UNREADABLE, message, help=help)


# What is asked for


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise _unreadable("what was sent is no JSON", "send one JSON object") from None
    if not isinstance(found, dict):
        raise _unreadable("what was sent is no object", "send one JSON object")
    return found


def _asked(trial: Trial, data: dict[str, Any]) -> Asked:
    texts = data.get("texts", {})
    words = [data.get(name, "") for name in ("event", "settings", "now")]
    is_map = isinstance(texts, dict) and all(isinstance(each, str) for each in texts.values())
    if not is_map or not all(isinstance(each, str) for each in words):
        raise _unreadable("what was sent has parts of another kind", "load the page again")
    event, settings, now = words
    return Asked(texts, event, settings, now, _number(trial, data))


def _number(trial: Trial, data: dict[str, Any]) -> int:
    number = data.get("sample", 0)
    if type(number) is not int or not 0 <= number < len(trial.samples):
        raise _unreadable("there is no event of this number", "load the page again")
    return number


def _save(trial: Trial, data: dict[str, Any]) -> object:
    name, text, was = (str(data.get(key, "")) for key in ("file", "text", "was"))
    save(known(name, trial.files), text, was)
    return {"saved": name}


def _test(trial: Trial, data: dict[str, Any]) -> object:
    name, is_kept = str(data.get("name", "")), data.get("keep") is True
    return rule_test(trial, _asked(trial, data), name, is_kept=is_kept)


_ANSWERS: dict[str, Callable[[Trial, dict[str, Any]], object]] = {
    "start": lambda trial, data: started(trial, _asked(trial, data)),
    "sample": lambda trial, data: sampled(trial, _number(trial, data)),
    "apply": lambda trial, data: applied(trial, _asked(trial, data)),
    "check": lambda trial, data: checked(trial, _asked(trial, data)),
    "compare": lambda trial, data: compared(trial, _asked(trial, data)),
    "test": _test,
    "save": _save,
}
"""What the page may ask for, by the last part of the path."""

"""A real web server on this machine, which can misbehave."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


class WebServer(ThreadingHTTPServer):
    """Answers each path by the function that `answers` has for it, else by 404."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.closing = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def serve(self, path: str, answer: Answer) -> str:
        self.answers[path] = answer
        return self.url(path)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        answer = self.server.answers.get(self.path)
        if answer is None:
            self.send_error(404)
        else:
            answer(self)

    def log_message(self, *args):
        pass


def sends(content: bytes, announced: int | None = None) -> Answer:
    """Sends `content`, announcing its length or another one, then hangs up."""

    def answer(request):
        request.send_response(200)
        length = len(content) if announced is None else announced
        request.send_header("Content-Length", str(length))
        request.end_headers()
        request.wfile.write(content)

    return answer


def sends_unannounced(content: bytes) -> Answer:
    def answer(request):
        request.send_response(200)
        request.end_headers()
        request.wfile.write(content)

    return answer


def stalls_after(content: bytes, announced: int) -> Answer:
    """Sends `content`, then nothing more until the server closes."""

    def answer(request):
        sends(content, announced)(request)
        request.wfile.flush()
        request.server.closing.wait(3600)

    return answer


def redirects_to(url: str) -> Answer:
    def answer(request):
        request.send_response(302)
        request.send_header("Location", url)
        request.end_headers()

    return answer

"""What leaves the process towards a vendor is a read, or does not leave."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest

from ingestion.read_only import ReadOnlyClient, WriteRefused, read_only_postgres
from ingestion.systems import SourceError


@pytest.fixture
def vendor() -> Iterator[tuple[str, list[str]]]:
    """A server that notes every request that reaches it, and redirects what asks for /moved."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            seen.append(f"{self.command} {self.path}")
            self.send_response(307 if self.path == "/moved" else 200)
            if self.path == "/moved":
                self.send_header("Location", "http://localhost:9/elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api", seen
    server.shutdown()
    server.server_close()


def test_reads_leave(vendor):
    url, seen = vendor
    client = ReadOnlyClient(url, allowed_posts=("oauth2/token",))
    client.get("deals", {"limit": "2"})
    client.post("oauth2/token", data={"grant_type": "client_credentials"})
    client.get(f"{url}/next?page=2")
    assert seen == ["GET /api/deals?limit=2", "POST /api/oauth2/token", "GET /api/next?page=2"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "OPTIONS", "MERGE"])
def test_a_write_never_leaves(vendor, method):
    url, seen = vendor
    client = ReadOnlyClient(url, allowed_posts=("oauth2/token",))
    with pytest.raises(WriteRefused, match="was stopped: Tieout only reads"):
        client._session.request(method, f"{url}/deals/1")
    assert seen == []


def test_a_post_beside_an_allowed_one_never_leaves(vendor):
    url, seen = vendor
    client = ReadOnlyClient(url, allowed_posts=("oauth2/token",))
    for path in ("oauth2/token/revoke", "oauth2/tokens", "../oauth2/token", "deals?x=/oauth2/token"):
        with pytest.raises(WriteRefused):
            client.post(path, data={})
    assert seen == []


def test_a_read_that_a_header_turns_into_a_write_never_leaves(vendor):
    url, seen = vendor
    with pytest.raises(WriteRefused, match="a header would turn it into a write"):
        ReadOnlyClient(url).get("deals/1", headers={"X-HTTP-Method-Override": "DELETE"})
    assert seen == []


def test_no_other_host_is_asked_not_even_by_redirect(vendor):
    url, seen = vendor
    client = ReadOnlyClient(url)
    with pytest.raises(WriteRefused, match=r"A request to evil\.example was stopped"):
        client.get("http://evil.example/steal")
    with pytest.raises(WriteRefused, match="A request to localhost:9 was stopped"):
        client.get("/moved")
    assert seen == ["GET /moved"]


def test_a_vendor_that_does_not_answer_is_a_source_error():
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:9 did not answer \(ConnectionError\)"):
        ReadOnlyClient("http://127.0.0.1:9").get("x")


def test_a_database_that_cannot_be_reached_is_named_without_its_password():
    with pytest.raises(SourceError) as raised, read_only_postgres("postgresql://reader:hunter2@127.0.0.1:9/erp"):
        pass
    assert "The PostgreSQL database erp at 127.0.0.1 cannot be reached" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_database_transaction_is_read_only_and_one_moment(monkeypatch):
    asked: dict[str, object] = {}
    ended: list[str] = []

    class Connection:
        read_only = isolation_level = None

        def rollback(self) -> None:
            ended.append("rollback")

        def close(self) -> None:
            ended.append("close")

    def connect(dsn: str, **options: object) -> Connection:
        asked.update(options)
        return Connection()

    monkeypatch.setattr(psycopg, "connect", connect)
    with read_only_postgres("postgresql://x") as connection:
        assert connection.read_only is True
        assert connection.isolation_level is psycopg.IsolationLevel.REPEATABLE_READ
    assert asked["options"] == "-c default_transaction_read_only=on"
    assert ended == ["rollback", "close"]

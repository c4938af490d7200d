"""The only ways out to a vendor's system, and both can read but not write.

sources/<vendor>.py → ReadOnlyClient (HTTP: GET, and the few POSTs that are reads) or read_only_postgres → the vendor
"""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import psycopg
import requests

from ingestion.systems import SourceError

_OVERRIDES = ("x-http-method-override", "x-http-method", "x-method-override")  # headers that turn a GET into a write


class WriteRefused(Exception):
    """A request was about to leave that is not a read. It did not leave. This is a fault in the connector's code."""


class ReadOnlyClient:
    """An HTTP client for one vendor that sends GET requests to that vendor's hosts, and nothing else.

    `allowed_posts` are full URLs of POSTs that are reads themselves: an OAuth token, a search, a query. They are
    compared without their query string. `further_hosts` are hosts beside the base URL's own that may be asked.
    """

    def __init__(
        self,
        base_url: str,
        *,
        allowed_posts: tuple[str, ...] = (),
        further_hosts: tuple[str, ...] = (),
        timeout_seconds: float = 60.0,
    ) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        self.timeout_seconds = timeout_seconds
        self._session = _ReadOnlySession(
            hosts=frozenset({_host(self.base_url), *further_hosts}),
            posts=frozenset(_without_query(urljoin(self.base_url, url)) for url in allowed_posts),
        )

    def get(self, path: str, params: Mapping[str, str] | None = None, **options: Any) -> requests.Response:
        """Asks for `path` (relative to the base URL, or a full URL of an allowed host)."""
        return self._send("GET", path, params=params, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        """Sends one of the allowed POSTs. Raises WriteRefused for any other, before it leaves."""
        return self._send("POST", path, **options)

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("timeout", self.timeout_seconds)
        try:
            return self._session.request(method, urljoin(self.base_url, path), **options)
        except requests.RequestException as error:
            raise SourceError(
                f"{_host(self.base_url)} did not answer ({type(error).__name__}). See that it can be reached, then "
                "load again."
            ) from error


class _ReadOnlySession(requests.Session):
    """Every request, also one that a redirect makes, passes `send`: there it is judged."""

    def __init__(self, hosts: frozenset[str], posts: frozenset[str]) -> None:
        super().__init__()
        self._hosts, self._posts = hosts, posts

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        method, url = (request.method or "").upper(), request.url or ""
        if _host(url) not in self._hosts:
            raise WriteRefused(
                f"A request to {_host(url)} was stopped: only {', '.join(sorted(self._hosts))} is asked."
            )
        if method != "GET" and not (method == "POST" and _without_query(url) in self._posts):
            raise WriteRefused(f"{method} {_without_query(url)} was stopped: Tieout only reads.")
        if any(name.lower() in _OVERRIDES for name in request.headers):
            raise WriteRefused(f"{method} {_without_query(url)} was stopped: a header would turn it into a write.")
        return super().send(request, **options)


@contextlib.contextmanager
def read_only_postgres(dsn: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A PostgreSQL connection in one transaction that the server itself keeps from writing.

    All queries see one and the same moment (REPEATABLE READ). Raises SourceError where it cannot connect; the sentence
    holds no part of the DSN but host and database.
    """
    try:
        where = psycopg.conninfo.conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        # its own words may quote the password
        raise SourceError(
            "The PostgreSQL address cannot be read. Write it as postgresql://user@host/database (TIEOUT_<SYSTEM>_URL)."
        ) from None
    try:
        connection = psycopg.connect(dsn, connect_timeout=10, options="-c default_transaction_read_only=on")
    except psycopg.OperationalError as error:
        raise SourceError(
            f"The PostgreSQL database {where.get('dbname', '')} at {where.get('host', 'localhost')} cannot be reached, "
            "or does not let us in. Check host, database, user and password."
        ) from error
    try:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection
    finally:
        connection.rollback()
        connection.close()


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _without_query(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()

"""The address of a store, as `records=` and the command line take it; no password is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from consentgate.errors import ConfigurationError

_EXAMPLES = "'sqlite:///consent.db' or 'postgresql://user:password@host/database'"
_POSTGRESQL_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


class Backend(Enum):
    """The databases that keep records, by the extra of the package that each needs."""

    SQLITE = "records"
    POSTGRESQL = "postgres"


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Where records are: `path` of an SQLite file, or the URL of a PostgreSQL database.

    `shown` is the address without user, password and options, for messages.
    """

    backend: Backend
    shown: str
    path: Path = Path()
    url: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse_address(text: object) -> StoreAddress:
    """Return the address that a text says. Raises ConfigurationError where it says none."""
    if not isinstance(text, str) or "://" not in text:
        raise ConfigurationError(f"records= is no address of a store; write {_EXAMPLES}")
    scheme, _, rest = text.partition("://")
    if scheme == "sqlite":
        return _sqlite_address(rest)
    if scheme in _POSTGRESQL_SCHEMES:
        return _postgresql_address(rest)
    raise ConfigurationError(f"records= has the unknown scheme {scheme!r}; write {_EXAMPLES}")


def _sqlite_address(rest: str) -> StoreAddress:
    """Three slashes are before a relative path, four before an absolute one, as SQLAlchemy has
    it."""
    name = rest.removeprefix("/")
    if not rest.startswith("/") or not name or name == ":memory:" or "?" in name:
        raise ConfigurationError(
            f"records='sqlite://{rest}' names no file; write 'sqlite:///consent.db', or "
            "'sqlite:////var/lib/site/consent.db' with the absolute path of a file"
        )
    path = Path(name).absolute()
    if path.is_dir() or not path.parent.is_dir():
        raise ConfigurationError(
            f"records='sqlite:///{name}' is a folder, or in none that exists; name a file in a "
            "folder that the server may write to"
        )
    return StoreAddress(Backend.SQLITE, f"sqlite:///{path}", path=path)


def _postgresql_address(rest: str) -> StoreAddress:
    url = f"postgresql+psycopg://{rest}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
        password = unquote(parts.password or "")
    except ValueError:
        # Neither the text nor the cause: both may hold the password.
        raise ConfigurationError(
            "records='postgresql://...' cannot be read; percent-encode the password, and write "
            "'postgresql://user:password@host:5432/database'"
        ) from None
    if not parts.path.strip("/"):
        raise ConfigurationError(
            f"records='postgresql://{host}{port}' names no database; append it: /consent"
        )
    shown = f"postgresql://{host}{port}{parts.path}"
    return StoreAddress(Backend.POSTGRESQL, shown, url=url, password=password)

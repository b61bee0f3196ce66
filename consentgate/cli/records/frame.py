"""What the commands on consent records do alike: the store, record ids, keys and the last note.

What needs SQLAlchemy or cryptography is imported when a command runs, so that the others start
quickly and do not need them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from consentgate.errors import LogError

if TYPE_CHECKING:
    from consentgate.records.log.keys import Verifier
    from consentgate.records.store import Store

Function = TypeVar("Function", bound=Callable[..., Any])  # Any: a command's own arguments


def store_argument(function: Function) -> Function:
    """Give a command the argument STORE; it gets the address as `address`."""
    return click.argument("address", metavar="STORE")(function)


def record_argument(function: Function) -> Function:
    """Give a command the argument RECORD_ID; it gets the bytes as `record_id`."""
    return click.argument("record_id", metavar="RECORD_ID", type=_Hex(16))(function)


def vkey_option(*, required: bool) -> Callable[[Function], Function]:
    """Give a command `--vkey KEY`, which may be given again; it gets the texts as `vkeys`."""
    return click.option(
        "--vkey",
        "vkeys",
        metavar="KEY",
        multiple=True,
        required=required,
        help="A public key of the log: name+id+base64. May be repeated.",
    )


def last_option(function: Function) -> Function:
    """Give a command `--last FILE`; it gets the path as `last`, None where none was given."""
    return click.option(
        "--last",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The newest checkpoint, kept outside of the database; of SQLite by default the file "
        "beside it that ends in .checkpoint.",
    )(function)


def open_records(address: str) -> Store:
    """Return the store. Raises ConfigurationError where there is none."""
    from consentgate.records.opening import open_store

    return open_store(address)


def parse_keys(vkeys: Iterable[str]) -> list[Verifier]:
    """Return the keys that were given. Raises BadParameter."""
    from consentgate.records.log.keys import Verifier

    try:
        return [Verifier.parse(vkey) for vkey in vkeys]
    except LogError as error:
        raise click.BadParameter(str(error), param_hint="--vkey") from None


def write_file(path: Path, content: bytes) -> None:
    """Write a file. Raises ClickException with the reason why it cannot."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from None


class _Hex(click.ParamType[bytes]):
    """Bytes in hexadecimal; of an id also with the hyphens of a UUID."""

    name = "hex"

    def __init__(self, length: int) -> None:
        self._length = length

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:  # Any: as click has it
        try:
            converted = bytes.fromhex(str(value).replace("-", ""))
        except ValueError:
            converted = b""
        if len(converted) != self._length:
            self.fail(f"{value!r} is not {2 * self._length} hexadecimal digits", param, ctx)
        return converted


digest_type = _Hex(32)

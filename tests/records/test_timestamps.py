"""Time stamps on checkpoints, by an authority that runs here."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response

from consentgate.cli import main
from consentgate.errors import ConfigurationError, LogError
from consentgate.records.timestamps import request_timestamp
from tests.support.record_stores import decision_of, new_store, write_decisions
from tests.support.requirements import require

NOTE = "data.example.org/consent\n1\nAAAA\n"

SETTINGS = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
certs = {folder}/cert.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ordering = yes
tsa_name = no
"""

Answer = Callable[[bytes], bytes]


class Authority:
    """A time stamping authority: OpenSSL with a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        key = generate_private_key(SECP256R1())
        self.certificate = _certificate(key)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "key.pem").write_bytes(pem)
        (folder / "cert.pem").write_bytes(self.certificate.public_bytes(Encoding.PEM))
        (folder / "serial").write_text("01")
        (folder / "tsa.cnf").write_text(SETTINGS.format(folder=folder))

    def answer(self, request: bytes) -> bytes:
        (self._folder / "query").write_bytes(request)
        command = ["openssl", "ts", "-reply", "-queryfile", "query", "-config", "tsa.cnf"]
        subprocess.run(
            [*command, "-out", "reply"], cwd=self._folder, check=True, capture_output=True
        )
        return (self._folder / "reply").read_bytes()


def _certificate(key: object) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Here")])
    now = datetime.now(UTC)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())  # type: ignore[attr-defined]
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return builder.sign(key, SHA256())  # type: ignore[arg-type]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The address at which requests are answered."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answered = answer(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answered)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    require(shutil.which("openssl"), "OpenSSL")
    return Authority(tmp_path)


def test_a_stamp_says_when_a_note_was_there(authority: Authority) -> None:
    with serving(authority.answer) as url:
        stamp = request_timestamp(NOTE, url)

    assert abs(datetime.now(UTC) - stamp.at) < timedelta(minutes=1)
    verifier = VerifierBuilder().add_root_certificate(authority.certificate).build()
    assert verifier.verify_message(decode_timestamp_response(stamp.answer), NOTE.encode())


def test_a_stamp_on_another_note_is_refused(authority: Authority) -> None:
    def other(request: bytes) -> bytes:
        nonce = TimestampRequestBuilder().data(b"other").build()
        return authority.answer(nonce.as_bytes())

    with serving(other) as url, pytest.raises(LogError, match="answered another request"):
        request_timestamp(NOTE, url)


def test_a_stamp_on_something_else_is_refused(authority: Authority) -> None:
    digest, other = (sha256(text.encode()).digest() for text in (NOTE, "another note"))

    def exchange(request: bytes) -> bytes:
        return authority.answer(request.replace(digest, other))

    with serving(exchange) as url, pytest.raises(LogError, match="stamped something else"):
        request_timestamp(NOTE, url)


def test_an_authority_that_refuses_is_named(authority: Authority) -> None:
    def refuse(_: bytes) -> bytes:
        return authority.answer(b"no request")

    with serving(refuse) as url, pytest.raises(LogError, match=r"refused|no time stamp"):
        request_timestamp(NOTE, url)


def test_an_answer_that_is_none_is_refused() -> None:
    with serving(lambda _: b"<html>") as url, pytest.raises(LogError, match="no time stamp"):
        request_timestamp(NOTE, url)


def test_an_authority_that_cannot_be_reached_is_named() -> None:
    with pytest.raises(LogError, match=r"cannot be asked: .*refused"):
        request_timestamp(NOTE, "http://127.0.0.1:1/")


def test_an_authority_that_does_not_speak_http_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_answer_once, args=(server, b"no HTTP\r\n\r\n"))
        thread.start()
        with pytest.raises(LogError, match="cannot be asked: no HTTP"):
            request_timestamp(NOTE, f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()


def _answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(answer)


@pytest.mark.parametrize("url", ["ftp://a.example", "file:///etc/passwd", "tsa"])
def test_an_address_is_one_of_the_web(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"no http\(s\) address"):
        request_timestamp(NOTE, url)


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)

    with pytest.raises(ConfigurationError, match=r"consentgate\[timestamps\]"):
        request_timestamp(NOTE, "http://127.0.0.1:1/")


@pytest.mark.cli
def test_a_stamp_is_stored_with_the_checkpoint_and_written_beside_it(
    authority: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = new_store(tmp_path / "consent.db")
    write_decisions(store, [decision_of()])
    out = tmp_path / "checkpoint.txt"

    with serving(authority.answer) as url:
        address = f"sqlite:///{tmp_path / 'consent.db'}"
        line = ["records", "checkpoint", address, "--timestamp", url, "--out", str(out), "--json"]
        assert main(line) == 0
    assert '"timestamp": "20' in capsys.readouterr().out
    with store.read() as reading:
        (saved,) = reading.checkpoints()
    assert saved.timestamp == (tmp_path / "checkpoint.txt.tsr").read_bytes()
    verifier = VerifierBuilder().add_root_certificate(authority.certificate).build()
    response = decode_timestamp_response(saved.timestamp)
    assert verifier.verify_message(response, saved.note.encode())

"""Checkpoints as in C2SP tlog-checkpoint."""

from __future__ import annotations

import pytest

from consentgate.errors import LogError
from consentgate.records.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from consentgate.records.log.keys import Signer
from consentgate.records.log.merkle import EMPTY_ROOT
from consentgate.records.log.notes import open_note, sign_note
from tests.support.changed_texts import changes_of, is_read

# The example of c2sp.org/tlog-checkpoint.
TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
SIGNER = Signer("example.com/behind-the-sofa", bytes(32))
CHECKPOINT = Checkpoint.parse(TEXT)


def test_checkpoint_of_the_specification_is_read_and_written() -> None:
    assert CHECKPOINT.origin == "example.com/behind-the-sofa"
    assert CHECKPOINT.size == 20_852_163
    assert CHECKPOINT.root.hex().startswith("0ac5186a91863e8e1d90c8")
    assert CHECKPOINT.extensions == ()
    assert str(CHECKPOINT) == TEXT


def test_extension_lines_are_read_and_kept() -> None:
    checkpoint = Checkpoint.parse(f"{TEXT}Timestamp: 1\nother\n")

    assert checkpoint.extensions == ("Timestamp: 1", "other")
    assert str(checkpoint) == f"{TEXT}Timestamp: 1\nother\n"


def test_checkpoint_of_an_empty_log_is_read() -> None:
    checkpoint = Checkpoint("log.example", 0, EMPTY_ROOT)

    assert Checkpoint.parse(str(checkpoint)) == checkpoint


def test_origin_need_not_be_an_address() -> None:
    assert Checkpoint.parse(TEXT.replace("example.com", "a log + more")).size == 20_852_163


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "three lines", id="nothing"),
        pytest.param("log.example\n7\n", "three lines", id="no root"),
        pytest.param(TEXT.removesuffix("\n"), "three lines", id="no line break at the end"),
        pytest.param(f"{TEXT}\n", "none of them empty", id="an empty extension line"),
        pytest.param(f"\n7\n{ROOT}\n", "none of them empty", id="no origin"),
        pytest.param(f"a\n\n{ROOT}\n", "none of them empty", id="no size"),
        pytest.param(f"a\n07\n{ROOT}\n", "'07'", id="a leading zero"),
        pytest.param(f"a\n+7\n{ROOT}\n", "not a decimal", id="a sign"),
        pytest.param(f"a\n-7\n{ROOT}\n", "not a decimal", id="less than nothing"),
        pytest.param(f"a\n7 \n{ROOT}\n", "not a decimal", id="a space"),
        pytest.param(f"a\n1_000\n{ROOT}\n", "not a decimal", id="a number of Python"),
        pytest.param(f"a\n\u0667\n{ROOT}\n", "not a decimal", id="a digit beyond ASCII"),
        pytest.param(f"a\n{'9' * 5000}\n{ROOT}\n", "at most 19 digits", id="too many digits"),
        pytest.param("a\n7\nAAAA\n", "has 3 bytes, a SHA-256 hash has 32", id="a short root"),
        pytest.param(f"a\n7\n{ROOT[:-1]}\n", "not base64", id="a root without padding"),
        pytest.param(f"a\n7\n{ROOT[:-2]}J=\n", "not base64", id="a root in another spelling"),
    ],
)
def test_malformed_checkpoint_is_refused(text: str, message: str) -> None:
    with pytest.raises(LogError, match=message):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint("", 7, CHECKPOINT.root),
        Checkpoint("log.example\n8", 7, CHECKPOINT.root),
        Checkpoint("log.example", -1, CHECKPOINT.root),
        Checkpoint("log.example", 7, b"short"),
        Checkpoint("log.example", 7, CHECKPOINT.root, ("",)),
        Checkpoint("log.example", 7, CHECKPOINT.root, ("two\nlines",)),
    ],
    ids=repr,
)
def test_checkpoint_that_would_be_read_otherwise_is_not_signed(checkpoint: Checkpoint) -> None:
    with pytest.raises(LogError):
        sign_checkpoint(checkpoint, SIGNER)


@pytest.mark.law(12)
def test_signed_checkpoint_is_opened_with_its_key() -> None:
    note = sign_checkpoint(CHECKPOINT, SIGNER)

    assert open_checkpoint(note, [SIGNER.verifier]) == CHECKPOINT
    assert open_checkpoint(note, [SIGNER.verifier], origin=CHECKPOINT.origin) == CHECKPOINT


def test_checkpoint_of_another_log_is_refused() -> None:
    note = sign_checkpoint(CHECKPOINT, SIGNER)

    with pytest.raises(LogError, match=r"is that of example.com/behind-the-sofa, not of other"):
        open_checkpoint(note, [SIGNER.verifier], origin="other.example")


def test_checkpoint_of_another_key_is_refused() -> None:
    note = sign_checkpoint(CHECKPOINT, SIGNER)

    with pytest.raises(LogError, match="No known key"):
        open_checkpoint(note, [Signer(SIGNER.name, b"1" * 32).verifier])


def test_checkpoint_is_opened_with_either_key_while_the_key_is_changed() -> None:
    new = Signer(SIGNER.name, b"2" * 32)
    note = sign_checkpoint(CHECKPOINT, SIGNER, new)

    assert open_checkpoint(note, [SIGNER.verifier]) == CHECKPOINT
    assert open_checkpoint(note, [new.verifier]) == CHECKPOINT
    assert open_note(note, [new.verifier, SIGNER.verifier]).signed_by == (
        SIGNER.verifier,
        new.verifier,
    )


def test_signed_note_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(LogError, match="three lines"):
        open_checkpoint(sign_note("Hello.\n", SIGNER), [SIGNER.verifier])


def test_none_of_a_thousand_changes_of_a_checkpoint_is_accepted() -> None:
    note = sign_checkpoint(CHECKPOINT, SIGNER)

    def is_accepted(changed: str) -> bool:
        return is_read(lambda: open_checkpoint(changed, [SIGNER.verifier]))

    assert is_accepted(note)
    assert [one for one in changes_of(note, count=1000, seed=2) if is_accepted(one)] == []

"""Signed notes as in C2SP signed-note: what is read, what is believed, and what is refused."""

from __future__ import annotations

import pytest

from consentgate.errors import LogError
from consentgate.records.log.keys import Signer, Verifier
from consentgate.records.log.lines import encode_base64
from consentgate.records.log.notes import Note, open_note, sign_note
from tests.support.changed_texts import changes_of, is_read

# The note and the keys in the documentation and tests of golang.org/x/mod/sumdb/note.
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER = Signer.parse(
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
)
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpR"
    "Zb6KE6RyyBwJnAM=\n"
)
ENOCH = Verifier.parse("EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33"
    "WWd1RvMc+QQ=\n"
)
NOTE = f"{TEXT}\n{PETER_LINE}"

# The example of c2sp.org/signed-note.
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONn"
    "cAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
SALVATORE_NOTE = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFS"
    "QU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)


def line_of(name: str, signature: bytes) -> str:
    return f"— {name} {encode_base64(signature)}\n"


def test_note_of_the_specification_is_verified() -> None:
    opened = open_note(C2SP_NOTE, [Verifier.parse(C2SP_KEY)])

    assert opened.text == "This is an example message.\n"
    assert [str(key) for key in opened.signed_by] == [C2SP_KEY]


def test_note_is_signed_as_go_signs_it() -> None:
    assert sign_note(TEXT, PETER) == NOTE


def test_empty_lines_are_part_of_the_text_up_to_the_last() -> None:
    note = Note.parse(SALVATORE_NOTE)

    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    assert [one.name for one in note.signatures] == ["quasimodo.example/salvatore"]


@pytest.mark.parametrize("note", [NOTE, C2SP_NOTE, SALVATORE_NOTE, NOTE + ENOCH_LINE])
def test_note_is_written_as_it_was_read(note: str) -> None:
    assert str(Note.parse(note)) == note


@pytest.mark.parametrize("text", ["\n", "\n\n\n", "a\n\n\nb\n\n"])
def test_text_of_empty_lines_is_read_as_it_was_signed(text: str) -> None:
    assert open_note(sign_note(text, PETER), [PETER.verifier]).text == text


def test_signature_of_an_unknown_key_is_ignored() -> None:
    opened = open_note(NOTE + ENOCH_LINE, [PETER.verifier])

    assert opened.signed_by == (PETER.verifier,)


def test_all_known_keys_that_signed_are_named() -> None:
    opened = open_note(NOTE + ENOCH_LINE, [ENOCH, PETER.verifier])

    assert opened.signed_by == (PETER.verifier, ENOCH)


def test_note_is_signed_by_several_keys() -> None:
    other = Signer("log.example", bytes(32))

    assert open_note(sign_note(TEXT, PETER, other), [other.verifier, PETER.verifier]).signed_by == (
        PETER.verifier,
        other.verifier,
    )


def test_key_of_the_same_name_with_another_id_is_unknown() -> None:
    other = Signer("PeterNeumann", bytes(32))
    note = sign_note(TEXT, other, PETER)

    assert open_note(note, [PETER.verifier]).signed_by == (PETER.verifier,)


def test_note_that_no_known_key_signed_is_refused() -> None:
    with pytest.raises(LogError, match=r"No known key .* of PeterNeumann, EnochRoot"):
        open_note(NOTE + ENOCH_LINE, [Verifier.parse(C2SP_KEY)])
    with pytest.raises(LogError, match="No known key"):
        open_note(NOTE, [])


def test_known_key_that_fails_rejects_the_note_that_another_signed() -> None:
    forged = line_of("EnochRoot", ENOCH.key_id + bytes(64))

    with pytest.raises(LogError, match="The signature of EnochRoot does not match the text"):
        open_note(NOTE + forged, [PETER.verifier, ENOCH])


def test_note_of_sixteen_signatures_is_read_and_one_of_101_is_not() -> None:
    unknown = line_of("witness.example", bytes(68))

    assert open_note(NOTE + 15 * unknown, [PETER.verifier]).text == TEXT
    assert open_note(NOTE + 99 * unknown, [PETER.verifier]).text == TEXT
    with pytest.raises(LogError, match="at most 100 signatures"):
        open_note(NOTE + 100 * unknown, [PETER.verifier])


@pytest.mark.parametrize(
    ("note", "message"),
    [
        pytest.param("", "an empty line", id="nothing"),
        pytest.param(TEXT, "an empty line", id="a text alone"),
        pytest.param(f"{TEXT}\n", "an empty line", id="no signatures"),
        pytest.param(f"{TEXT}{PETER_LINE}", "an empty line", id="no empty line"),
        pytest.param(NOTE.removesuffix("\n"), "an empty line", id="no line break at the end"),
        pytest.param(f"{NOTE}\n", "an empty line", id="an empty line at the end"),
        pytest.param(f"{NOTE}Unexpected line.\n", "not 'Unexpected", id="a line after them"),
        pytest.param(NOTE.replace("—", "-"), "A signature is", id="a hyphen for the dash"),
        pytest.param(NOTE.replace("— P", "—  P"), "A signature is", id="two spaces"),
        pytest.param(
            NOTE.replace("— Peter", "— Peter "), "A signature is", id="a name of two words"
        ),
        pytest.param(NOTE.replace("— Peter", "— Peter\u2003"), "name", id="another space in it"),
        pytest.param(NOTE.replace("— Peter", "— Peter+"), "name", id="a plus in the name"),
        pytest.param(NOTE.replace("— PeterNeumann", "— "), "name", id="no name"),
        pytest.param(f"\x01{NOTE}", "character '\\\\x01'", id="a control character"),
        pytest.param(NOTE.replace("\n", "\r\n"), "character '\\\\r'", id="line breaks of Windows"),
        pytest.param(NOTE.replace(" don't", "\tdon't"), "character '\\\\t'", id="a tab"),
        pytest.param(f"\udcff{NOTE}", "character '\\\\udcff'", id="a byte that is not UTF-8"),
        pytest.param(NOTE.replace("nAM=", "nAM"), "not base64", id="base64 without padding"),
        pytest.param(NOTE.replace("nAM=", "nAN="), "not base64", id="bits in the padding"),
        pytest.param(NOTE.replace("nAM=", "n-M="), "not base64", id="base64 for addresses"),
        pytest.param(NOTE + line_of("a.example", b"1234"), "too short", id="only a key ID"),
    ],
)
def test_malformed_note_is_refused(note: str, message: str) -> None:
    with pytest.raises(LogError, match=message):
        open_note(note, [PETER.verifier])


@pytest.mark.parametrize("text", ["", "no line break", "a tab\t\n", "half\ud800\n"])
def test_text_that_no_note_can_hold_is_not_signed(text: str) -> None:
    with pytest.raises(LogError):
        sign_note(text, PETER)


def test_note_without_a_signer_is_not_made() -> None:
    with pytest.raises(LogError, match="at least one signature"):
        sign_note(TEXT)


def test_none_of_a_thousand_changes_of_a_note_is_accepted() -> None:
    def is_accepted(note: str) -> bool:
        return is_read(lambda: open_note(note, [PETER.verifier]))

    assert is_accepted(NOTE)
    assert [note for note in changes_of(NOTE, count=1000, seed=1) if is_accepted(note)] == []

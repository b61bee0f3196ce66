"""A store of records behind the ASGI middleware: the event loop never waits for its disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from consentgate.records.entries import EntryKind
from consentgate.records.log.keys import Signer
from consentgate.records.receipt import verify_receipt
from consentgate.records.recorder import StoreRecorder
from tests.support.exchange import SECRET
from tests.support.frameworks import BARE, Send, choose, post
from tests.support.records import stored


@pytest.mark.slow
@pytest.mark.law(11)
def test_decisions_and_receipts_pass_without_a_call_that_blocks(tmp_path: Path) -> None:
    recorder = StoreRecorder(f"sqlite:///{tmp_path / 'consent.db'}", secret_key=SECRET)
    visit = BARE["asgi"]

    accepted = visit(post("choice=accept&source=banner&language=en"), records=recorder)
    refused = visit(choose("refuse"), records=recorder)
    shown = visit(Send(path="/"), records=recorder)
    cookie = "; ".join(value.partition(";")[0] for value in accepted.cookies)
    receipt = visit(Send(path="/consent/receipt", cookie=cookie), records=recorder)

    recorder.close()
    assert [accepted.status, refused.status, shown.status, receipt.status] == [303, 303, 200, 200]
    entries = stored(recorder.store)
    assert [entry.kind for entry in entries] == [EntryKind.DECISION] * 2
    with recorder.store.read() as reading:
        signer = Signer.derive(SECRET.encode(), reading.log().origin)
    assert verify_receipt(receipt.body, [signer.verifier]).index == 0

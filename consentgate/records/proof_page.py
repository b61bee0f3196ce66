"""The page that shows one record to somebody else: the decision, its notice, and the proof of both.

It is one file without a script. The notice is in a frame of its own, which may do nothing.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from datetime import datetime
from html import escape

from consentgate.choice.decision import Notice
from consentgate.errors import LogError
from consentgate.records.dpv import time_text
from consentgate.records.html import fill, policy_for, styles
from consentgate.records.log.keys import Verifier
from consentgate.records.payload import RecordedDecision, ShownNotice, read_notice
from consentgate.records.receipt import verify_receipt

_LOADING = re.compile(r"<script\b.*?</script\s*>|<link\b[^>]*>", re.DOTALL | re.IGNORECASE)

PREFERENCES = "preferences"
"""The place that is a page; a banner is in a page of the site, which is not recorded."""


def proof_page(
    receipt: bytes, notice: Notice, verifiers: Sequence[Verifier], *, created: datetime
) -> str:
    """Return the page of a receipt and its notice, once they were verified. Raises what
    `verify_receipt` raises."""
    proved = verify_receipt(receipt, verifiers)
    if notice.digest.hex() != proved.decision.notice:
        raise LogError("the notice is not the one that the decision was made on")
    proof = json.loads(receipt)["cg:proof"]
    shown = read_notice(notice)
    return fill(
        "proof.html",
        policy=policy_for(styles(), shown.styles),
        styles=styles(),
        decision=proved.decision,
        facts=list(_facts(proved.decision)),
        origin=proved.checkpoint.origin,
        size=proved.checkpoint.size,
        index=proved.index,
        created=time_text(created),
        notice_page=notice_page(notice, source=proved.decision.source),
        payload=_decode(proof["cg:payload"]).decode("utf-8"),
        salt=proof["cg:salt"],
        proof=proof["cg:tlogProof"],
        keys="\n".join(map(str, verifiers)),
        receipt=receipt.decode("utf-8"),
    )


def notice_page(notice: Notice, *, source: str) -> str:
    """Return a notice as a page of its own with the styles that it had: the preferences page, or
    the banner on an empty page."""
    shown = read_notice(notice)
    if not shown.banner:
        html = _declared(shown)
        return fill("notice.html", language="en", styles=shown.styles, html=html)
    if source == PREFERENCES:
        page = _without_loading(shown.preferences)
        return page.replace("</head>", f"<style>{shown.styles}</style></head>", 1)
    html = _without_loading(shown.banner)
    return fill("notice.html", language=notice.language, styles=shown.styles, html=html)


def _without_loading(html: str) -> str:
    """Return HTML without its scripts and links to style sheets: what they load may be another one
    today, and the page may load nothing."""
    return _LOADING.sub("", html)


def _declared(shown: ShownNotice) -> str:
    """Return what was declared, where nothing of this library was shown."""
    text = json.dumps(shown.declaration, indent=2, ensure_ascii=False)
    words = "The site asked in words of its own, which it knows. This is what it declared:"
    return f"<p>{words}</p><pre>{escape(text)}</pre>"


def _facts(decision: RecordedDecision) -> list[tuple[str, str]]:
    facts = [
        ("record", decision.id),
        ("time", time_text(decision.at)),
        ("decision", decision.kind.value),
        ("language", decision.language),
        ("method", decision.method),
        ("place", decision.source),
        ("Global Privacy Control", "the browser sent it" if decision.gpc else "not sent"),
        ("digest of the notice", f"sha256:{decision.notice}"),
    ]
    return [*facts, *([("replaces record", decision.replaces)] if decision.replaces else [])]


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

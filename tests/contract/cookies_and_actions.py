"""The cookies and the handler's actions that the rules speak of."""

from __future__ import annotations

from consentgate import VisitorConsent

SESSION = "session=abc; HttpOnly; Path=/; SameSite=Lax"
CSRF = 'csrftoken="q\\"x"; expires=Wed, 24 Nov 2027 16:00:00 GMT; Max-Age=31449600; Path=/'
GA = "_ga=GA1.2.3; Max-Age=34128000; Path=/"
FBP = "_fbp=fb.1; Max-Age=7776000; Path=/; Domain=example.org"
PLAIN = (("Content-Type", "text/html"), ("X-One", "1"), ("ETag", '"v1"'))
DOCUMENT = (("Sec-Fetch-Dest", "document"),)


def grant_all(consent: VisitorConsent) -> None:
    consent.grant()


def grant_statistics(consent: VisitorConsent) -> None:
    consent.grant("statistics")


def withdraw(consent: VisitorConsent) -> None:
    consent.withdraw()


def refuse(consent: VisitorConsent) -> None:
    consent.refuse()


def save_statistics(consent: VisitorConsent) -> None:
    consent.save("statistics")

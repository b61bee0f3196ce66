"""Reads a regime from TOML: the shipped ones by name, a site's own from a file or a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from consentgate.errors import Finding, PolicyError
from consentgate.policy.fields import as_flag, as_line
from consentgate.policy.lifetime import as_duration
from consentgate.policy.problems import Problem, as_word, choose_from, invalid_value
from consentgate.policy.regime import (
    Asked,
    Duty,
    Exemption,
    Provision,
    Regime,
    Signal,
    Status,
)
from consentgate.policy.terms import Terms, as_day
from consentgate.policy.text import Text, as_text
from consentgate.policy.toml_tables import Table, parse_toml, read_text, unknown_keys
from consentgate.policy.vocabulary import ExemptReason

_FOLDER = resources.files("consentgate.policy").joinpath("regimes")

_SOURCE_KEYS = ("text", "source", "paragraph", "status", "read", "does")
_TOP_KEYS = ("name", "title", "date", "within", "words")
_TABLES: dict[str, tuple[str, ...]] = {
    "asked": ("how",),
    "signal": ("refuses",),
    "choice": ("lifetime",),
    "ask_again": ("after",),
}
_LISTS: dict[str, tuple[str, ...]] = {
    "exempt": (
        *("reasons", "categories", "lifetime"),
        *("renewal", "retention", "assessment", "objection"),
    ),
    "show": ("what",),
    "provision": (),
}
_LIMITS = frozenset({"lifetime", "renewal", "retention", "assessment"})

Value = TypeVar("Value")


class _Read(StrEnum):
    """Whether the text of a source was read itself."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


@cache
def shipped_regimes() -> tuple[str, ...]:
    """Return the names of the shipped regimes, the strictest first."""
    files = (file.name for file in _FOLDER.iterdir() if file.name.endswith(".toml"))
    names = (name.removesuffix(".toml") for name in files)
    return tuple(sorted(names, key=lambda name: shipped_regime(name).strictness, reverse=True))


@cache
def shipped_regime(name: str) -> Regime:
    """Return the shipped regime of this name. Raises FileNotFoundError where there is none."""
    text = _FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return read_regime({"name": name, **parse_toml(text, label=name)}, place=f"regime {name!r}")


def load_regime(name: str) -> Regime:
    """Return a regime: a shipped name, or a path that ends in ".toml". Raises PolicyError."""
    if name.endswith(".toml"):
        label = f"regime {name!r}"
        document = parse_toml(read_text(name, label=label), label=label)
        return read_regime({"name": Path(name).stem, **document}, place=label, path=name)
    if name not in shipped_regimes():
        hint = f"{choose_from(shipped_regimes(), instead_of=name)}; or a path to a .toml"
        message = f"no regime is called {name!r:.80}"
        raise PolicyError([Finding("CG013", "regime", message, hint)])
    return shipped_regime(name)


def read_regime(document: Mapping[str, Any], *, place: str, path: str = "") -> Regime:
    """Return the regime of a table. Raises PolicyError with all errors in it."""
    reader = _RegimeReader(document, place)
    regime = reader.regime(path)
    if reader.errors:
        raise PolicyError(dict.fromkeys(reader.errors))
    return regime


class _RegimeReader:
    """Reads one regime; leaves out what cannot be used, and adds an error."""

    def __init__(self, document: Mapping[str, Any], place: str) -> None:
        self._document = document
        self._place = place
        self.errors = unknown_keys(document, known=(*_TOP_KEYS, *_TABLES, *_LISTS), place=place)
        self._provisions: list[Provision] = []

    def regime(self, path: str) -> Regime:
        """Return the regime, with a default for each part that cannot be used."""
        top = _Table(self._document, self._place, self.errors)
        asked = self._table("asked")
        exemptions = tuple(self._exemptions())
        signal, choice = self._table("signal"), self._table("choice")
        again, duties = self._table("ask_again"), frozenset(self._duties())
        for number, table in enumerate(self._list("provision")):
            self._provision(f"provision.{number}", table)
        words = _Table(top.mapping("words"), f"{self._place}: words", self.errors)
        self.errors += unknown_keys(words.table, known=("consent", "statistics"), place=words.place)
        return Regime(
            name=top.line("name", required=True),
            title=top.line("title", required=True),
            date=top.day("date"),
            asked=asked.word("how", Asked, Asked.OPT_IN),
            exemptions=exemptions,
            signal=signal.signal("refuses"),
            choice_lifetime=choice.duration("lifetime"),
            ask_again=again.duration("after"),
            shows=duties,
            provisions=tuple(self._provisions),
            within=top.line("within"),
            consent_words=words.text("consent"),
            statistics_words=words.text("statistics"),
            path=path,
            document=None if path else self._document,
        )

    def _table(self, key: str) -> _Table:
        """Return a table that a regime must have, and note its provision."""
        place = f"{self._place}: {key}"
        value = self._document.get(key)
        if not isinstance(value, Mapping):
            problem = invalid_value(key, value, f"write [{key}]")
            self.errors.append(problem.at(self._place))
            return _Table({}, place, [])  # that is said once
        table = _Table(value, place, self.errors)
        known = (*_TABLES[key], *_SOURCE_KEYS)
        self.errors += unknown_keys(table.table, known=known, place=place)
        self._provision(key, table)
        return table

    def _list(self, key: str) -> Iterator[_Table]:
        tables = self._document.get(key, [])
        if not isinstance(tables, list | tuple):
            self.errors.append(invalid_value(key, tables, f"write [[{key}]]").at(self._place))
            return
        for number, value in enumerate(tables):
            place = f"{self._place}: {key}[{number}]"
            if isinstance(value, Mapping):
                known = (*_LISTS[key], *_SOURCE_KEYS)
                self.errors += unknown_keys(value, known=known, place=place)
                yield _Table(value, place, self.errors)
            else:
                self.errors.append(invalid_value(key, value, f"write [[{key}]]").at(place))

    def _exemptions(self) -> Iterator[Exemption]:
        for table in self._list("exempt"):
            reasons = frozenset(table.words("reasons", ExemptReason))
            categories = frozenset(table.lines("categories"))
            first = next(iter((*table.lines("reasons"), *table.lines("categories"))), "nothing")
            can_be_refused = bool(categories) or ExemptReason.AUDIENCE_MEASUREMENT in reasons
            self._check_objection(table, can_be_refused=can_be_refused)
            yield Exemption(
                provision=self._provision(f"exempt.{first}", table),
                reasons=reasons,
                categories=categories,
                terms=Terms(
                    lifetime=table.limit("lifetime"),
                    renewal=table.flag("renewal", default=True),
                    retention=table.limit("retention"),
                    assessment=table.flag("assessment", default=False),
                ),
            )

    def _check_objection(self, table: _Table, *, can_be_refused: bool) -> None:
        if table.flag("objection", default=False) is not can_be_refused:
            message = "what is not necessary can be refused, and what is necessary cannot"
            hint = f"write objection = {str(can_be_refused).lower()}"
            table.add(Problem("CG013", message, hint))
        if not can_be_refused and not _LIMITS.isdisjoint(table.table):
            message = "terms are for what is not necessary"
            hint = "leave lifetime, renewal, retention and assessment out"
            table.add(Problem("CG013", message, hint))

    def _duties(self) -> Iterator[Duty]:
        for table in self._list("show"):
            duty = table.word("what", Duty, None)
            if duty is not None:
                self._provision(f"show.{duty}", table)
                yield duty

    def _provision(self, provision_id: str, table: _Table) -> Provision:
        provision = Provision(
            id=provision_id,
            source=table.line("source", required=True),
            status=table.word("status", Status, Status.PROPOSAL),
            paragraph=table.line("paragraph"),
            text=table.line("text"),
            does=table.line("does"),
            is_primary=table.line("read") == "" or table.word("read", _Read, None) is _Read.PRIMARY,
        )
        self._provisions.append(provision)
        return provision


class _Table:
    """One table and its place; reads its values and adds an error for each that cannot be used."""

    def __init__(self, table: Mapping[str, Any], place: str, errors: list[Finding]) -> None:
        self.table = table
        self.place = place
        self._errors = errors

    def add(self, problem: Problem) -> None:
        """Add an error of this table."""
        self._errors.append(problem.at(self.place))

    def mapping(self, key: str) -> Table:
        """Return a table in it, an empty one where there is none."""
        value = self.table.get(key, {})
        if isinstance(value, Mapping):
            return dict(value)
        self.add(invalid_value(key, value, f"write [{key}]"))
        return {}

    def line(self, key: str, *, required: bool = False) -> str:
        """Return a text, "" where there is none."""
        value = self.table.get(key, "")
        if required and value == "":
            self.add(Problem("CG013", f"it has no {key}", "each rule of a regime needs it"))
        return self._convert(as_line, key, value)

    def text(self, key: str) -> Text:
        """Return a text, or texts by language."""
        return self._convert(as_text, key, self.table.get(key, ""))

    def day(self, key: str) -> date:
        """Return a day, which must be there."""
        value = self.table.get(key)
        day = as_day(value)
        if day is None:
            self.add(
                invalid_value(key, value, "give the day as of which it holds, such as 2026-11-29")
            )
        return day or date.min

    def flag(self, key: str, *, default: bool) -> bool:
        """Return whether something is so."""
        return self._convert(as_flag, key, self.table.get(key, default))

    def duration(self, key: str) -> timedelta:
        """Return a duration, which must be there."""
        duration = self._convert(as_duration, key, self.table.get(key))
        return duration or timedelta()

    def limit(self, key: str) -> timedelta | None:
        """Return a duration, None where there is none."""
        return self.duration(key) if key in self.table else None

    def word(self, key: str, words: type[Any], default: Any) -> Any:
        """Return the member of a closed list, which must be there."""
        member = self._convert(partial(as_word, words), key, self.table.get(key))
        return default if member is None else member

    def words(self, key: str, words: type[Any]) -> Iterator[Any]:
        """Yield members of a closed list."""
        members = (self._convert(partial(as_word, words), key, line) for line in self.lines(key))
        return (member for member in members if member is not None)

    def lines(self, key: str) -> tuple[str, ...]:
        """Return several texts, none where the key is not there."""
        value = self.table.get(key, ())
        if isinstance(value, list | tuple) and all(isinstance(line, str) for line in value):
            return tuple(value)
        self.add(invalid_value(key, value, "give a list of texts"))
        return ()

    def signal(self, key: str) -> Signal | tuple[str, ...]:
        """Return what a signal refuses: a word, or names of categories."""
        if isinstance(self.table.get(key), list | tuple):
            return self.lines(key)
        signal: Signal = self.word(key, Signal, Signal.ALL)
        return signal

    def _convert(self, reader: Callable[..., Value], key: str, value: object) -> Value:
        problems: list[Problem] = []
        converted = reader(value, field=key, problems=problems)
        for problem in problems:
            self.add(problem)
        return converted

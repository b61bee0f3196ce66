"""The data sets of the portal. They are invented, like the town."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

Said = tuple[str, str]
"""A text in French and in English."""


@dataclass(frozen=True, slots=True)
class Readable:
    """A data set in one language."""

    slug: str
    title: str
    theme: str
    summary: str
    records: int
    updated: date
    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set in both languages, with the first of its records."""

    slug: str
    title: Said
    theme: Said
    summary: Said
    records: int
    updated: date
    columns: tuple[Said, ...]
    sample: tuple[tuple[str, ...], ...]

    def read_in(self, language: str | None) -> Readable:
        """Return this data set in English if the language is English, else in French."""
        place = _place(language)
        return Readable(
            self.slug,
            title=self.title[place],
            theme=self.theme[place],
            summary=self.summary[place],
            records=self.records,
            updated=self.updated,
            columns=tuple(column[place] for column in self.columns),
            sample=self.sample,
        )


def search(query: str, language: str | None) -> list[Dataset]:
    """Return the data sets that have every word of the query in their texts."""
    words = _plain(query).split()
    every = DATASETS.values()
    return [dataset for dataset in every if _has_all(dataset.read_in(language), words)]


def _has_all(dataset: Readable, words: Iterable[str]) -> bool:
    text = _plain(f"{dataset.title} {dataset.theme} {dataset.summary}")
    return all(word in text for word in words)


def _plain(text: str) -> str:
    """Return the text as people type it: in lower case, with straight apostrophes."""
    return text.lower().replace("’", "'")


def _place(language: str | None) -> int:
    return 1 if (language or "fr").startswith("en") else 0


ENVIRONMENT = "Environnement", "Environment"
MOBILITY = "Mobilité", "Mobility"
LIFE = "Vie locale", "Local life"

_ALL = (
    Dataset(
        "arbres-remarquables",
        title=("Arbres remarquables", "Notable trees"),
        theme=ENVIRONMENT,
        summary=(
            "Les arbres classés de la commune : essence, hauteur et emplacement.",
            "The town’s listed trees: species, height and location.",
        ),
        records=148,
        updated=date(2026, 10, 2),
        columns=(("Essence", "Species"), ("Hauteur", "Height"), ("Lieu", "Place")),
        sample=(
            ("Cèdre du Liban", "31 m", "Parc de la Mairie"),
            ("Tilleul", "24 m", "Place de l’Église"),
            ("Platane", "28 m", "Quai des Lavandières"),
        ),
    ),
    Dataset(
        "stationnement-velos",
        title=("Stationnements pour vélos", "Bicycle parking"),
        theme=MOBILITY,
        summary=(
            "Les arceaux et abris pour vélos : emplacement, nombre de places et protection.",
            "Bicycle racks and shelters: location, number of places, and whether they are covered.",
        ),
        records=312,
        updated=date(2026, 11, 16),
        columns=(("Emplacement", "Location"), ("Places", "Places"), ("Abri", "Covered")),
        sample=(
            ("Gare", "120", "oui"),
            ("Médiathèque", "24", "oui"),
            ("Halles", "16", "non"),
        ),
    ),
    Dataset(
        "marches",
        title=("Marchés de plein air", "Open-air markets"),
        theme=LIFE,
        summary=(
            "Jours, horaires et lieux des marchés hebdomadaires.",
            "Days, hours and squares of the weekly markets.",
        ),
        records=9,
        updated=date(2026, 9, 21),
        columns=(("Marché", "Market"), ("Jour", "Day"), ("Horaires", "Hours")),
        sample=(
            ("Halles", "samedi", "8 h à 13 h"),
            ("Les Tanneries", "mercredi", "8 h à 12 h 30"),
            ("Quai Nord", "dimanche", "9 h à 13 h"),
        ),
    ),
    Dataset(
        "qualite-air",
        title=("Qualité de l’air", "Air quality"),
        theme=ENVIRONMENT,
        summary=(
            "Moyennes journalières des particules fines et du dioxyde d’azote.",
            "Daily means of fine particles and of nitrogen dioxide.",
        ),
        records=4380,
        updated=date(2026, 11, 23),
        columns=(("Date", "Date"), ("PM2,5", "PM2.5"), ("NO₂", "NO₂")),
        sample=(
            ("2026-11-23", "9 µg/m³", "18 µg/m³"),
            ("2026-11-22", "7 µg/m³", "15 µg/m³"),
            ("2026-11-21", "11 µg/m³", "21 µg/m³"),
        ),
    ),
    Dataset(
        "budget",
        title=("Budget de la ville", "The town’s budget"),
        theme=LIFE,
        summary=(
            "Dépenses et recettes votées, par chapitre et par exercice.",
            "Expenses and revenues as voted, by chapter and by year.",
        ),
        records=1260,
        updated=date(2026, 4, 8),
        columns=(("Chapitre", "Chapter"), ("Exercice", "Year"), ("Montant", "Amount")),
        sample=(
            ("Éducation", "2026", "4 120 000 €"),
            ("Voirie", "2026", "2 310 000 €"),
            ("Culture", "2026", "1 080 000 €"),
        ),
    ),
    Dataset(
        "comptages-pietons",
        title=("Comptages de piétons", "Pedestrian counts"),
        theme=MOBILITY,
        summary=(
            "Nombre de passages par heure aux six compteurs du centre-ville.",
            "People counted each hour at the six counters in the town centre.",
        ),
        records=52560,
        updated=date(2026, 11, 24),
        columns=(("Compteur", "Counter"), ("Heure", "Hour"), ("Passages", "Passages")),
        sample=(
            ("Grande Rue", "8 h", "412"),
            ("Grande Rue", "9 h", "655"),
            ("Pont Vieux", "8 h", "230"),
        ),
    ),
)

DATASETS = {dataset.slug: dataset for dataset in _ALL}
"""All data sets by their slugs, in the catalogue's order."""

"""What the portal's pages say, in French and in English."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.http import HttpRequest

_WORDS = {
    "portal": ("Données ouvertes", "Open data"),
    "town": ("Ville de Valmont-sur-Orne", "Town of Valmont-sur-Orne"),
    "skip": ("Aller au contenu", "Skip to content"),
    "catalogue": ("Catalogue", "Catalogue"),
    "map": ("Carte", "Map"),
    "favourites": ("Mes favoris", "My favourites"),
    "sign_in": ("Se connecter", "Sign in"),
    "sign_out": ("Se déconnecter", "Sign out"),
    "language": ("Langue", "Language"),
    "search": ("Rechercher un jeu de données", "Search for a data set"),
    "search_button": ("Rechercher", "Search"),
    "results": ("jeux de données", "data sets"),
    "nothing": ("Aucun jeu de données ne correspond.", "No data set matches."),
    "records": ("enregistrements", "records"),
    "updated": ("mis à jour le", "updated on"),
    "licence": ("Licence ouverte 2.0", "Open Licence 2.0"),
    "sample": ("Extrait", "Sample"),
    "keep": ("Ajouter aux favoris", "Add to favourites"),
    "let_go": ("Retirer des favoris", "Remove from favourites"),
    "sign_in_first": ("Connectez-vous d'abord.", "Sign in first."),
    "kept_now": ("Ajouté à vos favoris.", "Added to your favourites."),
    "gone_now": ("Retiré de vos favoris.", "Removed from your favourites."),
    "failed": ("L'enregistrement a échoué.", "It could not be saved."),
    "no_favourites": ("Vous n'avez pas encore de favoris.", "You have no favourites yet."),
    "user": ("Identifiant", "User name"),
    "password": ("Mot de passe", "Password"),
    "wrong": ("Identifiant ou mot de passe incorrect.", "Wrong user name or password."),
    "welcome": ("Bienvenue", "Welcome"),
    "map_title": ("Carte interactive", "Interactive map"),
    "map_text": (
        (
            "Cette page intègre un module cartographique. À chaque affichage, il tente de déposer "
            "un traceur que personne n'a déclaré ; il ne sort pas du serveur."
        ),
        (
            "This page embeds a map plug-in. Each time it is shown, it tries to set a tracker that "
            "nobody declared; it does not leave the server."
        ),
    ),
    "map_alt": ("Plan schématique de la ville et de l'Orne", "Sketch of the town and its river"),
    "cookies": ("Cookies", "Cookies"),
    "cookies_intro": (
        (
            "Voici tous les cookies que ce portail peut déposer, et ce à quoi ils servent. "
            "Aucun autre ne sort du serveur."
        ),
        (
            "These are all the cookies that this portal may set, and what they are for. "
            "No other leaves the server."
        ),
    ),
    "provider": ("Fournisseur", "Provider"),
    "service": ("Service et emplacement", "Service and location"),
    "name": ("Nom", "Name"),
    "purpose": ("Finalité", "Purpose"),
    "lifetime": ("Durée", "Lifetime"),
    "category": ("Catégorie", "Category"),
    "charter_caption": ("Cookies déclarés par le portail", "Cookies declared by the portal"),
    "seen": (
        "Cookies que le portail a reçus avec cette page",
        "Cookies that the portal received with this page",
    ),
    "none": ("aucun", "none"),
    "statistics": ("Statistiques de visite", "Visit statistics"),
    "ask": (
        (
            "Acceptez-vous que nous comptions vos visites ? Le portail fonctionne de la même façon "
            "dans les deux cas."
        ),
        "May we count your visits? The portal works the same either way.",
    ),
    "allowed": (
        "Vous avez autorisé les statistiques. Vous pouvez revenir sur ce choix à tout moment.",
        "You allowed statistics. You can take this back at any time.",
    ),
    "refused": (
        "Vous avez refusé les statistiques : aucune visite n'est comptée.",
        "You refused statistics: no visit is counted.",
    ),
    "allow": ("Autoriser", "Allow"),
    "refuse": ("Refuser", "Refuse"),
    "withdraw": ("Retirer mon accord", "Withdraw my consent"),
    "chosen_autoriser": ("Votre accord est enregistré.", "Your consent is saved."),
    "chosen_refuser": ("Votre refus est enregistré.", "Your refusal is saved."),
    "chosen_retirer": ("Votre accord est retiré.", "Your consent is withdrawn."),
    "session": ("la session", "the session"),
    "months": ("mois", "months"),
    "days": ("jours", "days"),
    "minutes": ("minutes", "minutes"),
}


def word(key: str) -> str:
    """One text in the language of Django's that is active."""
    return _WORDS[key][1 if (get_language() or "fr").startswith("en") else 0]


def words(request: HttpRequest) -> dict[str, dict[str, str]]:
    """All texts as `t`: a context processor."""
    return {"t": {key: word(key) for key in _WORDS}}


def lasting(lifetime: timedelta | str | None) -> str:
    """How long a cookie lives, as a visitor reads it."""
    if not isinstance(lifetime, timedelta):
        return word("session")
    months = round(lifetime.days * 12 / 365)
    if months and months * 365 // 12 == lifetime.days:
        return f"{months} {word('months')}"
    if lifetime.days:
        return f"{lifetime.days} {word('days')}"
    return f"{lifetime.seconds // 60} {word('minutes')}"

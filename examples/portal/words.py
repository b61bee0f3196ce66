"""The texts of the portal's pages, in French and in English."""

from __future__ import annotations

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
    "result": ("jeu de données", "data set"),
    "results": ("jeux de données", "data sets"),
    "nothing": (
        "Aucun jeu de données ne correspond à votre recherche.",
        "No data set matches your search.",
    ),
    "records": ("enregistrements", "records"),
    "updated": ("mis à jour le", "updated on"),
    "licence": ("Licence ouverte 2.0", "Open Licence 2.0"),
    "sample": ("Extrait", "Sample"),
    "keep": ("Ajouter aux favoris", "Add to favourites"),
    "let_go": ("Retirer des favoris", "Remove from favourites"),
    "sign_in_first": ("Connectez-vous d’abord.", "Sign in first."),
    "kept_now": ("Ajouté à vos favoris.", "Added to your favourites."),
    "gone_now": ("Retiré de vos favoris.", "Removed from your favourites."),
    "failed": ("L’enregistrement a échoué.", "Your change could not be saved."),
    "no_favourites": ("Vous n’avez pas encore de favoris.", "You have no favourites yet."),
    "user": ("Identifiant", "User name"),
    "password": ("Mot de passe", "Password"),
    "wrong": ("Identifiant ou mot de passe incorrect.", "Wrong user name or password."),
    "welcome": ("Bienvenue", "Welcome"),
    "map_title": ("Carte interactive", "Interactive map"),
    "map_text": (
        (
            "Cette page intègre un module de carte. À chaque affichage, ce module tente de déposer "
            "un traceur qui n’a pas été déclaré : le traceur ne quitte pas le serveur."
        ),
        (
            "This page embeds a map plug-in. Each time the page is shown, the plug-in tries to set "
            "a tracker that nobody declared: the tracker does not leave the server."
        ),
    ),
    "map_alt": ("Plan schématique de la ville et de l’Orne", "Sketch of the town and its river"),
    "cookies": ("Cookies", "Cookies"),
    "cookies_intro": (
        (
            "Cette page présente tous les cookies que le portail peut déposer et leur utilité. "
            "Aucun autre cookie ne quitte le serveur."
        ),
        (
            "This page lists all the cookies that the portal may set, and what each is for. "
            "No other cookie leaves the server."
        ),
    ),
    "seen_title": ("Cookies reçus avec cette page", "Cookies received with this page"),
    "seen": ("Le portail a reçu de votre navigateur", "The portal received from your browser"),
    "none": ("aucun", "none"),
}


def word(key: str) -> str:
    """Return one text in Django's active language."""
    return _WORDS[key][1 if (get_language() or "fr").startswith("en") else 0]


def words(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Return all texts as `t`; this is a context processor."""
    return {"t": {key: word(key) for key in _WORDS}}

"""The portal's pages. They set cookies as usual and never ask for consent: the gate does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from portal.catalogue import DATASETS, search
from portal.plugin import embed_map
from portal.words import word

if TYPE_CHECKING:
    from django.contrib.auth.forms import AuthenticationForm
    from django.http import HttpRequest, HttpResponse

    from portal.catalogue import Dataset


class SignIn(LoginView):
    """The log-in page, which also greets the user."""

    template_name = "login.html"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        messages.success(self.request, f"{word('welcome')}, {form.get_user().get_username()}.")
        return super().form_valid(form)


@require_GET
def show_catalogue(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")[:100]
    language = get_language()
    found = [one.read_in(language) for one in search(query, language)]
    return render(request, "catalogue.html", {"query": query, "datasets": found})


@require_GET
def show_dataset(request: HttpRequest, slug: str) -> HttpResponse:
    dataset = find(slug).read_in(get_language())
    is_kept = slug in request.session.get("favourites", [])
    return render(request, "dataset.html", {"dataset": dataset, "is_kept": is_kept})


@login_required
@require_GET
def show_favourites(request: HttpRequest) -> HttpResponse:
    kept = [DATASETS[slug] for slug in request.session.get("favourites", [])]
    readable = [one.read_in(get_language()) for one in kept]
    return render(request, "favourites.html", {"datasets": readable})


@require_POST
def keep_favourite(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a data set to the signed-in user's favourites or remove it; this is the API."""
    find(slug)
    if not request.user.is_authenticated:
        return JsonResponse({"error": word("sign_in_first")}, status=401)
    kept = request.session.get("favourites", [])
    is_kept = slug not in kept
    request.session["favourites"] = [*kept, slug] if is_kept else [s for s in kept if s != slug]
    return JsonResponse({"slug": slug, "kept": is_kept})


@require_GET
def show_map(request: HttpRequest) -> HttpResponse:
    return embed_map(render(request, "map.html"))


@require_GET
def show_cookies(request: HttpRequest) -> HttpResponse:
    return render(request, "cookies.html", {"seen": sorted(request.COOKIES)})


def find(slug: str) -> Dataset:
    """Return the data set of that name. Raises Http404."""
    if slug not in DATASETS:
        raise Http404
    return DATASETS[slug]

"""The portal's addresses."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from portal import views

COLOURS = TemplateView.as_view(template_name="couleurs.css", content_type="text/css")

urlpatterns = [
    path("", views.show_catalogue, name="catalogue"),
    path("jeux/<slug:slug>/", views.show_dataset, name="dataset"),
    path("favoris/", views.show_favourites, name="favourites"),
    path("carte/", views.show_map, name="map"),
    path("couleurs.css", COLOURS),
    path("cookies/", views.show_cookies, name="cookies"),
    path("api/favoris/<slug:slug>/", views.keep_favourite, name="keep"),
    path("connexion/", views.SignIn.as_view(), name="login"),
    path("deconnexion/", LogoutView.as_view(), name="logout"),
    path("langue/", set_language, name="set_language"),
]

import secrets
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_POST

from consentgate import Cookie, Policy, get_consent
from consentgate.ext.django.wrap import wrap_wsgi

policy = Policy(presets=["wagtail"], cookies=[Cookie("visits", category="statistics")])

settings.configure(
    SECRET_KEY=secrets.token_hex(),  # keep one key across restarts
    DEBUG=True,
    ROOT_URLCONF=__name__,
    WSGI_APPLICATION=f"{__name__}.application",
    CONSENTGATE={"POLICY": policy},
    INSTALLED_APPS=[
        "consentgate.ext.django",
        "wagtail.documents",
        "wagtail.images",
        "wagtail.search",
        "wagtail.users",
        "wagtail.sites",
        "wagtail.admin",
        "wagtail",
        "modelcluster",
        "taggit",
        "django_filters",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "consentgate.ext.django.middleware.ConsentMiddleware",
        f"{__name__}.track",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.sqlite3"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    STATIC_URL="/static/",
    USE_TZ=True,
    CSRF_COOKIE_AGE=None,
    WAGTAIL_SITE_NAME="Example Town",
    WAGTAILADMIN_BASE_URL="http://localhost:8000",
)


def track(get_response):
    def respond(request):
        response = get_response(request)
        response.set_cookie("visits", "1")  # leaves once statistics are allowed
        response.set_cookie("_promo_id", "77")  # never leaves: nobody declared it
        return response

    return respond


@require_POST
def choose(request):
    get_consent(request).grant("statistics")
    return HttpResponse("Thank you")


# From here on the applications are ready, and Wagtail's URLs can be imported.
application = wrap_wsgi(get_wsgi_application())

urlpatterns = [
    path("choice", choose),
    path("admin/", include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    path("", include("wagtail.urls")),
]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)

"""A blog as beginners of Flask write it: accounts, a session, flashed messages, SQLite."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import flask
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response

SCHEMA = """
CREATE TABLE account (name TEXT PRIMARY KEY, password TEXT NOT NULL);
CREATE TABLE post (id INTEGER PRIMARY KEY, author TEXT NOT NULL, title TEXT NOT NULL);
"""

PAGE = """{% for text in get_flashed_messages() %}<p>{{ text }}</p>{% endfor %}
{% if session.name %}Signed in as {{ session.name }}{% else %}Signed out{% endif %}
{% for post in posts %}<h2>{{ post["title"] }}</h2> by {{ post["author"] }}{% endfor %}"""

pages = flask.Blueprint("pages", __name__)


def create_blog(database: Path) -> flask.Flask:
    """The blog on a new database."""
    app = flask.Flask(__name__)
    app.config.update(SECRET_KEY="a key of the blog, of 32 characters", DATABASE=database)
    app.register_blueprint(pages)
    connection = sqlite3.connect(database)
    connection.executescript(SCHEMA)
    connection.close()
    return app


def query(statement: str, *values: str) -> list[sqlite3.Row]:
    connection = sqlite3.connect(flask.current_app.config["DATABASE"])
    connection.row_factory = sqlite3.Row
    try:
        with connection:
            return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def tell(text: str) -> Response:
    """Back to the front page, which shows the text."""
    flask.flash(text)
    return flask.redirect(flask.url_for("pages.front"))


@pages.get("/")
def front() -> str:
    return flask.render_template_string(PAGE, posts=query("SELECT * FROM post ORDER BY id"))


@pages.post("/register")
def register() -> Response:
    form = flask.request.form
    try:
        query(
            "INSERT INTO account VALUES (?, ?)",
            form["name"],
            generate_password_hash(form["password"], method="pbkdf2:sha256:1000"),
        )
    except sqlite3.IntegrityError:
        return tell("That name is taken.")
    return tell("Registered.")


@pages.post("/login")
def log_in() -> Response:
    form = flask.request.form
    found = query("SELECT password FROM account WHERE name = ?", form["name"])
    if not found or not check_password_hash(found[0]["password"], form["password"]):
        return tell("Wrong name or password.")
    flask.session["name"] = form["name"]
    return tell("Welcome.")


@pages.post("/logout")
def log_out() -> Response:
    flask.session.clear()
    return flask.redirect(flask.url_for("pages.front"))


@pages.post("/posts")
def write() -> Response:
    if "name" not in flask.session:
        return tell("Sign in first.")
    query(
        "INSERT INTO post (author, title) VALUES (?, ?)",
        flask.session["name"],
        flask.request.form["title"],
    )
    return tell("Published.")

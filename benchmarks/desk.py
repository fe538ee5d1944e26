"""The story screen: drawing it, and what its script sends while somebody types, against a tag's page."""

import json

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import autosave
from articles.models import Article, Revision, Tag, User

from .timing import measure, say


def run() -> None:
    client = Client()
    client.force_login(User.objects.get(username="editor"))
    story = Article.objects.filter(head_number__gt=0).newest_first()[0]
    body = Revision.objects.get(article=story, number=story.head_number).content["body"]
    change = f"/admin/articles/article/{story.pk}/change/"
    tag = f"/admin/articles/tag/{Tag.objects.earliest('pk').pk}/change/"
    key = autosave.new_key()

    def send(**message) -> None:
        said = {"session_key": key, "base": story.head_number, "mode": "editing", **message}
        address = f"/admin/articles/article/{story.pk}/autosave/"
        assert client.post(address, json.dumps(said), content_type="application/json").status_code == 200

    typed = {"headline": ["Typed"], "body": [body], "language": [story.language]}
    base, _p99 = measure(lambda: client.get(tag))
    print("\nThe desk, in process; the baseline is the admin's page of a tag")
    _say("page of a tag", lambda: client.get(tag), base)
    _say("story screen", lambda: client.get(change), base)
    _say("sign of life", send, base)
    _say(f"autosave, {len(body) >> 10} KB", lambda: send(fields=typed), base)
    _say("autosave, 1 MB", lambda: send(fields=typed | {"body": ["x" * 1_000_000]}), base)
    send(fields=typed)
    _say("story screen that offers a buffer", lambda: client.get(change), base)


def _say(name: str, action, base: float) -> None:
    median, p99 = measure(action)
    with CaptureQueriesContext(connection) as queries:
        action()
    say(f"{name} ({len(queries)} queries)", median, p99, base)

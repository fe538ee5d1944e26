"""Requests that still wait for an answer when the clock gets a table of its own. Safe to run again."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F


def begin_turns(apps, schema_editor):
    request_model, turn_model = apps.get_model("ads", "AdRequest"), apps.get_model("ads", "Turn")
    waiting = request_model.objects.filter(status="received", answer_due_at=None)
    turn_model.objects.bulk_create(
        turn_model(request=request, started_at=request.received_at, due_at=request.received_at + timedelta(hours=48))
        for request in waiting.iterator()
    )
    waiting.update(answer_due_at=F("received_at") + timedelta(hours=48))


class Migration(migrations.Migration):
    dependencies = [("ads", "0004_deals")]

    operations = [migrations.RunPython(begin_turns, migrations.RunPython.noop)]

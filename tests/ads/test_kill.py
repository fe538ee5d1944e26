"""The short form of `python -m benchmarks.kill`, which kills a hundred times."""

import pytest

from benchmarks import kill
from tests.newsroom.test_worker import environment


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_was_acknowledged_is_counted_once_though_the_server_is_killed(monkeypatch):
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    found = kill.prove(3)
    assert (found.kills, found.lost, found.is_sound) == (3, 0, True)
    assert (found.counted, found.is_well) == (found.events, True)

import threading
import time

import pytest

from articles.uploads import isolation
from articles.uploads.refusals import Refused
from tests.articles.uploads import misbehaving


def run(function, *args, seconds=10, megabytes=300, **options):
    return isolation.run(function, *args, seconds=seconds, megabytes=megabytes, **options)


def test_plain_values_travel_both_ways():
    values = [None, True, 3, 2.5, "نص", b"\x00\xff", [1, [b"a", "b"]], {"k": b"v", "n": None}]
    assert run(misbehaving.echo, *values) == values


def test_tuples_come_back_as_lists():
    assert run(misbehaving.echo, (1, (2, b"x"))) == [[1, [2, b"x"]]]


def test_a_function_that_never_ends_is_stopped():
    started = time.monotonic()
    with pytest.raises(isolation.TookTooLong):
        run(misbehaving.sleep, 60, seconds=0.5)
    assert time.monotonic() - started < 2


def test_a_busy_loop_is_stopped():
    with pytest.raises(isolation.TookTooLong):
        run(misbehaving.spin, seconds=0.5)


def test_a_function_that_eats_memory_crashes_alone():
    with pytest.raises(isolation.Crashed, match="MemoryError"):
        run(misbehaving.eat, 1000, megabytes=200)


@pytest.mark.parametrize("function", [misbehaving.die, misbehaving.leave])
def test_a_child_that_dies_is_named(function):
    with pytest.raises(isolation.Crashed, match="no readable answer"):
        run(function)


def test_an_exception_is_told_by_name():
    with pytest.raises(isolation.Crashed, match="ValueError: no good"):
        run(misbehaving.fail)


def test_a_refusal_keeps_its_code_and_facts():
    with pytest.raises(Refused) as caught:
        run(misbehaving.refuse)
    assert (caught.value.code, caught.value.facts) == ("too-odd", {"size": 3, "name": "x.gif"})


def test_no_secret_of_the_environment_reaches_the_child(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    assert "canary" not in str(run(misbehaving.environment))


def test_the_child_does_not_load_django():
    assert [name for name in run(misbehaving.modules) if name.startswith("django")] == []


@pytest.mark.parametrize("function", [misbehaving.connect, misbehaving.start_another])
def test_the_child_neither_connects_nor_starts_programs(function):
    with pytest.raises(isolation.Crashed, match="PermissionError"):
        run(function)


def test_an_answer_beyond_its_limit_is_not_read():
    with pytest.raises(isolation.Crashed):
        run(misbehaving.answer_too_much, answer_megabytes=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}\n",
        '{"value": {"$blob": 0}, "blobs": []}\n',
        '{"value": 1, "blobs": [-5]}\n',
        '{"value": 1, "blobs": [5]}\nabc',
        '{"value": 1, "blobs": "x"}\n',
        '{"value": 1, "blobs": []}\ntrailing',
        '{"refused": "x", "facts": 3, "blobs": []}\n',
        "[" * 100_000,
        "\x80\x04K\x01.",
    ],
)
def test_an_answer_that_is_not_ours_is_a_crash(text):
    with pytest.raises(isolation.Crashed):
        run(misbehaving.lie, text)


def test_more_callers_than_processors_wait_for_a_seat():
    answers = []
    threads = [threading.Thread(target=lambda n=n: answers.append(run(misbehaving.echo, n))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [[0], [1], [2], [3], [4], [5]]


def test_a_child_starts_quickly():
    figures = {}
    for function, args in ((misbehaving.echo, (1,)), (misbehaving.open_pillow, ())):
        best = 9.0
        for _ in range(5):
            started = time.perf_counter()
            run(function, *args)
            best = min(best, time.perf_counter() - started)
        figures[function.__name__] = round(best * 1000)
    print(figures)
    assert max(figures.values()) < 1000

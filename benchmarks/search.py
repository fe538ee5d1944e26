"""How long the search takes over a large newsroom: `python -m benchmarks.search`, over DATA_DIR or DATABASE_URL, which
`manage.py demo --articles 100000` filled. `--rebuild` writes the index anew first and says how long that took."""

import os
import sys
import time
from collections import Counter
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
os.environ.setdefault("ALLOWED_HOSTS", "testserver")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("STATIC_HASHED", "false")

GOAL = 20.0


def main() -> None:
    import django

    django.setup()
    from articles import search_index
    from articles.models import SearchText

    print(f"{SearchText.objects.count()} stories in the index")
    if "--rebuild" in sys.argv:
        started = time.perf_counter()
        done = sum(search_index.rebuild(everything=True))
        print(f"Written anew: {done} stories in {time.perf_counter() - started:.0f} s")
    print(f"The index: {size() / 1e6:.0f} MB")
    run()


def size() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size('articles_searchtext')")
        else:
            # The stems themselves are as many bytes again, in the table.
            cursor.execute("SELECT sum(length(block)) FROM articles_searchwords_data")
        return int(cursor.fetchone()[0] or 0)


def run() -> None:
    from django.utils import timezone

    from articles import search, search_words
    from articles.models import SearchText, Section

    from .timing import measure, say

    at = timezone.now()
    base, _p99 = measure(lambda: list(SearchText.objects.filter(pk=1)), seconds=0.5)
    counts = Counter(
        word for text in SearchText.objects.values_list("head", flat=True)[:20000] for word in set(text.split())
    )
    latin = [
        word for word, _n in counts.most_common() if word.isascii() and len(word) > 3 and word not in search_words.STOP
    ]
    arabic = [word for word, _n in counts.most_common() if not word.isascii() and len(word) > 3]
    common, rare = latin[0], latin[-1]
    second = latin[1] if len(latin) > 1 else common
    section = Section.objects.filter(language="en").first()
    year = search.Filters(since=timezone.localdate(at) - timedelta(days=365), until=timezone.localdate(at))
    print("\nThe search, in process; the baseline is one row by its number; the goal is 20 ms")
    for name, typed, language, filters in [
        ("a common word", common, "en", search.Filters()),
        ("a rare word", rare, "en", search.Filters()),
        ("a word nobody wrote", "quendolorin", "en", search.Filters()),
        ("two common words", f"{common} {second}", "en", search.Filters()),
        ("a common and a rare one", f"{common} {rare}", "en", search.Filters()),
        ("a phrase", f'"{common} {second}"', "en", search.Filters()),
        ("a common word without another", f"{common} -{second}", "en", search.Filters()),
        ("the", "the", "en", search.Filters()),
        ("a common word, in Arabic", arabic[0] if arabic else "في", "ar", search.Filters()),
        ("a common word in a section", common, "en", search.Filters(section_id=section.pk)),
        ("a common word of a year", common, "en", year),
    ]:
        question = search.read(typed)
        found = search.find(question, language=language, at=at, filters=filters)
        median, p99 = measure(lambda q=question, of=language, f=filters: search.find(q, language=of, at=at, filters=f))
        say(f"{name} ({len(found.numbers)}{'' if found.is_all else '+'})", median, p99, base)


if __name__ == "__main__":
    main()

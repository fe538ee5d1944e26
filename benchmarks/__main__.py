"""`make bench`: every benchmark, each figure beside a baseline measured in the same run."""

import os
import sys
import tempfile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
os.environ.setdefault("ALLOWED_HOSTS", "testserver")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("STATIC_HASHED", "false")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        import django

        django.setup()
        from django.core.management import call_command

        from benchmarks import (
            api,
            beacons,
            counting,
            delivery,
            desk,
            desk_time,
            history,
            machines,
            media,
            pages,
            reading,
            sharing,
        )

        call_command("migrate", verbosity=0)
        articles = int(os.environ.get("BENCH_ARTICLES", "10000"))
        call_command("demo", articles=articles, with_known_passwords=True, stdout=sys.stderr)
        for benchmark in (pages, machines, api, desk, history, desk_time, delivery, beacons, media, sharing):
            benchmark.run()
        counting.run_small()
        reading.run()


if __name__ == "__main__":
    main()

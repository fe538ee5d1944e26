"""Converts a Word file and says what it cost: seconds, and the most memory that any child process took.

Run apart, so that no other child of the tests is measured: `python -m tests.articles.uploads.measured_word FILE`.
"""

import json
import resource
import sys
import time
from pathlib import Path

from articles.uploads import word


def main(path: str) -> None:
    data = Path(path).read_bytes()
    started, code, words = time.monotonic(), "", 0
    try:
        words = word.convert(data).report.words
    except word.WordRefused as refused:
        code = refused.code
    said = {
        "seconds": time.monotonic() - started,
        "megabytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "refused": code,
        "words": words,
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1])

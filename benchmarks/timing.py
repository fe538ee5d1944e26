import statistics
import time
from collections.abc import Callable


def measure(action: Callable[[], object], *, seconds: float = 2.0, least: int = 5) -> tuple[float, float]:
    """Median and 99th percentile of how long an action takes, in milliseconds, after one run to warm up."""
    action()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        started = time.perf_counter()
        action()
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]


def say(name: str, median: float, p99: float, baseline: float) -> None:
    print(f"{name:<44} {median:9.2f} ms   p99 {p99:9.2f} ms   {median / baseline:8.1f} x baseline")

"""What is counted while the bot runs, for ``/metrics``; never anything personal.

Labels are the names of our own kinds, rules and outcomes only. Each :class:`Metrics` has a registry of its own: two
bots in one process, as in the tests, do not count together.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Counters that grow where things happen, and gauges that are set when somebody asks.

    ``outbox`` is labelled with the row's ``kind`` and its ``outcome`` (``sent``, ``postponed``, ``failed``,
    ``missed``, ``dropped``); ``violations`` with the ``rule`` that was found broken.
    """

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"afterglow_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"afterglow_{name}", text, registry=registry)

        self.received = counter("updates_received", "Updates stored that were not known yet")
        self.processed = counter("updates_processed", "Updates that were dealt with")
        self.set_aside = counter("updates_set_aside", "Updates that failed too often and were given up")
        self.outbox = counter("outbox", "What became of attempts to say something later", "kind", "outcome")
        self.too_many_requests = counter("too_many_requests", "Calls that Telegram answered with 429")
        self.violations = counter("violations", "Promises of the house that were found broken", "rule")
        self.screen_seconds = Histogram(
            "afterglow_screen_seconds",
            "From the arrival of an update to its screen",
            buckets=_SECONDS,
            registry=registry,
        )
        self.inbox_waiting = gauge("inbox_waiting", "Updates that wait to be dealt with")
        self.screens_owed = gauge("screens_owed", "Clients whose last change was not shown yet")
        self.outbox_due = gauge("outbox_due", "Rows of the outbox that are due and not sent yet")
        self.oldest_due_seconds = gauge("outbox_oldest_due_seconds", "For how long the longest due row is overdue")
        self.polling = gauge("polling", "1 while this process fetches the updates, else 0")
        ProcessCollector(registry=registry)

    def text(self) -> bytes:
        """Everything, in Prometheus's text form (``CONTENT_TYPE``)."""
        return generate_latest(self._registry)

"""What all mailboxes of one config are served with."""

from collections.abc import Callable
from dataclasses import dataclass

from watcher.config.shape import Config
from watcher.reader.ruleset import Rules
from watcher.service.alarm import Alarm
from watcher.service.pipeline import Pipeline
from watcher.service.results import ResultsFile
from watcher.store import Store


@dataclass(frozen=True, slots=True)
class Tools:
    """What a sweep works with; `wake` is called when events were queued."""

    store: Store
    pipeline: Pipeline
    results: ResultsFile | None
    alarm: Alarm
    wake: Callable[[], None]


def make_tools(config: Config, store: Store, rules: Rules, wake: Callable[[], None]) -> Tools:
    """Give the tools for a config."""
    return Tools(
        store=store,
        pipeline=Pipeline(config, rules),
        results=None if config.results is None else ResultsFile(config.results, store),
        alarm=Alarm(store, config.webhooks, wake),
        wake=wake,
    )

"""What all mailboxes of one config are served with."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from watcher.config.shape import Config
from watcher.deliver.shapes.shape import not_carried
from watcher.imap.oauth2 import Tokens
from watcher.lookups import Lookups
from watcher.reader.ruleset import Rules
from watcher.service.alarm import Alarm
from watcher.service.pipeline import Pipeline
from watcher.service.results import ResultsFile
from watcher.store import Keep, Store


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a sweep works with; `wake` is called when events were queued."""

    store: Store
    pipeline: Pipeline
    results: ResultsFile | None
    alarm: Alarm
    tokens: Tokens
    wake: Callable[[], None]


def make_tools(config: Config, store: Store, rules: Rules, wake: Callable[[], None]) -> Tools:
    """Give the tools for a config, and warn of what it leaves open."""
    _warn(config)
    return Tools(
        store=store,
        pipeline=Pipeline(
            config, rules, Lookups(config.authenticity.send_log), only_wanted=True, began=store.began()
        ),
        results=None if config.results is None else _results_file(config, store),
        alarm=Alarm(store, config.webhooks, wake),
        tokens=Tokens.beside(config.state),
        wake=wake,
    )


def _results_file(config: Config, store: Store) -> ResultsFile:
    assert config.results is not None
    return ResultsFile(config.results, store, config.results_max_size, config.results_keep)


def _warn(config: Config) -> None:
    for hook in config.webhooks:
        if hook.format != "standard" and (unsaid := not_carried(hook)):
            log.warning(
                "events_not_carried endpoint=%s format=%s events=%s", hook.name, hook.format, ",".join(unsaid)
            )
    if config.trust_mode == "off":
        log.warning("authenticity_off effect=forged bounces can suppress any address")
    for name in config.domainless:
        log.warning(
            "domains_unknown mailbox=%s effect=bounces suppress nothing; set authenticity.domains", name
        )


def keep(config: Config) -> Keep:
    """Give the retention of a config in the store's terms."""
    kept = config.retention
    return Keep(kept.facts, kept.delivered_events, kept.dead_events)

"""Choose the kind of a message: structure, then reports in prose, then other machine mail, then ordinary."""

from watcher.model import Kind
from watcher.reader.findings import Extract, Recognition
from watcher.reader.parse.message import Message
from watcher.reader.recognise.answers import find_answer
from watcher.reader.recognise.automatic import find_automatic, find_complaint, find_request, find_robot
from watcher.reader.recognise.by_words import find_early
from watcher.reader.recognise.held import find_held_post
from watcher.reader.recognise.receipt_in_words import find_receipt_in_words
from watcher.reader.recognise.report import find_list_refusal, find_report, ordinary
from watcher.reader.recognise.request_in_words import find_request_in_words
from watcher.reader.recognise.structure import find_by_structure
from watcher.reader.recognise.to_command import find_to_command
from watcher.reader.recognise.to_return_path import find_answer_to_return_path
from watcher.reader.recognise.view import View
from watcher.reader.ruleset import Rules


_ABOUT_REPORTS = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.DELIVERY})


def recognise(message: Message, extract: Extract, rules: Rules) -> Recognition:
    """Tell what kind of mail this is, why, and how surely."""
    view = View(message, extract, rules.signs, rules.concepts, rules.claims)
    settled = find_by_structure(view)
    if settled is not None:
        return _with_language(settled, view)
    leading = [hit for hit in view.subject_hits if hit.sign.kind is Kind.AUTO_REPLY and hit.sign.sure]
    report = None if leading and not view.sender_hits else find_report(view)
    return (
        find_list_refusal(view)
        or find_early(view)
        or report
        or (_by_signs(view) if view.has_signs else find_robot(view))
        or find_held_post(view)
        or _in_words(view)
        or find_answer_to_return_path(view)
        or ordinary(view)
    )


def _by_signs(view: View) -> Recognition | None:
    return find_complaint(view) or find_automatic(view) or find_request(view)


def _in_words(view: View) -> Recognition | None:
    """Return a reply, a receipt or a request that nothing but its words, or where it went, shows."""
    if view.is_listed:
        return None
    told = find_receipt_in_words(view) or find_answer(view) or find_request_in_words(view)
    return told or find_to_command(view)


def _with_language(settled: Recognition, view: View) -> Recognition:
    if settled.language is not None or settled.kind not in _ABOUT_REPORTS:
        return settled
    language = next((hit.sign.language for hit in view.subject_hits if hit.sign.language), None)
    return settled._replace(language=language)

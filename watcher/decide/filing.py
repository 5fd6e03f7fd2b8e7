"""Choose the folder key of a message: suspicious, else review, else by its kind."""

from watcher.model import Action, BounceClass, Kind, Level, Report


# A bounce of several recipients lies where its gravest one belongs.
_GRAVEST = (BounceClass.HARD, BounceClass.UNDETERMINED, BounceClass.BLOCK, BounceClass.SOFT)


def filing_key(report: Report, held: frozenset[int]) -> str:
    """Give the key of the config's folders for a report."""
    if report.authenticity.level is Level.CONTRADICTED:
        return "suspicious"
    if held or report.kind is Kind.UNREADABLE:
        return "review"
    if report.kind is Kind.BOUNCE:
        return f"bounce.{_gravest(report)}"
    return report.kind.value


def _gravest(report: Report) -> BounceClass:
    classes = {r.bounce_class for r in report.recipients if r.action is Action.FAILED}
    return next((found for found in _GRAVEST if found in classes), BounceClass.UNDETERMINED)

"""The protocol's answer to a client's answers: sections 3 to 5 of protocol.md, rule by rule. No clock, no I/O."""

from collections.abc import Mapping
from datetime import date

from bot.consultation.advice import TECHNIQUES, Advice, Outcome, Reason, TechniqueAdvice
from bot.consultation.answers import CheckedAnswers, InvalidAnswers, check
from bot.consultation.case import Case, read_case
from bot.consultation.choosing import preference, recommend
from bot.consultation.explaining import explain
from bot.consultation.protocol_model import Protocol
from bot.consultation.restrictions import restrictions
from bot.consultation.triage import doctor_reasons, impossible_days, urgent_signs
from bot.consultation.verdicts import Ruling, day_of
from bot.consultation.weighing import next_change, weigh
from bot.consultation.zones import last_days, zone_left_alone


def advise(protocol: Protocol, answers: Mapping[str, object], today: date) -> Advice:
    """The advice on ``answers`` for a client whose calendar says ``today``.

    Raises ``InvalidAnswers`` where the answers are incomplete or impossible, unless those that are valid are urgent.
    """
    checked = check(answers)
    case = read_case(checked, today)
    return _urgent(protocol, case) or _before_massage(protocol, checked, case) or _weighed(protocol, case)


def urgent(protocol: Protocol, answers: Mapping[str, object], today: date) -> Advice | None:
    """The urgent advice of rules 1 to 3, on whatever valid answers are there; ``None`` where nothing is urgent."""
    return _urgent(protocol, read_case(check(answers), today))


def _urgent(protocol: Protocol, case: Case) -> Advice | None:
    signs = urgent_signs(protocol, case)
    if not signs:
        return None
    return _stopped(protocol, signs[0][0], [reason for _, reason in signs])


def _before_massage(protocol: Protocol, checked: CheckedAnswers, case: Case) -> Advice | None:
    """Rules 4 to 6; they need a complete object, but after ``minor`` later answers may be missing."""
    minor = case.one("age") == "minor"
    problems = tuple(problem for problem in checked.problems if not (minor and problem.missing))
    if problems:
        raise InvalidAnswers(*problems)
    if days := impossible_days(case):
        return _stopped(protocol, "ask_again", days)
    if minor:
        return _stopped(protocol, "minor", [Reason("age:minor")])
    if reasons := doctor_reasons(protocol, case):
        return _stopped(protocol, "see_doctor", reasons)
    return None


def _stopped(protocol: Protocol, outcome: Outcome, reasons: list[Reason]) -> Advice:
    return Advice(protocol.version, outcome, since=None, techniques={}, recommended=None, reasons=tuple(reasons))


def _weighed(protocol: Protocol, case: Case) -> Advice:
    """Rule 7: a verdict for each technique, and the best of them as the outcome."""
    today = case.today.toordinal()
    rules = restrictions(protocol, case)
    weighed = {technique: weigh(rules, technique, today) for technique in TECHNIQUES}
    merged = {technique: ruling for technique, (ruling, _) in weighed.items()}
    techniques = {technique: _advice(ruling) for technique, ruling in merged.items()}
    outcome, since = _outcome(techniques)
    order, preferred_by = preference(protocol, case)
    recommended = recommend(order, techniques, at_home=case.one("setting") == "home")
    changes = {technique: next_change(rules, technique, today, merged[technique]) for technique in TECHNIQUES}
    return Advice(
        protocol=protocol.version,
        outcome=outcome,
        since=since,
        techniques=techniques,
        recommended=recommended,
        reasons=explain(rules, weighed, recommended, preferred_by, today),
        zone=zone_left_alone(protocol, case, rules, merged, today),
        last_days=last_days(protocol, case, techniques),
        changes={technique: day_of(day) for technique, day in changes.items() if day is not None},
    )


def _advice(ruling: Ruling) -> TechniqueAdvice:
    since = day_of(ruling.until) if ruling.until else None
    return TechniqueAdvice(ruling.severity.verdict, since, "outside" if ruling.outside else "anywhere")


def _outcome(techniques: Mapping[str, TechniqueAdvice]) -> tuple[Outcome, date | None]:
    possible = [advice.where for advice in techniques.values() if advice.verdict in ("yes", "light")]
    if possible:
        return ("allowed" if "anywhere" in possible else "untreated_only"), None
    verdicts = {advice.verdict for advice in techniques.values()}
    if "specialist" in verdicts:
        return "specialist", None
    if "wait" in verdicts:
        return "wait", min(advice.since for advice in techniques.values() if advice.since is not None)
    return "not_now", None

"""Rules 1 to 6 of section 3: what sends a client to help, to a correction or to a doctor before any massage."""

from collections.abc import Iterable, Iterator

from bot.consultation.advice import Reason
from bot.consultation.case import Case
from bot.consultation.protocol_model import Protocol, UrgentClass
from bot.consultation.verdicts import day_of


def urgent_signs(protocol: Protocol, case: Case) -> list[tuple[UrgentClass, Reason]]:
    """Rules 1 to 3: the signs with their classes, the most urgent first (``urgent_a`` is rule 1)."""
    signs = [
        *(
            (protocol.urgent.symptoms[sign], Reason(f"symptoms:{sign}"))
            for sign in case.chosen("symptoms")
            if sign != "none"
        ),
        *_settling_signs(protocol, case),
        *_infection_signs(protocol, case),
    ]
    return sorted(signs, key=lambda sign: sign[0])


def _settling_signs(protocol: Protocol, case: Case) -> Iterator[tuple[UrgentClass, Reason]]:
    settling, filler = case.one("settling"), case.procedure("filler")
    if filler is None or settling not in protocol.urgent.settling:
        return
    if settling == "unsure" or filler.within(protocol.urgent.worse_until_days):
        yield protocol.urgent.settling[settling], Reason(f"settling:{settling}", filler.facts())


def _infection_signs(protocol: Protocol, case: Case) -> Iterator[tuple[UrgentClass, Reason]]:
    procedure = case.most_recent(protocol.urgent.infection_until_days)
    if procedure is None:
        return
    for key in ("health", "skin_issues"):
        if "infection" in case.chosen(key):
            facts = {"procedure": procedure.id, **procedure.facts()}
            yield protocol.urgent.infection, Reason(f"{key}:infection", facts)


def impossible_days(case: Case) -> list[Reason]:
    """Rule 4: a procedure done on a future day, a filler planned for a past one; ``date:<key>`` asks for it again."""
    reasons = [
        Reason(f"date:{procedure.id}_date", {"date": procedure.day})
        for procedure in case.done
        if procedure.days is not None and procedure.days < 0
    ]
    if case.planned_day is not None and case.planned_day < case.today:
        reasons.append(Reason("date:filler_planned_date", {"date": case.planned_day}))
    return reasons


def doctor_reasons(protocol: Protocol, case: Case) -> list[Reason]:
    """Rule 6: what a doctor has to look at first."""
    blocking = protocol.see_doctor.answers
    reasons = [Reason(condition) for condition in case.conditions() if condition in blocking]
    return [*reasons, *_surgery(protocol, case), *_settling(protocol, case), *_broken_skin(protocol, case)]


def _surgery(protocol: Protocol, case: Case) -> Iterable[Reason]:
    surgery, limit = case.procedure("surgery"), protocol.see_doctor.surgery_before_days
    if surgery is None or not surgery.within(limit - 1):
        return ()
    if surgery.day is None:
        return (Reason("unknown_date:surgery"),)
    return (Reason("time:surgery", {**surgery.facts(), "until": day_of(surgery.day.toordinal() + limit)}),)


def _settling(protocol: Protocol, case: Case) -> Iterable[Reason]:
    settling, filler = case.one("settling"), case.procedure("filler")
    if filler is None:
        return ()
    lasting = filler.days is None or filler.days >= protocol.see_doctor.mild_from_days
    if f"settling:{settling}" in protocol.see_doctor.answers or (settling == "mild" and lasting):
        return (Reason(f"settling:{settling}", filler.facts()),)
    return ()


def _broken_skin(protocol: Protocol, case: Case) -> Iterable[Reason]:
    rule = protocol.see_doctor
    procedure = case.most_recent(rule.broken_skin_until_days)
    if procedure is None:
        return ()
    facts = {"procedure": procedure.id, **procedure.facts()}
    return tuple(
        Reason(f"skin_issues:{issue}", facts) for issue in rule.broken_skin if issue in case.chosen("skin_issues")
    )

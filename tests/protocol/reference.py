"""A second, naive reading of the massage protocol, straight from the document, with its own copy of every number.

It shares nothing with the engine: each rule below is one sentence of the document and yields plain facts
``(verdict, where, first day)`` for one technique; nothing is precomputed and nothing is fast. The tests compare the
two.
"""

from datetime import date, timedelta
from typing import Any

TECHNIQUES = ["drainage", "drainage_tools", "classic", "sculpting", "acupressure", "suction", "self"]
ORDER = ["yes", "light", "specialist", "wait", "no"]
Fact = tuple[str, str, date | None]

AREAS = {
    "lips cheeks folds": "7 14 14 28 42",
    "jaw_chin": "14 14 14 28 42",
    "under_eye nose glabella forehead temples": "7 28 28 42z 42z",
    "neck": "14 14 28 42z 42z",
    "decollete": "14 14 14 28 42",
}
PRODUCTS = {
    "ha": "7 14 14 28 42",
    "caha plla": "14 28 28 42 42",
    "permanent": "14 28 28z 28S 28S",
    "fat": "28S 56 56 90 90",
    "unknown": "28S 56 56z 90S 90S",
}
OTHERS = {
    "toxin boosters": "- 14 14 14 28",
    "threads": "- 42 56 180 180",
    "needling peel:superficial": "- 14 14 14 28",
    "peel:medium": "- 28 28 28 42",
    "peel:deep peel:unknown": "- 28S 28S 28S 42S",
    "laser:non_ablative": "- 14 14 14 28",
    "laser:ablative laser:unknown": "- 42 42 42 56",
    "surgery": "- 90S 90S 180S 180S",
}
NEIGHBOURS = (
    "lips-folds lips-jaw_chin cheeks-under_eye cheeks-folds cheeks-jaw_chin under_eye-nose nose-folds nose-glabella "
    "glabella-forehead forehead-temples temples-cheeks jaw_chin-neck neck-decollete"
)
POINTS = {"under_eye", "nose", "cheeks", "folds", "glabella", "forehead", "temples", "unknown"}
DONE = ["filler", "toxin", "threads", "boosters", "needling", "peel", "laser", "surgery"]

SKIN = {
    "clear": "y y y y y y y",
    "dry_dull": "y y y y y l y",
    "puffy dark_circles": "y y y l l l y",
    "acne_prone": "y l y l y - y",
    "acne_inflamed rosacea_calm isotretinoin": "s - - - s - -",
    "sensitive": "y l l - l - y",
    "mature": "y y y l y l y",
    "eczema_flare": "- - - - - - -",
    "retinoid": "y y l l y - y",
}
# The columns of the document's table: drainage drainage_tools classic sculpting acupressure suction self.
LETTERS = {"y": "yes", "l": "light", "s": "specialist", "-": "no"}
SPECIALIST_ONLY = {
    "heart stable": "drainage classic",
    "clots past": "drainage",
    "clots thinners": "drainage",
    "cancer past": "drainage",
    "thyroid stable": "drainage classic",
    "pregnancy later": "drainage classic",
    "neuro controlled": "drainage classic",
    "immune weakened": "drainage classic",
    "implants": "drainage classic",
    "neuro palsy": "drainage classic",
}
BLOCKING = [
    "heart unstable", "clots active", "lymph", "cancer active", "neck_vessels", "thyroid unstable", "kidney_bp",
    "pregnancy first", "neuro uncontrolled", "infection", "injury",
]  # fmt: skip
WISHES = {
    "relax": "classic drainage acupressure drainage_tools self",
    "tension": "acupressure classic drainage self",
    "puffiness": "drainage drainage_tools self classic",
    "glow": "classic drainage_tools drainage self",
    "contour": "sculpting drainage_tools classic drainage self",
    "advise_me": "drainage classic drainage_tools acupressure self",
}

ONE = {
    "age": "adult minor",
    "filler_product": "ha caha plla permanent fat unknown",
    "settling": "settled mild lump worse unsure",
    "peel_depth": "superficial medium deep unknown",
    "laser_kind": "non_ablative ablative unknown",
    "heart_detail": "unstable stable",
    "clots_detail": "active past thinners",
    "cancer_detail": "active past",
    "thyroid_detail": "unstable stable",
    "pregnancy_detail": "first later breastfeeding",
    "neuro_detail": "uncontrolled controlled palsy",
    "immune_detail": "weakened stable",
    "wish": "relax tension puffiness glow contour advise_me",
    "setting": "therapist home",
}
SET = {
    "symptoms": "vision stroke skin_colour allergy infection swallowing chest neck none",
    "procedures": "filler filler_planned toxin threads boosters needling peel laser surgery none",
    "filler_areas": "lips cheeks folds jaw_chin under_eye nose glabella forehead temples neck decollete unknown",
    "skin": "clear dry_dull puffy dark_circles acne_prone acne_inflamed rosacea_calm rosacea_flare sensitive mature",
    "skin_issues": "eczema_flare sunburn wound cold_sore infection lump_or_mole retinoid isotretinoin none",
    "health": "heart clots lymph cancer neck_vessels thyroid kidney_bp pregnancy neuro infection injury immune "
    "implants none",
}
ALWAYS_ASKED = ["age", "symptoms", "procedures", "skin", "skin_issues", "health", "wish", "setting"]
ALONE = {"none", "clear", "unknown"}
ASKED_AFTER = {
    "filler": ["filler_product", "filler_areas", "filler_date", "settling"],
    "filler_planned": ["filler_planned_date"],
    "toxin": ["toxin_date"],
    "threads": ["threads_date"],
    "boosters": ["boosters_date"],
    "needling": ["needling_date"],
    "peel": ["peel_date", "peel_depth"],
    "laser": ["laser_date", "laser_kind"],
    "surgery": ["surgery_date"],
}
DETAILS = ["heart", "clots", "cancer", "thyroid", "pregnancy", "neuro", "immune"]


class Refused(Exception):
    """The object cannot be advised on; ``keys`` are those at fault."""

    def __init__(self, keys: set[str]) -> None:
        super().__init__(str(sorted(keys)))
        self.keys = keys


def advice(answers: dict[str, Any], today: date) -> dict[str, Any]:
    """The advice object of the contract without ``protocol`` and ``reasons``; raises ``Refused``."""
    urgent = _urgent(answers, today)
    if urgent:
        return _without_techniques(urgent)
    asked, unsure = _keys(answers)
    faults = {key for key in asked | unsure if key in answers and not _valid(key, answers[key])}
    minor = answers.get("age") == "minor"
    if not minor:
        faults |= {key for key in asked if key not in answers}
    if faults:
        raise Refused(faults)
    for key in asked | unsure:
        if key.endswith("_date") and (day := _date(answers.get(key))):
            if key == "filler_planned_date" and day < today:
                return _without_techniques("ask_again")
            if key != "filler_planned_date" and day > today:
                return _without_techniques("ask_again")
    if minor:
        return _without_techniques("minor")
    if _blocked(answers, today):
        return _without_techniques("see_doctor")
    techniques = {technique: _merge(technique, answers, today) for technique in TECHNIQUES}
    return _result(techniques, answers, today)


def _without_techniques(outcome: str) -> dict[str, Any]:
    return {"outcome": outcome, "from": None, "techniques": {}, "recommended": None}


# --- Section 2: the object -------------------------------------------------------------------------------------------


def _date(value: Any) -> date | None:
    if type(value) is not str or len(value) != 10 or [value[4], value[7]] != ["-", "-"]:
        return None
    parts = value[:4], value[5:7], value[8:]
    if not all(c in "0123456789" for c in "".join(parts)):
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def _valid(key: str, value: Any) -> bool:
    if key in ONE:
        return type(value) is str and value in ONE[key].split()
    if key in SET:
        if type(value) is not list or value == [] or not all(type(v) is str for v in value):
            return False
        if not all(v in SET[key].split() for v in value) or len(value) != len(set(value)):
            return False
        alone = {option for option in value if option in ALONE and not (key != "skin" and option == "clear")}
        return not alone or len(value) == 1
    return value == "unknown" or _date(value) is not None


def _keys(answers: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The keys that are asked for certain, and those that may be, because what decides it cannot be read."""
    asked, unsure = set(ALWAYS_ASKED), set()
    procedures, health = answers.get("procedures"), answers.get("health")
    for procedure, keys in ASKED_AFTER.items():
        if not _valid("procedures", procedures):
            unsure |= set(keys)
        elif procedure in procedures:  # type: ignore[operator]
            asked |= set(keys)
    for option in DETAILS:
        if not _valid("health", health):
            unsure.add(f"{option}_detail")
        elif option in health:  # type: ignore[operator]
            asked.add(f"{option}_detail")
    return asked, unsure


# --- Section 3, rules 1 to 3 and 6 -----------------------------------------------------------------------------------


def _options(answers: dict[str, Any], key: str) -> list[str]:
    return answers[key] if key in answers and _valid(key, answers[key]) else []


def _days_ago(answers: dict[str, Any], today: date) -> dict[str, int | None]:
    """Each procedure done, with the days since it; ``None`` where not known."""
    days: dict[str, int | None] = {}
    for procedure in DONE:
        if _valid("procedures", answers.get("procedures")):
            done = procedure in answers["procedures"]
        else:
            done = any(key in answers for key in ASKED_AFTER[procedure])
        if done:
            day = _date(answers.get(f"{procedure}_date"))
            days[procedure] = (today - day).days if day else None
    return days


def _urgent(answers: dict[str, Any], today: date) -> str:
    symptoms, days = _options(answers, "symptoms"), _days_ago(answers, today)
    settling = answers.get("settling") if "filler" in days else None
    if any(flag in symptoms for flag in ["vision", "stroke", "allergy", "swallowing", "chest", "neck"]):
        return "urgent_a"
    if "skin_colour" in symptoms or settling == "unsure":
        return "urgent_b"
    if settling == "worse" and (days["filler"] is None or days["filler"] <= 14):
        return "urgent_b"
    if "infection" in symptoms:
        return "urgent_c"
    infected = "infection" in _options(answers, "health") or "infection" in _options(answers, "skin_issues")
    if infected and any(d is None or d <= 30 for d in days.values()):
        return "urgent_c"
    return ""


def _health(answers: dict[str, Any]) -> list[str]:
    named = [f"{h} {answers[f'{h}_detail']}" if h in DETAILS else h for h in answers["health"]]
    return [h for h in named if h != "none"]


def _blocked(answers: dict[str, Any], today: date) -> bool:
    days = _days_ago(answers, today)
    settling = answers.get("settling") if "filler" in days else None
    filler = days.get("filler")
    issues = answers["skin_issues"]
    return (
        any(h in BLOCKING for h in _health(answers))
        or "rosacea_flare" in answers["skin"]
        or "infection" in issues
        or "lump_or_mole" in issues
        or ("surgery" in days and (days["surgery"] is None or days["surgery"] < 90))
        or settling in ("lump", "worse")
        or (settling == "mild" and (filler is None or filler >= 14))
        or (("wound" in issues or "cold_sore" in issues) and any(d is None or d <= 28 for d in days.values()))
    )


# --- Section 4 -------------------------------------------------------------------------------------------------------


def _lookup(table: dict[str, str], name: str) -> str:
    return next(cells for names, cells in table.items() if name in names.split())


def _filler_stages(answers: dict[str, Any]) -> list[tuple[int, set[str]]]:
    areas = answers["filler_areas"]
    if areas == ["unknown"]:
        areas = " ".join(AREAS).split()
    rows = [_lookup(PRODUCTS, answers["filler_product"]).split(), *(_lookup(AREAS, a).split() for a in areas)]
    return [
        (max(int(cell.strip("zS")) for cell in column), {mark for cell in column for mark in cell if mark in "zS"})
        for column in zip(*rows, strict=True)
    ]


def _by_mark(marks: set[str], where: str) -> Fact:
    outside = "outside" if "z" in marks else where
    return ("specialist" if "S" in marks else "yes", outside, None)


def _since_filler(technique: str, answers: dict[str, Any], day: date, today: date) -> Fact:
    stages = _filler_stages(answers)
    if answers["filler_areas"] == ["unknown"]:
        return _without_untreated_zone(technique, stages, day, today)
    if technique in ("drainage", "self"):
        return _gentle_since_filler(technique, stages, day, today)
    if technique == "classic" or (technique == "acupressure" and not POINTS & set(answers["filler_areas"])):
        return _classic_since_filler(stages, day, today)
    start, marks = stages[{"drainage_tools": 1, "acupressure": 2, "sculpting": 3, "suction": 4}[technique]]
    if (today - day).days < start:
        return ("wait", "anywhere", day + timedelta(start))
    if technique == "acupressure":
        marks = {"S" if mark == "z" else mark for mark in marks}
    return _by_mark(marks, "anywhere")


def _gentle_since_filler(technique: str, stages: list[tuple[int, set[str]]], day: date, today: date) -> Fact:
    (a, a_marks), (b, b_marks) = stages[:2]
    if (today - day).days >= b:
        return _by_mark(b_marks, "anywhere")
    if technique == "self" and "S" in a_marks:
        return ("wait", "anywhere", day + timedelta(b))
    return _by_mark(a_marks, "outside") if (today - day).days >= a else ("wait", "anywhere", day + timedelta(a))


def _classic_since_filler(stages: list[tuple[int, set[str]]], day: date, today: date) -> Fact:
    (b, b_marks), (c, c_marks) = stages[1:3]
    if (today - day).days >= c:
        return _by_mark(c_marks, "anywhere")
    return _by_mark(b_marks, "outside") if (today - day).days >= b else ("wait", "anywhere", day + timedelta(b))


def _without_untreated_zone(technique: str, stages: list[tuple[int, set[str]]], day: date, today: date) -> Fact:
    index = {"sculpting": 3, "suction": 4, "classic": 2, "acupressure": 2}.get(technique, 1)
    start, marks = stages[index]
    if technique == "self" and "S" in marks:
        return ("no", "anywhere", None)
    if (today - day).days < start:
        return ("wait", "anywhere", day + timedelta(start))
    return ("specialist" if marks else "yes", "anywhere", None)


def _since_other(procedure: str, technique: str, answers: dict[str, Any], day: date, today: date) -> Fact:
    if (today - day).days >= 365:
        return ("yes", "anywhere", None)
    name = {"peel": f"peel:{answers.get('peel_depth')}", "laser": f"laser:{answers.get('laser_kind')}"}
    cells = _lookup(OTHERS, name.get(procedure, procedure)).split()
    stages = [(int(cell.strip("zS-") or 0), {mark for mark in cell if mark in "zS"}) for cell in cells]
    return _without_untreated_zone(technique, stages, day, today)


def _unknown_date(procedure: str, technique: str, answers: dict[str, Any]) -> Fact:
    if technique in ("sculpting", "suction", "self"):
        return ("no", "anywhere", None)
    zone = procedure == "filler" and answers["filler_areas"] != ["unknown"]
    return ("specialist", "outside" if zone else "anywhere", None)


def _facts(technique: str, answers: dict[str, Any], today: date) -> list[Fact]:
    facts: list[Fact] = []
    days = _days_ago(answers, today)
    for procedure, since in days.items():
        day = _date(answers[f"{procedure}_date"])
        if day is None:
            facts.append(_unknown_date(procedure, technique, answers))
        elif procedure == "filler":
            facts.append(_since_filler(technique, answers, day, today))
            if answers["settling"] == "mild" and since is not None and since < 14:
                facts.append(("wait", "anywhere", today + timedelta(7)))
        else:
            facts.append(_since_other(procedure, technique, answers, day, today))
    if "filler_planned" in answers["procedures"]:
        facts.append(_planned(technique, _date(answers["filler_planned_date"]), today))
    facts += [
        _skin(option, technique, today) for option in answers["skin"] + answers["skin_issues"] if option != "none"
    ]
    facts += [_condition(condition, technique) for condition in _health(answers)]
    return facts


def _planned(technique: str, day: date | None, today: date) -> Fact:
    gentle = ("drainage", "drainage_tools")
    if day is None:
        return ("specialist" if technique in gentle else "no", "anywhere", None)
    limit = 7 if technique in (*gentle, "self") else 14
    return ("no" if (day - today).days < limit else "yes", "anywhere", None)


def _skin(option: str, technique: str, today: date) -> Fact:
    waits = {"sunburn": 7, "wound": 14, "cold_sore": 14}
    if option in waits:
        return ("wait", "anywhere", today + timedelta(waits[option]))
    return (LETTERS[_lookup(SKIN, option).split()[TECHNIQUES.index(technique)]], "anywhere", None)


def _condition(condition: str, technique: str) -> Fact:
    if condition == "immune stable":
        return ("yes", "anywhere", None)
    if condition == "pregnancy breastfeeding":
        return ("yes" if technique in ["drainage", "drainage_tools", "classic", "self"] else "no", "anywhere", None)
    return ("specialist" if technique in SPECIALIST_ONLY[condition].split() else "no", "anywhere", None)


def _merge(technique: str, answers: dict[str, Any], today: date) -> Fact:
    facts = _facts(technique, answers, today)
    if technique == "self":
        facts = [("no", "anywhere", None) if fact[0] == "specialist" else fact for fact in facts]
    verdict = max((fact[0] for fact in facts), key=ORDER.index)
    if verdict == "wait":
        until = max(fact[2] for fact in facts if fact[2] is not None)
        if "filler_planned" in answers["procedures"] and (planned := _date(answers["filler_planned_date"])):
            limit = 7 if technique in ("drainage", "drainage_tools", "self") else 14
            if (planned - until).days < limit:
                return ("no", "anywhere", None)
        return ("wait", "anywhere", until)
    if verdict == "no":
        return ("no", "anywhere", None)
    return (verdict, "outside" if any(fact[1] == "outside" for fact in facts) else "anywhere", None)


# --- Outcome 7 and section 5 -----------------------------------------------------------------------------------------


def _result(techniques: dict[str, Fact], answers: dict[str, Any], today: date) -> dict[str, Any]:
    possible = [fact for fact in techniques.values() if fact[0] in ("yes", "light")]
    days = [fact[2] for fact in techniques.values() if fact[2] is not None]
    start = None
    if any(fact[1] == "anywhere" for fact in possible):
        outcome = "allowed"
    elif possible:
        outcome = "untreated_only"
    elif any(fact[0] == "specialist" for fact in techniques.values()):
        outcome = "specialist"
    elif days:
        outcome, start = "wait", min(days)
    else:
        outcome = "not_now"
    return {
        "outcome": outcome,
        "from": start and start.isoformat(),
        "techniques": {
            name: {"verdict": fact[0], "from": fact[2] and fact[2].isoformat(), "where": fact[1]}
            for name, fact in techniques.items()
        },
        "recommended": _recommended(techniques, answers, today),
    }


def _recommended(techniques: dict[str, Fact], answers: dict[str, Any], today: date) -> str | None:
    home = answers["setting"] == "home"
    order = ["self", "drainage_tools"] if home else WISHES[answers["wish"]].split()
    days = _days_ago(answers, today)
    if "filler" in days and (days["filler"] is None or days["filler"] <= 42):
        order = sorted(order, key=("self" if home else "drainage").__ne__)
    for accepted in (("yes", "light"), () if home else ("specialist",)):
        for technique in order:
            if techniques[technique][0] in accepted:
                return technique
    waiting = [(fact[2], index) for index, name in enumerate(order) if (fact := techniques[name])[0] == "wait"]
    return order[min(waiting)[1]] if waiting else None

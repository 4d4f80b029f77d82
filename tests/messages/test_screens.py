"""Every screen beside the questions and the advice: what it says, what it offers, and that it can be sent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.callback import REASONS, Draft
from bot.hours import Slot
from bot.reminders.following import Moved
from bot.reminders.kinds import KINDS
from messages import callback, commands, mail, outcome, reminders, staff, welcome, zones
from messages.screen import Screen
from messages.times import call_time, slot_label, staff_time
from tests.messages.judge import ENGLISH, check, data, labels, words

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZONE)
TODAY = NOW.date()
STRANGE = "<b>Anna & Co</b> {x} " + "ü" * 60
"""A name as somebody may write it."""


OFFERED = [kind.id for kind in KINDS.values() if kind.offered]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


AFTERNOON = Slot("2026-11-20-pm", at(20, 14), at(20, 16))
DRAFT = Draft(STRANGE, "+49 30 901820", "2026-11-20-pm", "anna@example.com", "<i>" + "&" * 297)
SUMMARY_BUTTONS = [
    "callback:send",
    *(f"callback:edit:{line}" for line in ("name", "phone", "time", "email", "remark")),
    "callback:cancel",
]
NEWS = callback.News(
    1234, "open", "", at(20, 14).astimezone(UTC), at(20, 16).astimezone(UTC), NOW.astimezone(UTC), ZONE
)


def alert(**changed: Any) -> Screen:
    facts = {"number": 1002, "outcome": "urgent_a", "name": "Anna", "phone": "", "user_id": 42}
    return staff.urgent_page(ENGLISH, **{**facts, "state": "alert", "cleared_by": None, **changed})


SCREENS: dict[str, tuple[Screen, list[str]]] = {
    "welcome": (
        welcome.welcome(ENGLISH, clinic=STRANGE),
        ["answer:consent:agree", "answer:consent:minor", "answer:consent:decline"],
    ),
    "declined": (welcome.declined(ENGLISH), ["callback:start", "restart"]),
    "minor": (welcome.minor(ENGLISH, clinic=STRANGE), ["restart"]),
    "resume": (welcome.resume(ENGLISH, under_way=True), ["continue", "restart", "menu"]),
    "resume with an advice": (welcome.resume(ENGLISH, under_way=False), ["continue", "restart", "menu"]),
    "menu": (welcome.menu(ENGLISH, has_advice=False, quote=False), ["continue", "reminders", "callback:start"]),
    "menu with prices": (
        welcome.menu(ENGLISH, has_advice=False, quote=True),
        ["continue", "reminders", "callback:start", "quote:start"],
    ),
    "menu with an advice": (
        welcome.menu(ENGLISH, has_advice=True, quote=True),
        ["advice", "change", "restart", "reminders", "callback:start", "quote:start"],
    ),
    "help": (welcome.help_text(ENGLISH, clinic=STRANGE, phone="+49 30 901820"), ["continue", "menu"]),
    "privacy": (welcome.privacy(ENGLISH, controller=STRANGE, contact="a@b.example"), ["continue", "menu"]),
    "name": (callback.ask_name(ENGLISH, suggested=STRANGE), ["callback:name", "callback:cancel"]),
    "name without a suggestion": (callback.ask_name(ENGLISH, suggested=""), ["callback:cancel"]),
    "phone": (callback.ask_phone(ENGLISH), []),
    "address": (callback.ask_optional(ENGLISH, "email"), ["callback:skip", "callback:cancel"]),
    "remark": (callback.ask_optional(ENGLISH, "remark"), ["callback:skip", "callback:cancel"]),
    "time": (
        callback.ask_time(
            ENGLISH, [Slot("now", at(20, 10), at(20, 12)), AFTERNOON], now=NOW, zone=ZONE, phone="+49 30 901820"
        ),
        ["callback:time:now", "callback:time:2026-11-20-pm", "callback:cancel"],
    ),
    "time of a clinic that never opens": (callback.ask_time(ENGLISH, [], now=NOW, zone=ZONE), ["callback:cancel"]),
    "summary": (
        callback.summary(ENGLISH, DRAFT, slot=AFTERNOON, now=NOW, zone=ZONE),
        SUMMARY_BUTTONS,
    ),
    "summary whose time has passed": (
        callback.summary(ENGLISH, DRAFT, slot=None, now=NOW, zone=ZONE),
        SUMMARY_BUTTONS,
    ),
    "received": (
        callback.received(ENGLISH, NEWS),
        ["callback:move", "callback:withdraw", "menu"],
    ),
    "received late": (
        callback.received(ENGLISH, replace(NEWS, now=at(20, 16))),
        ["callback:nobody:1234", "callback:move", "callback:withdraw", "menu"],
    ),
    "another time": (
        callback.move(ENGLISH, [AFTERNOON], now=NOW, zone=ZONE),
        ["callback:time:2026-11-20-pm", "callback:keep"],
    ),
    "withdraw": (callback.withdraw(ENGLISH, number=1234), ["callback:withdraw:yes", "callback:keep"]),
    "withdrawn": (callback.withdrawn(ENGLISH), ["callback:start", "menu"]),
    "taken": (callback.told(ENGLISH, replace(NEWS, state="taken", by=STRANGE)), []),
    "reached": (callback.told(ENGLISH, replace(NEWS, state="reached")), []),
    "no answer": (callback.told(ENGLISH, replace(NEWS, state="no_answer")), ["callback:start"]),
    "booked": (callback.told(ENGLISH, replace(NEWS, state="booked", booked_for=TODAY)), []),
    "not wanted": (callback.told(ENGLISH, replace(NEWS, state="declined")), []),
    "time over": (callback.slot_passed(ENGLISH, number=1234), ["callback:nobody:1234"]),
    **{
        f"{kind} offered": (
            reminders.offer(ENGLISH, kind, [at(27, 10)] * 7, today=TODAY, usual=(5, 7)),
            [f"remind:{kind}:on", "reminders", "advice"],
        )
        for kind in OFFERED
    },
    "too few sessions offered": (
        reminders.offer(ENGLISH, "preparation", [at(27, 10)], today=TODAY, usual=(5, 7)),
        ["remind:preparation:on", "reminders", "advice"],
    ),
    "reminder confirmed": (
        reminders.confirmed(ENGLISH, "safe_now", at(27, 10), today=TODAY, has_advice=True),
        ["advice", "reminders", "continue", "menu"],
    ),
    "no reminders": (
        reminders.all_of_them(ENGLISH, [], [], zone="Berlin", today=TODAY, has_advice=False),
        ["zone", "continue", "menu"],
    ),
    "all reminders": (
        reminders.all_of_them(
            ENGLISH,
            [reminders.Planned(number, kind, at(27, 10) if number else None) for number, kind in enumerate(KINDS)],
            OFFERED,
            zone=STRANGE,
            today=TODAY,
            has_advice=True,
        ),
        [
            *(f"reminders:stop:{number}" for number in range(len(KINDS))),
            "reminders:stop_all",
            *(f"remind:{kind}" for kind in OFFERED),
            *("zone", "continue", "menu"),
        ],
    ),
    "later": (
        reminders.later(
            ENGLISH,
            77,
            {"hour": at(20, 11), "tomorrow": at(21, 10), "days_3": at(23, 10)},
            another_hour=False,
            today=TODAY,
        ),
        ["remind:77:later:hour", "remind:77:later:tomorrow", "remind:77:later:days_3", "continue"],
    ),
    "another hour": (
        reminders.later(ENGLISH, 77, {"h18": at(21, 18)}, another_hour=True, today=TODAY),
        ["remind:77:later:h18", "continue"],
    ),
    "anything new": (reminders.anything_new(ENGLISH), ["check:no", "check:yes"]),
    "green light": (
        reminders.green_light(ENGLISH, "drainage", outside=True, following=at(27, 10), today=TODAY),
        ["callback:start", "advice", "reminders"],
    ),
    "not yet": (
        reminders.not_yet(ENGLISH, "classic", TODAY, reminded=True, today=TODAY),
        ["advice", "reminders"],
    ),
    "all well": (reminders.all_well(ENGLISH, at(27, 10), today=TODAY), ["advice", "reminders"]),
    "time zone": (
        zones.choose(ENGLISH, "Europe/Berlin", ["Europe/Berlin", "America/Argentina/ComodRivadavia"], now=NOW),
        ["zone:Europe/Berlin", "zone:America/Argentina/ComodRivadavia", "reminders"],
    ),
    **{
        f"{kind} due": (
            reminders.due(ENGLISH, 77, [reminders.Item(kind, 2)], clinic=STRANGE),
            [*onward, "remind:77:done", "remind:77:later", "remind:77:stop"],
        )
        for kind, onward in {
            **{kind.id: ["remind:77:check"] for kind in KINDS.values() if kind.checks},
            "visit": [],
            "unfinished": ["continue"],
        }.items()
    },
    "all at once due": (
        reminders.due(ENGLISH, 77, [reminders.Item(kind, 2) for kind in KINDS], clinic=STRANGE),
        ["remind:77:check", "remind:77:done", "remind:77:later", "remind:77:stop"],
    ),
    "alert": (alert(name=STRANGE, phone="+49 30 901820"), ["request:1002:clear"]),
    "alert cleared": (alert(state="cleared", cleared_by=STRANGE), []),
    "staff help": (staff.staff_help(ENGLISH), []),
    "client told of a clearance": (callback.cleared(ENGLISH), []),
    "rules changed": (
        reminders.plans_moved(
            ENGLISH, "rules", [Moved(kind, TODAY, after) for kind in KINDS for after in (TODAY, None)], TODAY
        ),
        ["advice"],
    ),
}


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_can_be_sent_and_offers_what_it_should(name: str) -> None:
    screen, offered = SCREENS[name]
    check(Screen(screen.text.replace("{x}", "x"), screen.rows, screen.contact, screen.cancel))
    assert data(screen) == offered


@pytest.mark.parametrize("name", ["welcome", "minor", "help", "privacy", "summary", "taken", "alert"])
def test_a_name_with_markup_is_shown_as_it_is_written(name: str) -> None:
    assert STRANGE in words(SCREENS[name][0])


def test_the_first_screen_says_what_consent_is_given_to() -> None:
    said = words(welcome.welcome(ENGLISH, clinic="Linden Clinic"))
    for promise in ("Linden Clinic", "about two minutes", "stored", "not a doctor", "/privacy"):
        assert promise in said
    first = welcome.welcome(ENGLISH, clinic="Linden Clinic")
    assert labels(first) == ["I'm 18 or older and agree", "I'm under 18", "No thanks"]


def test_a_phone_is_asked_for_with_telegrams_own_button() -> None:
    screen = callback.ask_phone(ENGLISH)
    assert (screen.contact, screen.cancel) == ("Share my number", ENGLISH.plain("callback.cancel"))


def test_the_number_is_shown_back_when_the_time_is_asked() -> None:
    assert "+49 30 901820" in words(SCREENS["time"][0])


def test_a_received_request_says_its_number_and_when_the_call_comes() -> None:
    assert "Received, No. 1234" in words(SCREENS["received"][0])
    assert "We call you today between 14:00 and 16:00." in words(SCREENS["received"][0])
    taken = callback.received(ENGLISH, replace(NEWS, state="taken", by="Mia <3"))
    assert "Mia <3 has your request. We call you today between 14:00 and 16:00." in words(check(taken))


@pytest.mark.parametrize(
    ("start", "end", "client", "button", "desk"),
    [
        (
            at(20, 14),
            at(20, 16),
            "today between 14:00 and 16:00",
            "Today 14:00–16:00",
            "Friday, 20 November, 14:00–16:00",
        ),
        (
            at(21, 10),
            at(21, 12),
            "tomorrow between 10:00 and 12:00",
            "Tomorrow 10:00–12:00",
            "Saturday, 21 November, 10:00–12:00",
        ),
        (
            at(23, 9),
            at(23, 12, 30),
            "on Monday, 23 November between 09:00 and 12:30",
            "Mon 23 Nov 09:00–12:30",
            "Monday, 23 November, 09:00–12:30",
        ),
        (
            at(20, 17, 30),
            at(21, 11, 30),
            "tomorrow by 11:30",
            None,
            "Friday, 20 November, 17:30 to Saturday, 21 November, 11:30",
        ),
        (
            at(21, 13, 30),
            at(23, 10, 30),
            "by Monday, 23 November, 10:30",
            None,
            "Saturday, 21 November, 13:30 to Monday, 23 November, 10:30",
        ),
        (
            datetime(2027, 1, 4, 9, 0, tzinfo=ZONE),
            datetime(2027, 1, 4, 12, 0, tzinfo=ZONE),
            "on Monday, 4 January 2027 between 09:00 and 12:00",
            "Mon 4 Jan 09:00–12:00",
            "Monday, 4 January 2027, 09:00–12:00",
        ),
    ],
)
def test_a_time_to_call_is_said_to_client_button_and_desk(
    start: datetime, end: datetime, client: str, button: str | None, desk: str
) -> None:
    assert call_time(ENGLISH, start, end, today=TODAY) == client
    assert staff_time(ENGLISH, start, end, today=TODAY) == desk
    if button:
        assert slot_label(ENGLISH, start, end, today=TODAY) == button


CARD = staff.Card(
    number=1234,
    name="<b>Anna & Co",
    phone="+49 171 2345678",
    start=at(20, 14),
    end=at(20, 16),
    today=TODAY,
    language="de",
    state="open",
)


def card(**changed: Any) -> Screen:
    return check(staff.request_card(ENGLISH, replace(CARD, **changed)))


@pytest.mark.parametrize(
    ("facts", "offered", "says"),
    [
        ({}, "take", ""),
        ({"has_priority": True}, "take", "Nobody called in time"),
        ({"more": True}, "take", "remark"),
        ({"state": "taken", "by": "Mia <3"}, "reached no_answer booked declined details release", "Taken by Mia <3"),
        ({"state": "no_answer", "by": "Mia", "tries": 2}, "take", "tries: 2"),
        ({"state": "no_answer", "by": "Mia", "tries": 1}, "take", "back here Friday, 20 November at 14:00"),
        ({"state": "reached", "by": "Mia"}, "booked declined details", "Reached by Mia"),
        ({"state": "booked", "by": "Mia", "booked_for": TODAY}, "", "Booked for Friday, 20 November by Mia"),
        ({"state": "declined", "by": "Mia", "reason": "price"}, "", "Declined (The price), noted by Mia"),
        ({"state": "withdrawn"}, "", "Withdrawn by the client"),
    ],
)
def test_a_request_shows_its_state_and_offers_the_staff_the_next_moves(
    facts: dict[str, Any], offered: str, says: str
) -> None:
    screen = card(**facts)
    assert data(screen) == [f"request:1234:{action}" for action in offered.split()]
    for fact in ("No. 1234", "<b>Anna & Co", "+49 171 2345678", "Friday, 20 November, 14:00–16:00", "German", says):
        assert fact in words(screen)


DAYS = [TODAY + timedelta(days=days) for days in range(9)]


def test_a_booking_asks_one_colleague_for_the_day_and_the_service() -> None:
    days = outcome.ask_day(ENGLISH, 1234, "Mia <3", DAYS, earlier=[], later=[DAYS[-1]])
    asked = check(staff.asking_card(ENGLISH, CARD, days))
    assert data(asked)[0] == "request:1234:booked:2026-11-20"
    assert data(asked)[-2:] == ["request:1234:booked:from:2026-11-28", "request:1234:back"]
    assert "Mia <3, for which day" in words(asked)
    assert "+49 171 2345678" in words(asked)
    named = outcome.ask_service(ENGLISH, 1234, "Mia", TODAY, [("s" * 32, "Classic" * 9)], today=TODAY)
    services = check(staff.asking_card(ENGLISH, CARD, named))
    assert data(services)[1:] == ["request:1234:booked:service:other", "request:1234:back"]


def test_a_refusal_asks_why() -> None:
    why = check(staff.asking_card(ENGLISH, CARD, outcome.ask_reason(ENGLISH, 1234, "Mia")))
    assert data(why) == [*(f"request:1234:declined:{reason}" for reason in REASONS), "request:1234:back"]


def test_a_repeated_card_says_so() -> None:
    assert words(card(repeat=True)).startswith(words(card()))
    assert "Sent again" in words(card(repeat=True))


def test_an_alert_can_be_cleared_once_and_says_by_whom() -> None:
    assert [button.data for row in alert().rows for button in row] == ["request:1002:clear"]
    cleared = alert(state="cleared", cleared_by="Mia")
    assert cleared.rows == ()
    assert "Cleared by Mia" in words(cleared)


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        ("urgent_a", "possible emergency"),
        ("urgent_b", "possible blocked vessel after filler"),
        ("urgent_c", "possible infection"),
    ],
)
def test_an_alert_says_who_what_and_what_to_do(outcome: str, kind: str) -> None:
    page = check(alert(outcome=outcome))
    assert kind in words(page)
    assert '<a href="tg://user?id=42">Anna</a>' in page.text
    assert "contact the client now" in words(page)
    assert "Phone" not in words(page)


def test_a_nameless_client_can_still_be_reached_from_an_alert() -> None:
    page = check(alert(name=""))
    assert '<a href="tg://user?id=42">open the chat</a>' in page.text


def test_a_reminder_shows_its_moments_before_it_is_confirmed() -> None:
    assert words(SCREENS["safe_now offered"][0]).count("Friday, 27 November at 10:00") == 7
    assert "Friday, 27 November at 10:00" in words(SCREENS["reminder confirmed"][0])
    assert "1 session fits" in words(SCREENS["too few sessions offered"][0])
    assert "fits" not in words(SCREENS["preparation offered"][0])


def test_what_later_promises_is_what_will_be() -> None:
    assert labels(SCREENS["later"][0]) == ["In an hour", "Sat 21 Nov, 10:00", "Mon 23 Nov, 10:00", "Continue"]
    tomorrow = reminders.later(ENGLISH, 77, {"hour": at(21, 10)}, another_hour=False, today=TODAY)
    assert labels(tomorrow)[0] == "Sat 21 Nov, 10:00"


@pytest.mark.parametrize("kinds", [*([kind] for kind in KINDS), list(KINDS)])
def test_the_preview_of_a_due_reminder_names_no_treatment_and_nothing_in_it_gives_a_green_light(
    kinds: list[str],
) -> None:
    said = words(
        reminders.due(ENGLISH, 77, [reminders.Item(kind, 0) for kind in kinds], clinic="Linden Clinic")
    ).lower()
    preview = said.partition("\n")[0]
    assert preview.startswith("a note from linden clinic")
    for word in ("filler", "massage", "drainage", "botulinum", "injection", "treatment", "facial", "session"):
        assert word not in preview
    assert "book" not in said


@pytest.mark.parametrize(
    ("why", "says"),
    [
        ("request", "Callback request No. 1234 is still waiting"),
        ("unseen_request", "Callback request No. 1234: not in the staff chat"),
    ],
)
def test_the_mail_holds_what_is_needed_to_call_and_its_subject_names_nobody(why: mail.Why, says: str) -> None:
    subject, text = mail.waiting_request(
        ENGLISH,
        why,
        number=1234,
        name="Anna & Co <b>",
        phone="+49 171 2345678",
        start=at(20, 14),
        end=at(20, 16),
        today=TODAY,
        clinic="Linden Clinic",
    )
    assert subject == says
    for fact in ("1234", "Anna & Co <b>", "+49 171 2345678", "Friday, 20 November, 14:00–16:00", "Linden Clinic"):
        assert fact in text
    assert text.endswith("\n")


def test_the_command_menus_keep_telegrams_limits() -> None:
    menu = commands.client_commands(ENGLISH)
    names = [name for name, _ in menu]
    assert names == ["start", "consult", "callback", "reminders", "privacy", "my_data", "help", "cancel"]
    assert [name for name, _ in commands.staff_commands(ENGLISH)] == ["queue", "stats", "export", "help"]
    for _, text in (*menu, *commands.staff_commands(ENGLISH)):
        assert 3 <= len(text) <= 256


@pytest.mark.parametrize("clinic", ["Linden Clinic", "x" * 600])
def test_the_descriptions_keep_telegrams_limits(clinic: str) -> None:
    assert len(commands.description(ENGLISH, clinic=clinic)) <= 512
    assert len(commands.short_description(ENGLISH, clinic=clinic)) <= 120
    assert commands.description(ENGLISH, clinic=clinic).startswith(clinic[:100])


def test_a_slot_names_the_clinics_day_not_the_servers() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    slot = Slot("2026-11-21-am", at(21, 9), at(21, 12))
    screen = callback.ask_time(ENGLISH, [slot], now=late, zone=ZONE)
    assert labels(screen)[0] == "Today 09:00–12:00"


def test_no_moment_is_shown_in_another_zone_than_it_has() -> None:
    summer = datetime(2026, 7, 1, 10, 0, tzinfo=ZONE)
    assert ENGLISH.moment(summer, date(2026, 1, 1)) == "Wednesday, 1 July at 10:00"
    assert ENGLISH.time(summer + timedelta(hours=13, minutes=59)) == "23:59"

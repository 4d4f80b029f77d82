"""Random clients: whatever they tap, the interview stays consistent and can be finished."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.consultation.interview import (
    DONE,
    Consultation,
    WrongAnswer,
    answered,
    asked,
    back,
    change,
    choose,
    open_question,
    progress,
)
from bot.consultation.questions import BY_KEY, QUESTIONS, Kind, Question

TODAY = date(2026, 11, 20)


def taps(consultation: Consultation, question: Question) -> st.SearchStrategy[str]:
    """What the keyboard of the open question offers."""
    options = list(question.options)
    if question.kind is Kind.SET:
        return st.sampled_from([*options, DONE, DONE] if consultation.ticks else options)
    if question.kind is Kind.ONE:
        return st.sampled_from(options)
    sign = -1 if question.kind is Kind.PAST_DATE else 1
    days = st.integers(0, 400).map(lambda n: (TODAY + timedelta(days=n * sign)).isoformat())
    return st.one_of(days, st.just("unknown"))


def finish(consultation: Consultation) -> Consultation:
    """Tap the last thing that each question offers until there is no question."""
    for _ in range(len(QUESTIONS) * 2):
        question = open_question(consultation)
        if question is None:
            return consultation
        consultation = choose(consultation, question.key, DONE if consultation.ticks else question.options[-1], TODAY)
    pytest.fail("the interview does not end")


class RandomClient(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.consultation = Consultation()
        self.has_corrected = False

    @rule(data=st.data())
    def tap(self, data: st.DataObject) -> None:
        question = open_question(self.consultation)
        if question is None:
            return
        before, tapped = self.consultation, data.draw(taps(self.consultation, question))
        after = self.consultation = choose(before, question.key, tapped, TODAY)
        if question.key not in after.answers or self.has_corrected:
            return
        assert progress(after).position >= progress(before).position
        if question.key != "age":
            assert back(after).answers == before.answers
            assert back(after).ticks == (before.ticks if tapped == DONE else back(after).ticks)

    @rule()
    def go_back(self) -> None:
        before = self.consultation
        self.consultation = back(before)
        assert ("age" in before.answers) == ("age" in self.consultation.answers)
        if before.changing:
            assert self.consultation.answers == before.answers

    @precondition(lambda self: bool(answered(self.consultation)))
    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        question, value = data.draw(st.sampled_from(answered(self.consultation)))
        before = self.consultation
        self.consultation = change(before, question.key)
        self.has_corrected = True
        assert open_question(self.consultation) is question
        assert self.consultation.answers == before.answers
        assert self.consultation.ticks == (value if question.kind is Kind.SET else ())

    @rule(key=st.sampled_from([*BY_KEY, "gone"]), value=st.sampled_from(["none", "unknown", DONE, "", "2026-11-01"]))
    def tap_an_old_keyboard(self, key: str, value: str) -> None:
        question = open_question(self.consultation)
        if question is not None and question.key == key:
            return
        before = self.consultation.as_json()
        with pytest.raises(WrongAnswer, match="stale"):
            choose(self.consultation, key, value, TODAY)
        assert self.consultation.as_json() == before

    @rule()
    def restart_the_process(self) -> None:
        stored = json.dumps(self.consultation.as_json())
        assert Consultation.from_json(json.loads(stored)) == self.consultation

    @invariant()
    def answers_are_held_only_while_their_question_applies(self) -> None:
        answers = self.consultation.answers
        assert all(BY_KEY[key].applies(answers) for key in answers)

    @invariant()
    def the_open_question_is_the_first_without_an_answer(self) -> None:
        question = open_question(self.consultation)
        unanswered = [q for q in asked(self.consultation) if q.key not in self.consultation.answers]
        if self.consultation.changing:
            assert question is BY_KEY[self.consultation.changing]
            assert question.key in self.consultation.answers
        else:
            assert question is (unanswered[0] if unanswered else None)

    @invariant()
    def ticks_belong_to_the_open_set(self) -> None:
        question = open_question(self.consultation)
        if self.consultation.ticks:
            assert question is not None
            assert question.kind is Kind.SET
            assert set(self.consultation.ticks) <= set(question.options)

    @invariant()
    def progress_stays_within_its_total(self) -> None:
        shown = progress(self.consultation)
        assert 1 <= shown.position <= shown.total

    @invariant()
    def there_is_always_a_way_to_the_end(self) -> None:
        finished = finish(self.consultation)
        assert list(finished.answers) == [question.key for question in asked(finished)]


RandomClient.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, suppress_health_check=[HealthCheck.too_slow]
)
TestRandomClient = RandomClient.TestCase

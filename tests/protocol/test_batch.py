"""`advise` and `advise --batch`: JSON in, JSON out."""

import json
from collections.abc import Iterator

import pytest

from bot.consultation.batch import advise_batch, advise_one
from bot.consultation.protocol import Protocol
from tests.protocol.cases import TODAY, filler, healthy

GOOD = json.dumps(healthy())


def test_one_object_gives_one_advice_object(protocol: Protocol) -> None:
    text, code = advise_one(protocol, json.dumps(filler(3, areas="cheeks", skin=["acne_inflamed"])), TODAY)
    advice = json.loads(text)
    assert code == 0
    assert list(advice) == ["protocol", "outcome", "from", "techniques", "recommended", "reasons"]
    assert advice["techniques"]["drainage"] == {"verdict": "wait", "from": "2026-11-24", "where": "anywhere"}
    assert advice["reasons"][:2] == ["time:filler", "skin:acne_inflamed"]


BAD = [
    ("", "not JSON: "),
    ("\n", "not JSON: "),
    ("{", "not JSON: "),
    ("null", "not an object of answers"),
    ("[]", "not an object of answers"),
    ('"adult"', "not an object of answers"),
    ("{}", "age: missing; symptoms: missing; "),
    (b"\xff\xfe", "not UTF-8"),
    ("[" * 200_000, "not JSON that can be read"),
    ('{"age": ' + "1" * 5000 + "}", "not JSON that can be read"),
    (GOOD[:-1] + ', "wish": "relax"}', "wish: must be of "),
    (GOOD.replace('"relax"', "NaN").replace('"advise_me"', "NaN"), "wish: must be of "),
]


@pytest.mark.parametrize(("text", "reason"), BAD, ids=[row[1] + str(index) for index, row in enumerate(BAD)])
def test_what_is_no_answers_object_gives_the_reason_and_1(protocol: Protocol, text: str | bytes, reason: str) -> None:
    found, code = advise_one(protocol, text, TODAY)
    assert code == 1
    assert found.startswith(reason)


def test_an_urgent_sign_survives_another_answer_given_twice(protocol: Protocol) -> None:
    text, code = advise_one(protocol, '{"age": "adult", "age": "adult", "symptoms": ["chest"]}', TODAY)
    assert (json.loads(text)["outcome"], code) == ("urgent_a", 0)


def test_a_byte_order_mark_is_no_part_of_the_object(protocol: Protocol) -> None:
    for text in ("\ufeff" + GOOD, b"\xef\xbb\xbf" + GOOD.encode()):
        assert advise_one(protocol, text, TODAY)[1] == 0


def test_a_batch_answers_line_by_line_in_order(protocol: Protocol) -> None:
    lines: list[str | bytes] = [GOOD + "\n", b"\xff\n", "\n", json.dumps(filler(3)).encode() + b"\n", "{}\n", GOOD]
    written: list[str] = []
    advise_batch(protocol, lines, TODAY, written.append)
    assert [line.count("\n") for line in written] == [1] * len(lines)
    outcomes = [json.loads(line).get("outcome", "error") for line in written]
    assert outcomes == ["allowed", "error", "error", "wait", "error", "allowed"]
    assert json.loads(written[1]) == {"error": "not UTF-8"}


def test_a_batch_answers_each_line_before_it_reads_the_next(protocol: Protocol) -> None:
    written: list[str] = []
    answered_before: list[int] = []

    def lines() -> Iterator[str]:
        for _ in range(50):
            answered_before.append(len(written))
            yield GOOD

    advise_batch(protocol, lines(), TODAY, written.append)
    assert answered_before == list(range(50))

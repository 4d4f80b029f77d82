"""How many advices a second the engine gives on one core, beside the naive second reading of the protocol."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest

from bot.consultation.engine import advise
from bot.consultation.protocol import load_protocol
from tests.protocol import reference
from tests.protocol.cases import TODAY, dice, random_answers

pytestmark = pytest.mark.benchmark


def rate(step: Callable[[Any], object], cases: list[Any]) -> float:
    begin = perf_counter()
    for case in cases:
        step(case)
    return len(cases) / (perf_counter() - begin)


def test_advices_a_second() -> None:
    protocol, random = load_protocol(), dice(1)
    cases = [random_answers(random, calm=0.9) for _ in range(3000)]
    engine = rate(lambda case: advise(protocol, case, TODAY), cases)
    naive = rate(lambda case: reference.advice(case, TODAY), cases)
    print(f"\nengine {engine:,.0f}/s, naive second reading {naive:,.0f}/s, ratio {engine / naive:.2f}")

"""How long a picture takes, from the advice to the PNG."""

from time import perf_counter

import pytest

from bot.consultation.engine import advise
from bot.consultation.protocol import load_protocol
from messages.pictures.face_map import face_map
from messages.pictures.render import render
from tests.messages.judge import ENGLISH
from tests.protocol.cases import TODAY, filler

ROUNDS = 15
CASES = {"hatched": filler(7), "whole": filler(3), "dotted": filler("unknown"), "strokes": filler(700)}


@pytest.mark.benchmark
def test_a_face_map() -> None:
    protocol = load_protocol()
    for name, answers in CASES.items():
        advice = advise(protocol, answers, TODAY)
        drawing, rendering, size = [], [], 0
        for _ in range(ROUNDS):
            start = perf_counter()
            picture = face_map(ENGLISH, advice, today=TODAY)
            assert picture is not None
            drawn = perf_counter()
            size = len(render.__wrapped__(picture.svg))
            drawing.append(drawn - start)
            rendering.append(perf_counter() - drawn)
        figures = ", ".join(
            f"{what} {1000 * sorted(times)[ROUNDS // 2]:.0f} ms (at most {1000 * max(times):.0f})"
            for what, times in (("drawn", drawing), ("rendered", rendering))
        )
        print(f"\n{name}: {figures}; {size / 1000:.0f} kB")

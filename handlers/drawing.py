"""Draws a picture in a process of its own: a large one would hold up everybody for a tenth of a second."""

import asyncio
import sys
from pathlib import Path

from messages.pictures import render

ROOT = Path(render.__file__).parents[2]
PATIENCE_SECONDS = 30


class DrawingFailed(Exception):
    """The process ended without a picture."""


async def draw(svg: str) -> bytes:
    """The drawing as a PNG; raises :class:`DrawingFailed`, or ``TimeoutError`` after half a minute."""
    command = (sys.executable, "-m", render.__name__)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            png, _ = await process.communicate(svg.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not png:
        raise DrawingFailed
    return png

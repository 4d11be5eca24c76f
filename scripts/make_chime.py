"""Writes static/sounds/chime.wav: the two falling notes heard before a call.

The sound is computed, so it carries no one's licence, and the same bytes come out on every machine.
Run: python scripts/make_chime.py
"""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

RATE = 22_050  # samples per second
LENGTH = 1.7  # seconds
PEAK = 0.89  # of full scale: loud in a hall, with headroom so that no player clips it
NOTES = ((0.0, 659.26), (0.42, 523.25))  # start in seconds, pitch in hertz: E5, then C5
PARTIALS = (  # ratio to the pitch, level, decay per second
    (1.0, 1.0, 2.6),
    (2.0, 0.45, 4.2),
    (3.0, 0.22, 6.0),
    (4.2, 0.08, 9.0),
)
ATTACK = 0.006  # seconds; a softer start would hide in a hall's noise, a harder one clicks
RELEASE = 0.08  # seconds of fade at the end


def note_at(seconds: float, pitch: float) -> float:
    """One bell-like note, `seconds` after it was struck; zero before."""
    if seconds < 0:
        return 0.0
    rise = min(1.0, seconds / ATTACK)
    return rise * sum(
        level * math.exp(-decay * seconds) * math.sin(2 * math.pi * pitch * ratio * seconds)
        for ratio, level, decay in PARTIALS
    )


def chime() -> list[float]:
    """The samples of both notes, scaled to PEAK."""
    count = int(RATE * LENGTH)
    mixed = [sum(note_at(i / RATE - start, pitch) for start, pitch in NOTES) for i in range(count)]
    faded = [value * min(1.0, (count - 1 - i) / (RATE * RELEASE)) for i, value in enumerate(mixed)]
    loudest = max(abs(value) for value in faded)
    return [value * PEAK / loudest for value in faded]


def write_wav(path: Path, samples: list[float]) -> None:
    """Mono, 16 bits, little-endian."""
    frames = array("h", (round(value * 32_767) for value in samples))
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(frames.tobytes())


if __name__ == "__main__":
    write_wav(Path(__file__).resolve().parent.parent / "static" / "sounds" / "chime.wav", chime())

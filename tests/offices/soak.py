"""A long run of the world: ``python -m tests.offices.soak --steps 100000 --seed 1``.

Each life of a world has its own seed, made of the run's seed and the life's number, so that a run can
be split over processes (``--lives 0-49``, ``--lives 50-99``) and a failure repeated alone
(``--lives 17``). The same seed gives the same trace; the digest at the end says so.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.offices.world.county import World
from tests.offices.world.mix import STEPS, WEIGHTS
from tests.offices.world.rest import rest

#: Steps between two rests, and rests in a life.
BETWEEN, RESTS = (60, 300), (1, 3)


def memory() -> Path | None:
    """Where folders cost nothing."""
    place = Path("/dev/shm")
    return place if place.is_dir() and os.access(place, os.W_OK) else None


def live(
    seed: str, most: int, *, verbose: bool = False, without: Sequence[str] = ()
) -> tuple[str, int, dict[str, int]]:
    """One life: its trace, the number of its steps, what was done how often."""
    chance = Random(seed)
    root = Path(tempfile.mkdtemp(dir=memory(), prefix="zhengyou-soak-"))
    world = World(root, chance.getrandbits(64), chance.randint(5, 8))
    names = [name for name in WEIGHTS if name not in without]
    weights = [WEIGHTS[name] for name in names]
    try:
        for _ in range(chance.randint(*RESTS)):
            for _ in range(chance.randint(*BETWEEN)):
                if world.steps >= most:
                    break
                name = chance.choices(names, weights)[0]
                if verbose:
                    print(world.steps, name, end=" ", flush=True)
                done = world.step(STEPS[name])
                if verbose:
                    print(done)
            rest(world)
        return world.trace.hexdigest(), world.steps, world.did
    finally:
        world.close()
        shutil.rmtree(root, ignore_errors=True)


def lives_of(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def main() -> int:
    """Run until the steps are done; 1 when an oracle did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.offices.soak", description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lives", type=lives_of, default=range(1 << 30), metavar="FROM-TO")
    parser.add_argument("--keep-going", action="store_true", help="go on after a failure")
    parser.add_argument("--without", nargs="*", default=(), metavar="STEP")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    whole, steps, failed, began = hashlib.sha256(), 0, [], time.monotonic()
    total: dict[str, int] = {}
    for number in given.lives:
        if steps >= given.steps:
            break
        seed = f"{given.seed} {number}"
        try:
            trace, did, what = live(
                seed, given.steps - steps, verbose=given.verbose, without=given.without
            )
        except Exception:
            traceback.print_exc()
            print(f"FAILED: --seed {given.seed} --lives {number}", flush=True)
            failed.append(number)
            if not given.keep_going:
                break
            continue
        steps += did
        total = {name: total.get(name, 0) + what.get(name, 0) for name in {*total, *what}}
        whole.update(trace.encode())
        if number % 10 == 9:
            print(f"life {number}: {steps} steps, {time.monotonic() - began:.0f} s", flush=True)
    print(f"seed {given.seed}: {steps} steps, {time.monotonic() - began:.0f} s, failed {failed}")
    print("  ".join(f"{name} {count}" for name, count in sorted(total.items())))
    print(f"trace {whole.hexdigest()}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

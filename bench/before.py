"""The same step in another checkout, such as the build before: how much faster or slower it is now.

Belongs here: running a step of a checkout by its own environment (`<checkout>/.venv`). Does not
belong here: what is measured (the scripts beside this module). Make one with
`git worktree add /tmp/before COMMIT && make -C /tmp/before .venv/.ready`.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from bench.measure import Measured

_CODE = """
import json, sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from bench.measure import measure
module, step, home, *numbers = sys.argv[1:]
bench = import_module(module)  # which knows where its own build keeps a home
found = measure(getattr(bench, step), bench.Home(Path(home)), *map(int, numbers))
print(json.dumps(asdict(found)))
"""


def measure_before(checkout: Path, module: str, step: str, home: Path, *numbers: int) -> Measured:
    """Measure a step of the other checkout that takes a home and numbers.

    Args:
        checkout: The other checkout; it has the module, the step and a `.venv`.
        module: Name of the benchmark's module.
        step: Name of the step in it, as `bench.measure` takes one.
        home: A home that the other checkout made or can read.
        numbers: What the step takes beside it.

    Raises:
        subprocess.CalledProcessError: The step failed there.
    """
    command = [str(checkout / ".venv/bin/python"), "-c", _CODE, module, step, str(home)]
    done = subprocess.run(
        [*command, *map(str, numbers)], cwd=checkout, check=True, capture_output=True, text=True
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))

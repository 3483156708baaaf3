"""Servers of other projects, written for Node, installed once for each lock file and kept for the next run."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

CACHE = Path(os.environ.get("RAPPORT_PEERS") or Path.home() / ".cache" / "rapport-peers")


def modules(folder: Path, must_be_there: str) -> Path:
    """The folder with the ``node_modules`` that ``folder``'s lock file names; about two minutes the first time.

    ``must_be_there`` is a file without which the installation is not whole. Raises RuntimeError with npm's last words.
    """
    lock = folder / "package-lock.json"
    there = CACHE / f"{folder.name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{there.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # several test processes want it at once
        if not (there / "node_modules" / must_be_there).exists():
            shutil.rmtree(there, ignore_errors=True)
            there.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, there / name)
            done = subprocess.run(
                ["npm", "ci", "--no-audit", "--no-fund"], cwd=there, capture_output=True, text=True, timeout=900
            )
            if done.returncode or not (there / "node_modules" / must_be_there).exists():
                raise RuntimeError(f"npm could not install {folder.name}: {done.stderr[-2000:]}")
    return there

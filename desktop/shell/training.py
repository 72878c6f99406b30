"""The training county: a folder of its own beside the office's, made once, clearly marked."""

from __future__ import annotations

from pathlib import Path

from db import office
from desktop.tasks import Progress

TRAINING_FOLDER = "-training"


def build_training(folder: Path, progress: Progress) -> Path:
    """Make the training data unless they are there; returns their folder."""
    if not office.exists(folder):
        from db.demonstration import build

        build(folder, "township", 1, progress)
    return folder

"""Updates of the program itself, carried on a stick: verified, tried, switched, taken back."""

from __future__ import annotations

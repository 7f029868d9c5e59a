"""Figures are tested in the corners that matters are tested in."""

from tests.matters.conftest import _shared, corner, own_corner, stage

__all__ = ["_shared", "corner", "own_corner", "stage"]

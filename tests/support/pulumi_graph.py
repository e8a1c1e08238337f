"""The program's recording, as the tests know it."""

from __future__ import annotations

from rehearsal import PROJECT, ROOT, Graph, Resource, record, record_main

__all__ = ["PROJECT", "ROOT", "Graph", "Resource", "record", "record_main"]

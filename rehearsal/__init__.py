"""A run of the Pulumi program without a cloud: what it would declare, with every input filled in."""

from rehearsal.graph import Graph, Resource
from rehearsal.run import PROJECT, ROOT, record, record_main

__all__ = ["PROJECT", "ROOT", "Graph", "Resource", "record", "record_main"]

"""A run of the Pulumi program without a cloud: the resources it declares, with every input resolved."""

from tools.program_graph.graph import Graph, Resource
from tools.program_graph.outputs import AWS, CHINA, GOVCLOUD, Cloud
from tools.program_graph.run import PROJECT, ROOT, record, record_main

__all__ = [
    "AWS",
    "CHINA",
    "GOVCLOUD",
    "PROJECT",
    "ROOT",
    "Cloud",
    "Graph",
    "Resource",
    "record",
    "record_main",
]

"""The recorded program as a CloudFormation template, to check it against AWS's resource schemas."""

from tests.support.cloudformation.template import UnmappedTypeError, template
from tests.support.cloudformation.types import PART_OF, TYPES, WITHOUT_TYPE

__all__ = ["PART_OF", "TYPES", "WITHOUT_TYPE", "UnmappedTypeError", "template"]

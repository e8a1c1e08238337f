"""The IAM policies of the roles that deploy and preview the program."""

from tools.iam_documents.deployer.documents import deployer_documents, preview_documents
from tools.iam_documents.place import EXAMPLE, Place

__all__ = ["EXAMPLE", "Place", "deployer_documents", "preview_documents"]

"""What a role may do that deploys the program, and what one may that only previews it."""

from tools.iam_documents.deployer.documents import deployer_documents, preview_documents
from tools.iam_documents.deployer.place import EXAMPLE, Place

__all__ = ["EXAMPLE", "Place", "deployer_documents", "preview_documents"]

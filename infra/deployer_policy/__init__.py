"""What a role may do that deploys the program, and what one may that only previews it."""

from infra.deployer_policy.documents import deployer_documents, preview_documents
from infra.deployer_policy.place import EXAMPLE, Place

__all__ = ["EXAMPLE", "Place", "deployer_documents", "preview_documents"]

"""The IAM policies of the roles that deploy, preview and operate a stack."""

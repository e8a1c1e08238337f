"""How the components come together, capability by capability; no module here creates a resource itself."""

"""Lambda functions: their layer, their code, their roles."""

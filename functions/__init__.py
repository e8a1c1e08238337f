"""The code of the Lambda functions: handlers, adapters and the domain."""

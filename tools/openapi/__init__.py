"""The HTTP interface and its webhooks as one OpenAPI 3.1 document, made from the models that validate."""

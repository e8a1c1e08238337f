"""The HTTP API's side of the service: requests, replies and problem documents."""

"""The rules of orders, payments and events; no AWS, no input or output."""

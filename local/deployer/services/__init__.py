"""One module for each AWS service: a creator for each resource type that the program uses."""

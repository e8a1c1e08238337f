"""One thin module for each Lambda function."""

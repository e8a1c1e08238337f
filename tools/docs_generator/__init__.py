"""The parts of docs/ that are generated from the program, the workflow and the settings."""

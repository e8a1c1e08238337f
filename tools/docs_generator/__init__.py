"""The parts of docs/ that are drawn from the program, the workflow and the settings themselves."""

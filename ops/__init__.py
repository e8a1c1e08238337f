"""What an operator runs, against AWS or the laptop."""

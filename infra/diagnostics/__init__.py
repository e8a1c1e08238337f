"""What an operator finds out about SNS with, in a stack that is not production."""

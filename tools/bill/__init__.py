"""What a million orders cost, by service, from the recorded program and a dated price table."""

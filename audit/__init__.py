"""Ask the vulnerability databases about every locked dependency."""

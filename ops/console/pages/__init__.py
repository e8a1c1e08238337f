"""The console's pages: each builds itself from a reading, again whenever that changes."""

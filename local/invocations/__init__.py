"""Lambda's asynchronous invocations inside the emulator."""

"""The service on this machine: the same Pulumi program, deployed to an emulator of AWS."""

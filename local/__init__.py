"""The embedded cloud: the same Pulumi program on this machine."""

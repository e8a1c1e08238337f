"""The Pulumi program: settings, composition, components and pure helpers."""

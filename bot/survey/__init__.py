"""What somebody typed, looked at from all sides: what is published for it, and what its servers really do."""

"""synthgen: synthetic data and eval sets, with the proof that they are fake and right."""

__version__ = "0.1.0"

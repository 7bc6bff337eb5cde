"""Several lanes of a guide, side by side: each in a process of its own, with a lab of its own."""

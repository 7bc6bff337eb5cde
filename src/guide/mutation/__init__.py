"""How well a guide is tested: it is bent in one place at a time, and its own steps have to notice."""

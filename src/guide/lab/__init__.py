"""Labs: the nodes that steps run on, and what they are made of. Nothing here knows of Markdown."""

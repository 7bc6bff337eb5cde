"""A chapter in the terminal: its prose, and its commands when the reader runs them."""

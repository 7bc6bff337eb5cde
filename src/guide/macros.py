"""What pages can use, as the module of macros that a guide names in mkdocs.yml."""

from typing import Any

from guide.site import account, register


def define_env(env: Any) -> None:
    """Give pages the project's files and values."""
    register(env)


def on_post_page_macros(env: Any) -> None:
    """Let no block onto the site that nobody accounts for."""
    account(env)

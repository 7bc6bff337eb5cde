"""What the site's pages can use; the package does it."""

from guide.macros import define_env, on_post_page_macros

__all__ = ["define_env", "on_post_page_macros"]

"""What MkDocs calls while it builds the site; the package does it."""

from guide.built import Built

_built = Built()
on_config = _built.on_config
on_pre_build = _built.on_pre_build
on_page_content = _built.on_page_content
on_page_context = _built.on_page_context
on_post_build = _built.on_post_build

#!/usr/bin/env python
"""The project's command line; the embedded database is started first where a command needs one."""

import os
import sys
from importlib import import_module

ON_FILES = {"moral_graph build": "elicitation.moral_graph.management.commands.moral_graph"}
"""From files to a file: these run without the apps, which take longer to load than the work takes."""


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")
    on_files = ON_FILES.get(" ".join(sys.argv[1:3]))
    if on_files:
        import_module(on_files).Command().run_from_argv(sys.argv)
        return
    from multivocal.embedded import ensure_database_url, needs_database

    if needs_database(sys.argv[1:]):
        ensure_database_url()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

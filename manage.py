#!/usr/bin/env python
"""The project's command line; the embedded database is started first where a command needs one."""

import os
import sys

from multivocal.embedded import ensure_database_url, needs_database


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")
    if needs_database(sys.argv[1:]):
        ensure_database_url()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

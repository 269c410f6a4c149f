#!/usr/bin/env python
"""Django's commands, with the embedded servers around them when DATABASE_URL or REDIS_URL is unset."""

import sys

# These bring their own idea of what the database should look like.
WITHOUT_TABLES = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "test", "flush", "dbshell"}
WITHOUT_SERVERS = {"check", "collectstatic", "help", "version"}


def main() -> None:
    """Run the command on the command line."""
    from django.core.management import execute_from_command_line

    words = sys.argv[1:]
    if not words or words[0] == "help" or {"--help", "-h", "--version"} & set(words):
        import os

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jada.settings")
        execute_from_command_line(sys.argv)
        return

    from jada.core.embedded import EmbeddedError
    from jada.startup import join_servers, make_tables, read_settings

    read_settings()
    membership = None
    if words[0] not in WITHOUT_SERVERS or any(word.startswith("--database") for word in words):
        try:
            membership = join_servers(pages=words[0] != "runserver")
        except EmbeddedError as error:
            sys.exit(str(error))
    try:
        if membership is not None and words[0] not in WITHOUT_TABLES:
            make_tables()
        execute_from_command_line(sys.argv)
    finally:
        if membership is not None and membership.leave():
            membership.wait_gone(30)


if __name__ == "__main__":
    main()

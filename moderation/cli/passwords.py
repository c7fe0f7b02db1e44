"""Owns how a command is told a password, and the hash it becomes."""

import sys

import click
from flask import Flask
from flask_security import Security, hash_password

LONGEST_LINE = 4_096


def ask_password() -> str:
    """Return a password typed twice at the terminal.

    :raises click.UsageError: if there is no terminal to ask at.
    """
    if not sys.stdin.isatty():
        raise click.UsageError(
            "there is no terminal to ask for a password at; "
            "give it on standard input with --password-stdin"
        )
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def read_password() -> str:
    """Return the first line of standard input.

    :raises click.UsageError: if it is empty, too long or not UTF-8.
    """
    raw = sys.stdin.buffer.readline(LONGEST_LINE).rstrip(b"\r\n")
    try:
        password = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.UsageError("give the password in UTF-8") from error
    if not password:
        raise click.UsageError("give the password as one line on standard input")
    return password


def make_password_hash(app: Flask, password: str) -> str:
    """Return the hash the login page will check `password` against.

    :raises click.ClickException: if it breaks the rules that hold on the pages too.
    """
    security: Security = app.extensions["security"]
    with app.test_request_context():
        messages, normalised = security.password_util.validate(
            password, is_register=True
        )
        if messages:
            raise click.ClickException(" ".join(map(str, messages)))
        return str(hash_password(normalised))

"""Certificates for servers of tests, made by `openssl`: an authority, and a server signed by it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple


class Certificates(NamedTuple):
    """PEM files: the authority to trust, the server's certificate for localhost and 127.0.0.1, and its key (PKCS 8)."""

    authority: Path
    certificate: Path
    key: Path


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)


def make_certificates(directory: Path) -> Certificates:
    """Make them in a folder, valid for two days. Raises CalledProcessError, FileNotFoundError without openssl."""
    directory.mkdir(parents=True, exist_ok=True)
    made = Certificates(directory / "ca.crt", directory / "server.crt", directory / "server.key")
    ca_key, request, names = directory / "ca.key", directory / "server.csr", directory / "names.cnf"
    new = ("-newkey", "rsa:2048", "-nodes")
    _openssl("req", "-x509", *new, "-keyout", str(ca_key), "-out", str(made.authority), "-days", "2",
             "-subj", "/CN=test authority")  # fmt: skip
    _openssl("req", *new, "-keyout", str(made.key), "-out", str(request), "-subj", "/CN=localhost")
    names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n", encoding="utf-8")
    _openssl("x509", "-req", "-in", str(request), "-CA", str(made.authority), "-CAkey", str(ca_key), "-CAcreateserial",
             "-out", str(made.certificate), "-days", "2", "-extfile", str(names))  # fmt: skip
    return made

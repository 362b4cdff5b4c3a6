#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py OUT.c CSS JS: the style and the script of reports as strings, with the hashes by which a page lets just these in."""
import base64
import hashlib
import json
import sys

out, css, js = sys.argv[1:]


def literal(text):
    # JSON's escapes of ASCII are C's, but for \/ (which dumps() does not write) and \uXXXX
    assert text.isascii()
    return "\n".join("\t" + json.dumps(line) for line in text.splitlines(keepends=True))


with open(out, "w", encoding="ascii") as c:
    c.write('#include "report/parts.h"\n')
    for name, path in ("style", css), ("script", js):
        with open(path, encoding="ascii") as f:
            text = f.read()
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        c.write(f"\nconst char html_{name}[] =\n{literal(text)};\n")
        c.write(f'const char html_{name}_hash[] = "sha256-{digest}";\n')

#!/usr/bin/env python3
"""A side of ipcbench: -t exec:examples/programs/echo.py (docs/programs.md)."""
import os

IN, OUT = 3, 4
size = int(os.environ["IPCBENCH_SIZE"])


def read_message():
    """All bytes of the next message; fewer at the end of the input."""
    data = os.read(IN, size)
    while 0 < len(data) < size:
        part = os.read(IN, size - len(data))
        if not part:
            break
        data += part
    return data


def write_all(data):
    data = memoryview(data)
    while data:
        data = data[os.write(OUT, data):]


if os.environ["IPCBENCH_MODE"] == "echo":
    while message := read_message():
        write_all(message)
else:
    count = 0
    while data := os.read(IN, max(size, 65536)):
        count += len(data)
    write_all(b"%d\n" % count)

#!/usr/bin/env python3
"""A side of ipcbench: -t exec:examples/programs/shm.py,via=shm (docs/programs.md)."""
import mmap
import os

IN, OUT, SHARED = 3, 4, 5
size = int(os.environ["IPCBENCH_SIZE"])

with mmap.mmap(SHARED, 2 * size) as memory:
    # a byte for each message, which is in the first half; the answer goes into the second
    while byte := os.read(IN, 1):
        memory[size:] = memory[:size]
        os.write(OUT, byte)

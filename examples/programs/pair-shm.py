#!/usr/bin/env python3
"""Both sides of ipcbench, over shared memory and semaphores: -t exec-pair:examples/programs/pair-shm.py (docs/programs.md)."""
from multiprocessing import Semaphore
from multiprocessing.shared_memory import SharedMemory

import pair


class Channel:
    """Room for one message: its length, then itself."""

    def __init__(self, size):
        self.memory = SharedMemory(create=True, size=8 + size)
        # the other process is a child, which inherits it
        self.memory.unlink()
        self.empty, self.full = Semaphore(1), Semaphore(0)

    def put(self, message):
        self.empty.acquire()
        self.memory.buf[:8] = len(message).to_bytes(8, "little")
        self.memory.buf[8:8 + len(message)] = message
        self.full.release()

    def get(self):
        self.full.acquire()
        message = bytes(self.memory.buf[8:8 + int.from_bytes(self.memory.buf[:8], "little")])
        self.empty.release()
        return message


pair.main("shared_memory and semaphores", Channel)

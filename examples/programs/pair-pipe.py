#!/usr/bin/env python3
"""Both sides of ipcbench, over multiprocessing.Pipe: -t exec-pair:examples/programs/pair-pipe.py (docs/programs.md)."""
from multiprocessing import Pipe

import pair


class Channel:
    def __init__(self, _):
        reader, writer = Pipe(duplex=False)
        self.get, self.put = reader.recv_bytes, writer.send_bytes


pair.main("multiprocessing.Pipe", Channel)

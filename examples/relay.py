#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A broker: passes the messages of each of its two clients to the other. Usage: relay.py SOCKET"""

import selectors
import socket
import sys

MOST = 1 << 20

with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
    server.bind(sys.argv[1])
    server.listen()
    print("listening on", sys.argv[1], flush=True)
    clients = [server.accept()[0] for _ in range(2)]

ready = selectors.DefaultSelector()
for client, other in zip(clients, reversed(clients)):
    ready.register(client, selectors.EVENT_READ, other)
while ready.get_map():
    for key, _ in ready.select():
        message = key.fileobj.recv(MOST)
        if message:
            key.data.send(message)
        else:
            ready.unregister(key.fileobj)

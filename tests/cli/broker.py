#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The example broker with a fault, named by BROKER_FAULT. Usage: broker.py SOCKET"""

import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time

fault = os.environ["BROKER_FAULT"]


def flowing(act):
    """Does that when messages flow."""
    received = 0

    class Counting(socket.socket):
        def recv(self, size):
            nonlocal received
            received += 1
            if received == 20:
                act()
            return super().recv(size)

    socket.socket = Counting


def die():
    print("out of memory", flush=True)
    os._exit(7)


def print_on():
    while True:
        os.write(1, b"x" * 4096)


if fault == "hang":
    print("loading the index", flush=True)
    time.sleep(1000)
elif fault == "refuse":
    sys.exit("port 5672 is taken")
elif fault == "die":
    flowing(die)
elif fault == "killed":
    flowing(lambda: os.kill(os.getpid(), signal.SIGKILL))
elif fault == "stop":
    flowing(lambda: os.kill(os.getpid(), signal.SIGSTOP))
elif fault == "fork":
    # the daemon goes on in a session of its own, as daemon(3) has it; its parent ends later
    waits, tells = os.pipe()
    if os.fork() > 0:
        os.read(waits, 1)
        os._exit(0)
    os.setsid()
    flowing(lambda: os.write(tells, b"."))
elif fault == "ignore":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen(["sleep", "1000"], start_new_session=True)
elif fault == "print":
    # without a line feed, and faster than anybody reads
    threading.Thread(target=print_on, daemon=True).start()
elif fault == "cpus":
    with open(os.environ["CPUS_FILE"], "w") as out:
        print(*sorted(os.sched_getaffinity(0)), sep=",", file=out)
runpy.run_path(os.path.join(os.environ["SOURCE_ROOT"], "examples", "relay.py"), run_name="__main__")

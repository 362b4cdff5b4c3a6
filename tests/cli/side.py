#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A side of -t exec that does what its first argument says, and is sound otherwise."""
import os
import signal
import sys
import time

IN, OUT = 3, 4
size = int(os.environ["IPCBENCH_SIZE"])
fault = sys.argv[1] if len(sys.argv) > 1 else "none"
AT = 20  # the message at which it happens


def fork_away():
    """Leaves the group, too."""
    if os.fork() == 0:
        os.setsid()
        return True
    return False


def leave_child():
    if fork_away():
        os.close(IN)
        os.close(OUT)
        time.sleep(1000)


def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def read_message():
    data = os.read(IN, size)
    while 0 < len(data) < size:
        data += os.read(IN, size - len(data))
    return data


def before():
    match fault:
        case "exit-0":
            sys.exit(0)
        case "exit-3":
            print("first line")
            sys.exit("no such file: \033[31mdata\033[m")  # status 1
        case "status-9":
            sys.exit(9)
        case "hang":
            print("waiting for data", flush=True)
            time.sleep(1000)
        case "silent":
            os.close(0)
            os.close(1)
            os.close(2)
        case "daemon":
            if not fork_away():
                sys.exit(0)
        case "child":
            leave_child()
        case "close":
            os.close(0)
            os.close(IN)
            os.close(OUT)
            time.sleep(1000)


def echo():
    number = 0
    while data := read_message():
        number += 1
        if number == AT:
            match fault:
                case "wrong":
                    data = data[:-1] + bytes([data[-1] ^ 1])
                case "number":
                    data = bytes([data[0] ^ 1]) + data[1:]
                case "short":
                    data = data[:-1]
                case "twice":
                    os.write(OUT, data)
                case "crash":
                    os.kill(os.getpid(), signal.SIGSEGV)
                case "leave":
                    sys.exit(0)
                case "stuck":
                    time.sleep(1000)
        if fault == "burn":
            burn(0.001)
        if fault == "burn-child":
            # somebody else does the work, in a group of its own
            os.write(order[1], b".")
            os.read(done[0], 1)
        if fault == "chatty":
            print(number, "x" * 200, flush=True)
        os.write(OUT, data)


def drain():
    count = 0
    while data := os.read(IN, max(size, 65536)):
        count += len(data)
        if fault == "leave" and count >= AT * size:
            sys.exit(0)
        if fault == "crash" and count >= AT * size:
            os.kill(os.getpid(), signal.SIGSEGV)
        if fault == "stuck" and count >= AT * size:
            time.sleep(1000)
    match fault:
        case "wrong":
            count -= size
        case "no-count":
            return
        case "words":
            os.write(OUT, b"many\n")
            return
        case "raise":
            raise ValueError("nothing adds up")
    os.write(OUT, b"%d\n" % count)


if fault == "show":
    here = os.environ["SHOW"]
    with open(here, "a", encoding="utf-8") as out:
        print(os.environ["IPCBENCH_MODE"], os.environ["IPCBENCH_VIA"], size, sys.argv[2:], sorted(os.sched_getaffinity(0)),
              sorted(int(fd) for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")),
              signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, os.getsid(0) == os.getpid(), file=out)
order, done = os.pipe(), os.pipe()
if fault == "burn-child" and fork_away():
    os.close(IN)
    os.close(OUT)
    os.close(order[1])
    while os.read(order[0], 1):
        burn(0.001)
        os.write(done[1], b".")
    sys.exit(0)
before()
echo() if os.environ["IPCBENCH_MODE"] == "echo" else drain()
if fault == "stay":
    time.sleep(1000)

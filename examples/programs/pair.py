#!/usr/bin/env python3
"""Both sides of ipcbench: -t exec-pair:examples/programs/pair.py (docs/programs.md)."""
import json
import os
from multiprocessing import Process, Queue
from time import monotonic_ns

control, answers = open(3, encoding="utf-8"), open(4, "w", encoding="utf-8", buffering=1)


def say(kind, value):
    answers.write(json.dumps({kind: value}) + "\n")


def other_side(there, back, config):
    os.sched_setaffinity(0, config["cpus"][1:] or os.sched_getaffinity(0))
    while True:
        message = there.get()
        if config["mode"] == "latency" or not message:
            back.put(message)


def main(name, channel):
    say("hello", {"protocol": 1, "name": name})
    config = json.loads(control.readline())["config"]
    there, back, message = channel(config["size"]), channel(config["size"]), bytes(config["size"])
    Process(target=other_side, args=(there, back, config), daemon=True).start()
    os.sched_setaffinity(0, config["cpus"][:1] or os.sched_getaffinity(0))
    say("ready", {})
    for line in control:
        go, times, start = json.loads(line)["go"], [], monotonic_ns()
        end = start
        while len(times) < go["messages"] and end < start + go["duration_ns"]:
            there.put(message)
            if config["mode"] == "latency" and back.get() != message:
                raise ValueError("it came back changed")
            times.append(monotonic_ns() - end)
            end += times[-1]
        if config["mode"] == "throughput":
            there.put(b"")  # comes back when all others have been read
            back.get()
            end = monotonic_ns()
        say("result", {"messages": len(times), "elapsed_ns": end - start})
        for i in range(0, len(times), 10000) if config["mode"] == "latency" else []:
            say("times", times[i:i + 10000])


if __name__ == "__main__":
    main("multiprocessing.Queue", lambda size: Queue(64))

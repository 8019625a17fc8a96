"""Cost of a confirmed threshold write over a pseudo-terminal, against a bare write and readline of the same exchange.

Bar: one acknowledged exchange plus the configured settle time, no other sleep (the released client: 0.30 s a write).
"""

import os
import select
import subprocess
import sys
import time

import numpy as np

from scantrail.threshold import Device, DeviceConfig, write_threshold

WRITES = 300


def main() -> None:
    command = [sys.executable, "-m", "scantrail", "sim", "osechi", "--seed", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as board:
        if board.stdout is None:
            raise SystemExit("the simulator's output is no pipe")
        port = board.stdout.readline().strip()
        try:
            floor = bare(port)
            ours = driver(port)
        finally:
            board.terminate()
    for name, seconds in (("confirmed write", ours), ("bare exchange", floor)):
        median, tail = np.percentile(seconds, [50, 99]) * 1e6
        print(f"{name:16s} median {median:7.0f} us   99 % {tail:7.0f} us")
    print(f"ratio of medians {np.median(ours) / np.median(floor):.2f}")


def driver(port: str) -> np.ndarray:
    seconds = np.empty(WRITES)
    with Device(DeviceConfig(port=port, dialect="v1", open_wait=0.1)) as device:
        device.set_threshold(1, 300)
        for i in range(WRITES):
            began = time.perf_counter()
            write = write_threshold(device, 1, 200 + i)
            seconds[i] = time.perf_counter() - began
            if write.error is not None:
                raise SystemExit(str(write.error))
    return seconds


def bare(port: str) -> np.ndarray:
    seconds = np.empty(WRITES)
    fd = os.open(port, os.O_RDWR | os.O_NOCTTY)
    os.write(fd, b"SET_STREAM 0\n")
    while select.select([fd], [], [], 0.3)[0]:
        os.read(fd, 65536)
    for i in range(WRITES):
        began = time.perf_counter()
        os.write(fd, b"SET_THRESHOLD 1 %d\n" % (200 + i))
        reply = b""
        while not reply.endswith(b"\n"):
            reply += os.read(fd, 4096)
        seconds[i] = time.perf_counter() - began
    os.close(fd)
    return seconds


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The host's side of net.sh: does what the guest asks for, types the answer."""
import hashlib
import os
import socket
import sys
import threading
import time
import urllib.request

RATE = 200              # datagrams a second
PATIENCE = 20           # seconds until an answer counts as lost
AFTER = 50              # so many at the end must all be answered


def port(guest, proto=""):
    return int(os.environ[f"ORTHROS_VM_{proto}PORT_{guest}"])


def answer(text):
    with open(os.environ["ORTHROS_VM_CONSOLE"], "w", encoding="ascii") as console:
        print(text, file=console)


def download():
    with urllib.request.urlopen(f"http://127.0.0.1:{port(80)}/file", timeout=60) as file:
        answer(hashlib.sha256(file.read()).hexdigest())


class Datagrams:
    """Numbered datagrams to a port that sends them back, on one socket."""

    def __init__(self):
        self.sock = socket.socket(type=socket.SOCK_DGRAM)
        self.sock.connect(("127.0.0.1", port(7, "UDP_")))
        self.sent = []
        self.came = []
        self.error = None
        self.going = True
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.writer = threading.Thread(target=self.write, daemon=True)
        self.reader.start()
        self.writer.start()

    def read(self):
        try:
            while True:
                self.came.append(int(self.sock.recv(64)))
        except (OSError, ValueError) as err:
            self.error = self.error or err

    def write(self):
        try:
            while self.going:
                self.sock.send(b"%d" % len(self.sent))
                self.sent.append(time.monotonic())
                time.sleep(1 / RATE)
        except OSError as err:
            self.error = self.error or err

    def wait_for(self, enough):
        end = time.monotonic() + PATIENCE
        while not enough() and not self.error and time.monotonic() < end:
            time.sleep(0.01)
        return enough()

    def begun(self):
        return self.wait_for(lambda: self.came)

    def end(self):
        """After the hop: from here on each is answered before the next."""
        self.going = False
        self.writer.join()
        for number in range(len(self.sent), len(self.sent) + AFTER):
            self.sock.send(b"%d" % number)
            self.sent.append(time.monotonic())
            self.wait_for(lambda: self.came[-1:] == [number])
        came = set(self.came)
        lost = [n for n in range(len(self.sent)) if n not in came]
        took = (self.sent[lost[-1]] - self.sent[lost[0]]) * 1000 if lost else 0
        told = f"of {len(self.sent)} datagrams {len(lost)} were lost, within {took:.0f} ms"
        if self.error:
            answer(f"bad {self.error}")
        elif len(came) < len(self.came):
            answer(f"bad {len(self.came) - len(came)} doubled, {told}")
        elif lost and lost[-1] >= len(self.sent) - AFTER:
            answer(f"bad none must be lost after the hop: {told}")
        else:
            answer(f"fine {told}")


def main():
    datagrams = None
    for word in map(str.strip, sys.stdin):
        if word == "download":
            download()
        elif word == "datagrams":
            datagrams = Datagrams()
            answer("going" if datagrams.begun() else "silent")
        elif word == "datagrams-end":
            datagrams.end()


main()

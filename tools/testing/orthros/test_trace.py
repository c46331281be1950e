#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of "orthros trace": raw traces, whole and not, to each format. KTAP on stdout.

test_trace.py PROGRAM: the program is tools/orthros/orthros.
"""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

HEAD = "KTAP version 1\n"

MAGIC, VERSION = 0x454341525452484F, 1
RUN, KERNEL, POINT, STEP, OBJECT, REFUSE, ERROR = range(1, 8)
SRC, DST = 1, 2
DESCRIBE, FREEZE, READ, BUILD = 1, 2, 6, 8
BEGIN, END = 1, 2
KHZ = 1000000		# a cycle is a nanosecond
MASK = (1 << 64) - 1

# struct orthros_trace_rec: seq tsc addr pid value sum run cpu event side phase mark
REC = struct.Struct("<QQQiiIHHBBBB")
LANE = struct.Struct("<QIII44x")
SIZE = (128, 64)


def rotsum(data):
    """orthros_trace_sum() of a record whose sum is 0."""
    x = 0x9E3779B97F4A7C15 ^ len(data)
    for i, (word,) in enumerate(struct.iter_unpack("<Q", data)):
        if i != 2:
            x = ((x << 7 | x >> 57) & MASK) ^ word
    return (x ^ x >> 32) & 0xFFFFFFFF


class Trace:
    """A trace as the two kernels would write it."""

    def __init__(self, nr=(16, 16), run=1):
        self.nr, self.run = nr, run
        self.head = [0, 0]
        self.offset = (256, 256 + nr[0] * SIZE[0])
        self.size = self.offset[1] + nr[1] * SIZE[1]
        self.data = bytearray(self.size)

    def place(self, lane, seq):
        return self.offset[lane] + (seq - 1) % self.nr[lane] * SIZE[lane]

    def put(self, event, tsc, text, side=SRC, pid=1, value=0, phase=0, mark=0, cpu=0, addr=0,
            run=None):
        lane = int(event == OBJECT)
        self.head[lane] += 1
        seq = self.head[lane]
        text = text.encode("latin-1")[:SIZE[lane] - REC.size]
        rest = (run or self.run, cpu, event, side, phase, mark)

        def record(check):
            data = REC.pack(seq, tsc, addr, pid, value, check, *rest) + text
            return data + bytes(SIZE[lane] - len(data))

        at = self.place(lane, seq)
        self.data[at:at + SIZE[lane]] = record(rotsum(record(0)))
        return at

    def raw(self):
        head = struct.pack("<QIIII40x", MAGIC, VERSION, self.size, KHZ, self.run)
        for i in range(2):
            head += LANE.pack(self.head[i], self.offset[i], self.nr[i], SIZE[i])
        return head.ljust(256, b"\0") + bytes(self.data[256:])


def a_hop():
    """What is in every trace of a hop, in little."""
    t = Trace(nr=(64, 64))
    t.put(RUN, 1000, "update")
    t.put(KERNEL, 1001, "6.1.0")
    t.put(KERNEL, 1002, "6.12.0", side=DST)
    t.put(POINT, 2000, "begin", phase=0)
    t.put(STEP, 3000, "limits", phase=DESCRIBE, mark=BEGIN)
    t.put(STEP, 5000, "limits", phase=DESCRIBE, mark=END)
    t.put(POINT, 10000, "freeze", phase=15)
    t.put(POINT, 20000, "frozen", phase=2)
    t.put(STEP, 30000, "files", side=DST, phase=READ, mark=BEGIN, cpu=2)
    t.put(OBJECT, 31000, "file", side=DST, pid=7, value=96, phase=READ, cpu=2,
          addr=0xFFFF888001234568)
    t.put(REFUSE, 32000, "sh: fd 5: raw \"socket\"", side=DST, pid=7, cpu=2)
    t.put(STEP, 40000, "files", side=DST, phase=READ, mark=END, cpu=2)
    t.put(STEP, 50000, "files", side=DST, phase=BUILD, mark=BEGIN, cpu=2)
    t.put(OBJECT, 51000, "file", side=DST, pid=7, value=96, phase=BUILD, cpu=3)
    t.put(ERROR, 52000, "no such file", side=DST, value=-2, addr=0xFFFFFFFF81000010, cpu=2)
    t.put(STEP, 60000, "files", side=DST, phase=BUILD, mark=END, value=-2, cpu=2)
    # More than the 27 bits of a ring buffer's delta.
    t.put(POINT, 700060000, "released", side=DST, phase=12, cpu=2)
    return t


def orthros(work, raw, *args):
    path = f"{work}/raw"
    with open(path, "wb") as f:
        f.write(raw)
    res = subprocess.run([PROGRAM, "trace", *args, path], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=60, check=False)
    return res.returncode, res.stdout.decode("ascii", "replace"), res.stderr.decode()


def lines(work, trace, *args):
    status, out, err = orthros(work, trace.raw(), "--text", *args)
    expect(status, 0)
    return out.splitlines(), err


def slices(work, trace):
    status, out, _ = orthros(work, trace.raw())
    expect(status, 0)
    return json.loads(out)


def expect(got, want):
    if got != want:
        raise ValueError(f"{got!r}, not {want!r}")


def text_of_a_hop(work):
    expect(lines(work, a_hop()), ([
        "    0.000000 src cpu0  run 1: update",
        "    0.000001 src cpu0  is 6.1.0",
        "    0.000002 dst cpu0  is 6.12.0",
        "    0.001000 src cpu0  point begin",
        "    0.002000 src cpu0  describe limits begins",
        "    0.004000 src cpu0  describe limits took 0.002 ms",
        "    0.009000 src cpu0  point freeze",
        "    0.019000 src cpu0  point frozen",
        "    0.029000 dst cpu2  read files begins",
        "    0.030000 dst cpu2  object file read src=0xffff888001234568 pid=7 size=96",
        "    0.031000 dst cpu2  refuse 7 sh: fd 5: raw \"socket\"",
        "    0.039000 dst cpu2  read files took 0.010 ms",
        "    0.049000 dst cpu2  build files begins",
        "    0.050000 dst cpu3  object file built pid=7 size=96",
        "    0.051000 dst cpu2  error -2: no such file (from 0xffffffff81000010)",
        "    0.059000 dst cpu2  build files took 0.010 ms, error -2",
        "  700.059000 dst cpu2  point released",
    ], ""))


def json_of_a_hop(work):
    doc = slices(work, a_hop())
    events = doc["traceEvents"]
    expect(doc["otherData"], {"torn": 0, "overwritten": 0})
    names = {(e["pid"], e.get("tid")): e["args"]["name"] for e in events
             if e["name"] in ("process_name", "thread_name")}
    got = [(names[e["pid"], None], names[e["pid"], e["tid"]], e["name"], e["ts"], e["dur"])
           for e in events if e["ph"] == "X"]
    expect(got, [
        ("src 6.1.0", "describe", "limits", 2, 2),
        ("hop", "time line", "downtime", 9, 700050),
        ("hop", "time line", "freeze", 9, 10),
        ("dst 6.12.0", "read", "files", 29, 10),
        ("dst 6.12.0", "build", "files", 49, 10),
    ])
    said = [(e["cat"], e["name"], e["args"]) for e in events
            if e.get("cat") in ("refuse", "error", "object")]
    expect(said, [
        ("object", "file", {"pid": 7, "size": 96, "src": "0xffff888001234568"}),
        ("refuse", "sh: fd 5: raw \"socket\"", {"pid": 7}),
        ("object", "file", {"pid": 7, "size": 96}),
        ("error", "no such file", {"pid": 1, "error": -2, "from": "0xffffffff81000010"}),
    ])
    expect([e["args"] for e in events if e["ph"] == "C"],
           [{"read": 1, "built": 0}, {"read": 1, "built": 1}])


def json_step_that_never_ends(work):
    t = Trace()
    t.put(STEP, 1, "files", phase=READ, mark=BEGIN)
    t.put(OBJECT, 2, "file", phase=READ)
    expect([e["ph"] for e in slices(work, t)["traceEvents"] if e.get("cat") == "step"], ["B"])


def dat_of_a_hop(work):
    status, _, err = orthros(work, a_hop().raw(), "--dat", "-o", f"{work}/trace.dat")
    expect((status, err), (0, ""))
    if not shutil.which("trace-cmd"):
        return "trace-cmd is not installed"
    res = subprocess.run(["trace-cmd", "report", "-i", f"{work}/trace.dat"], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    # CPUs: src's 0; dst's 0, 2 and 3. The widths of columns are trace-cmd's.
    got = [" ".join(line.split()) for line in res.stdout.splitlines()]
    expect((res.returncode, got[0]), (0, "cpus=4"))
    expect(got[1], "src-6.1.0-1 [000] 0.000000: run: update")
    tail = [line.split(": ", 1)[1] for line in got[1:]]
    expect(tail, [
        "run: update", "kernel: 6.1.0", "kernel: 6.12.0", "point: begin",
        "step: describe limits begin err=0", "step: describe limits end err=0",
        "point: freeze", "point: frozen", "step: read files begin err=0",
        "object: read file src=0xffff888001234568 pid=7 size=96",
        "refuse: pid=7 sh: fd 5: raw \"socket\"", "step: read files end err=0",
        "step: build files begin err=0", "object: build file src=0x0 pid=7 size=96",
        "error: err=-2 no such file from=0xffffffff81000010", "step: build files end err=-2",
        "point: released",
    ])
    if "dst-6.12.0-2 [002] 0.700059: point: released" not in got[-1]:
        raise ValueError(got[-1])
    return None


def dat_of_many_pages(work):
    t = Trace(nr=(16, 1024))
    for i in range(1000):
        t.put(OBJECT, i, f"object {i}", side=DST, phase=READ, cpu=i % 3)
    status, _, err = orthros(work, t.raw(), "--dat", "-o", f"{work}/trace.dat")
    expect((status, err), (0, ""))
    if not shutil.which("trace-cmd"):
        return "trace-cmd is not installed"
    res = subprocess.run(["trace-cmd", "report", "-i", f"{work}/trace.dat"], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    got = [line for line in res.stdout.splitlines() if "object:" in line]
    expect(len(got), 1000)
    if "object 999 " not in got[-1]:
        raise ValueError(got[-1])
    return None


def wrapped(work):
    """The oldest are overwritten, the rest is in order."""
    t = Trace(nr=(4, 4))
    for i in range(10):
        t.put(POINT, 100 + i, f"p{i}")
    got, err = lines(work, t)
    expect([line.split()[-1] for line in got], ["p6", "p7", "p8", "p9"])
    expect(err.splitlines(), ["orthros: 6 older records overwritten"])


def torn(work):
    """A number that is not there yet, two writers in one place, an old round."""
    t = Trace(nr=(8, 8))
    at = [t.put(POINT, 100 + i, f"p{i}") for i in range(6)]
    t.data[at[1]:at[1] + 8] = bytes(8)
    t.data[at[2] + 50] ^= 1
    t.data[at[3]:at[3] + 8] = struct.pack("<Q", 4 + 8)
    # Its number is taken, nothing is written.
    t.head[0] += 1
    got, err = lines(work, t)
    expect([line.split()[-1] for line in got], ["p0", "p4", "p5"])
    expect(err.splitlines(), ["orthros: 4 torn records left out"])


def addresses_may_be_hidden(work):
    t = Trace()
    at = t.put(OBJECT, 1, "file", phase=READ, addr=0xFFFF888000000008)
    t.data[at + 16:at + 24] = bytes(8)
    got, err = lines(work, t)
    expect((got[0].split()[-2:], err), (["pid=1", "size=0"], ""))


def garbage_records(work):
    """Random bytes are no records."""
    t = Trace(nr=(32, 32))
    t.put(POINT, 5, "only")
    x = 1
    for at in range(t.place(0, 2), t.size):
        x = x * 6364136223846793005 + 1442695040888963407 & MASK
        t.data[at] = x >> 56
    t.head = [32, 32]
    got, _ = lines(work, t)
    expect([line.split()[-1] for line in got], ["only"])


def garbage_text(work):
    t = Trace()
    t.put(REFUSE, 1, "a\n\x1b[2J\xff\\\": what", pid=-5)
    expect(lines(work, t)[0], ['    0.000000 src cpu0  refuse -5 a??[2J?\\": what'])
    expect([e["name"] for e in slices(work, t)["traceEvents"] if e.get("cat") == "refuse"],
           ['a??[2J?\\": what'])


def garbage_header(work):
    """A wrong header is an error, and nothing is read beyond the file."""
    good = a_hop().raw()
    for offset, fmt, value in ((0, "<Q", 1), (8, "<I", 99), (64 + 8, "<I", 0xFFFFFFF0),
                               (64 + 12, "<I", 0xFFFFFFFF), (64 + 16, "<I", 0),
                               (64 + 16, "<I", 8), (64 + 16, "<I", 1 << 31)):
        bad = bytearray(good)
        struct.pack_into(fmt, bad, offset, value)
        status, out, err = orthros(work, bytes(bad), "--text")
        if status != 1 or out or not err.startswith("orthros: "):
            raise ValueError((offset, value, status, out, err))
    for size in (1, 63, 200, 1000):
        expect(orthros(work, good[:size], "--text")[0], 1)
    expect(orthros(work, b"", "--text")[0], 1)


def garbage_of_all_kinds(work):
    """No single wrong byte of the header does more than an error."""
    good = a_hop().raw()
    for offset in range(192):
        for value in (0, 0x7F, 0xFF):
            bad = bytearray(good)
            bad[offset] = value
            for form in ("--text", "--json"):
                status, out, _ = orthros(work, bytes(bad), form)
                if status not in (0, 1):
                    raise ValueError((offset, value, status))
                if form == "--json" and not status:
                    json.loads(out)


def empty_trace(work):
    status, out, err = orthros(work, Trace().raw())
    expect((status, out), (1, ""))
    if "nothing of that was traced" not in err:
        raise ValueError(err)


def runs(work):
    """The last update, or what was asked for; sides change with a hop."""
    t = Trace(run=3)

    def text(*args):
        return [line.split()[-1] for line in lines(work, t, *args)[0]]

    t.put(RUN, 1, "check", run=1)
    t.put(KERNEL, 2, "a", run=1)
    t.put(KERNEL, 3, "b", side=DST, run=1)
    expect(text("--run=check"), ["check", "a", "b"])
    t.put(RUN, 4, "update", run=2)
    t.put(KERNEL, 5, "b", run=2)
    t.put(KERNEL, 6, "c", side=DST, run=2)
    t.put(RUN, 7, "check")
    expect(text(), ["update", "b", "c"])
    expect(text("--run", "check"), ["check"])
    expect(text("--run", "all"), ["check", "a", "b", "update", "b", "c", "check"])
    status, out, _ = orthros(work, t.raw(), "--run", "all")
    expect(status, 0)
    expect([e["args"]["name"] for e in json.loads(out)["traceEvents"]
            if e["name"] == "process_name"],
           ["hop", "src a", "dst b", "src b", "dst c", "src "])
    expect(orthros(work, t.raw(), "--run", "load")[0], 1)


def main():
    tests = [(name, test) for name, test in globals().items()
             if name.startswith(("text_", "json_", "dat_", "wrapped", "torn", "addresses_",
                                 "garbage_", "empty_", "runs")) and callable(test)]
    failed = 0
    print(f"{HEAD}1..{len(tests)}")
    for n, (name, test) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as work:
            try:
                skip = test(work)
                print(f"ok {n} {name}" + (f" # SKIP {skip}" if skip else ""))
            except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as err:
                failed = 1
                print("# " + repr(err).replace("\n", "\n# "))
                print(f"not ok {n} {name}")
    return failed


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv[1])
    sys.exit(main())

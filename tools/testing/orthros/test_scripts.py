#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the scripts that judge others' tests and builds. KTAP on stdout."""
import os
import subprocess
import sys
import tempfile

TOP = os.path.abspath(f"{os.path.dirname(__file__)}/../../..")
HEAD = "KTAP version 1\n"


def run(*argv):
    """Its status, and what it printed."""
    res = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         cwd=TOP, timeout=60, check=False)
    return res.returncode, res.stdout


def summary(work, text, *more):
    with open(f"{work}/t.ktap", "w", encoding="ascii") as f:
        f.write(text)
    status, out = run("scripts/ktap-summary", *more, f"{work}/t.ktap")
    return status, out.splitlines()


def build(work, script, *more):
    return run("scripts/progress", "--label", "L", "--log", f"{work}/log", "--steps", "4",
               *more, "--", "sh", "-c", script)


def expect(got, want):
    if got != want:
        raise ValueError(f"{got!r}, not {want!r}")


def summary_counts_innermost(work):
    got = summary(work, HEAD + "1..1\n    1..2\n    ok 1 a\n    ok 2 b\nok 1 suite\n")
    expect(got, (0, ["2 passed, 0 failed, 0 skipped"]))


def summary_shows_diagnosis(work):
    got = summary(work, HEAD + "1..2\n# other\nok 1 a\n# why\nnot ok 2 b\n")
    expect(got, (1, ["FAIL t:b: failed", "  | why", "1 passed, 1 failed, 0 skipped"]))


def summary_wants_the_plan(work):
    got = summary(work, HEAD + "1..3\nok 1 a\n")
    expect(got, (1, ["FAIL t: 1 of 3 tests reported", "1 passed, 1 failed, 0 skipped"]))
    got = summary(work, HEAD + "ok 1 a\n")
    expect(got, (1, ["FAIL t: no plan", "1 passed, 1 failed, 0 skipped"]))
    expect(summary(work, "")[0], 1)


def summary_plan_may_come_last(work):
    expect(summary(work, "ok 1 a\nok 2 b\n1..2\n"), (0, ["2 passed, 0 failed, 0 skipped"]))


def summary_knows_skips(work):
    text = HEAD + "1..2\nok 1 a\nok 2 b # SKIP no card\n"
    expect(summary(work, text)[1][-1], "1 passed, 1 failed, 0 skipped")
    with open(f"{work}/skips", "w", encoding="ascii") as f:
        f.write("t:b # said\n")
    got = summary(work, text, "--skips", f"{work}/skips")
    expect(got, (0, ["SKIP t:b: no card", "1 passed, 0 failed, 1 skipped"]))


def progress_is_quiet_without_steps(work):
    expect(build(work, "echo '  CALL    x.sh'"), (0, ""))


def progress_counts(work):
    status, out = build(work, "echo '  CC      a.o'; echo '  CC [M]  b.o'", "--full")
    expect(status, 0)
    if not out.startswith("L: 25 %, 1 of 4 steps") and not out.startswith("L: 50 %, 2 of 4"):
        raise ValueError(out)
    expect(out.splitlines()[-1], "L: done in 0 s, 2 steps")


def progress_shows_the_error(work):
    status, out = build(work, "echo 'x.c:1: error: no'; seq 50; echo '  CC      a.o'; exit 3")
    expect(status, 3)
    lines = out.splitlines()
    if "  | x.c:1: error: no" not in lines or "  | 50" not in lines:
        raise ValueError(out)


def progress_shows_warnings(work):
    if "x.c:1: warning: odd" not in build(work, "echo 'x.c:1: warning: odd'")[1]:
        raise ValueError("not shown")


def progress_remembers(work):
    script = "for i in 1 2 3 4 5; do echo \"  CC      $i.o\"; done; echo '  LD      vmlinux.o'"
    build(work, script, "--full", "--memory", f"{work}/memory")
    with open(f"{work}/memory", encoding="ascii") as f:
        expect(f.read(), "6 0\n")


def names_of_tests(_work):
    names = "tools/testing/selftests/orthros/run"
    expect(run(names, "--names", "pipe", "test_cow", "refuse"),
           (0, "test_pipe test_cow hop_refuse\n"))
    status, out = run(names, "--names", "nonsense")
    if not status or "test_pipe" not in out:
        raise ValueError(out)


def main():
    tests = [(name, test) for name, test in globals().items()
             if name.startswith(("summary_", "progress_", "names_"))]
    failed = 0
    print(f"{HEAD}1..{len(tests)}")
    for n, (name, test) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as work:
            try:
                test(work)
                print(f"ok {n} {name}")
            except (OSError, ValueError, subprocess.TimeoutExpired) as err:
                failed = 1
                print("# " + str(err).replace("\n", "\n# "))
                print(f"not ok {n} {name}")
    return failed


if __name__ == "__main__":
    sys.exit(main())

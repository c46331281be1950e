#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the scripts that judge others' tests and builds. KTAP on stdout."""
import os
import subprocess
import sys
import tempfile

TOP = os.path.abspath(f"{os.path.dirname(__file__)}/../../..")
HEAD = "KTAP version 1\n"


def run(*argv, cwd=TOP):
    """Its status, and what it printed."""
    res = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         cwd=cwd, timeout=60, check=False)
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


def ledger(work, text, dump):
    """What a ledger is told of two kernels."""
    os.makedirs(f"{work}/kernel/orthros/area", exist_ok=True)
    for name, content in (("kernel/orthros/area/ledger", text), ("dump", dump),
                          ("versions.mk", "KERNELS += 1.0\n")):
        with open(f"{work}/{name}", "w", encoding="ascii") as f:
            f.write(content)
    status, out = run(f"{TOP}/tools/testing/orthros/ledger.py", "--dump", "dump", cwd=work)
    return status, [line.removeprefix("ledger: ") for line in out.splitlines()]


def member(name, kernel="1.0", kind="", simple=1):
    return f"M\t{kernel}/test\tfoo\t{name}\t0\t64\t{kind}\t{simple}\n"


READ = "S\t{0}/test\ttable\tfoo.{1}\tfoo\t{1}\t{2}\n"
ROW = "R\t1.0/test\ttable\tfoo.{}\tVALUE\t{}\t{}\t{}\n"
ABSENT = ROW.format("x", 1, 0, "x")


def ledger_wants_each_member(work):
    dump = member("a") + member("b") + READ.format("1.0", "a", 0)
    expect(ledger(work, "struct foo\n", dump), (1, ["1.0: foo.b has no entry in a ledger"]))
    expect(ledger(work, "struct foo\nfoo.b harmless why\n", dump + member("b", "2.0"))[0], 0)
    # A newer kernel, whose row does not find it any more.
    expect(ledger(work, "struct foo\nfoo.b harmless why\n", dump + member("a", "2.0")),
           (1, ["2.0: foo.a has no entry in a ledger"]))


def ledger_wants_reasons(work):
    expect(ledger(work, "struct foo\nfoo.b harmless\nfoo.c maybe so\n", member("b")),
           (1, ["kernel/orthros/area/ledger:2: harmless, but why?",
                "kernel/orthros/area/ledger:3: no verdict: maybe",
                "kernel/orthros/area/ledger:3: stale: no kernel has foo.c"]))
    expect(ledger(work, "struct foo\nfoo.b refused\n", member("b")),
           (1, ["kernel/orthros/area/ledger:2: 1.0: foo.b: refused, but no row reads it"]))


def ledger_knows_parts(work):
    dump = member("a", kind="bar", simple=0) + READ.format("1.0", "a", 1)
    expect(ledger(work, "struct foo\n", dump),
           (1, ["1.0: foo.a is read in part: it needs an entry, or struct bar a ledger"]))


def ledger_wants_rows_that_somebody_uses(work):
    dump = member("a") + ROW.format("a", 0, 1, "field") + READ.format("1.0", "a", 0)
    expect(ledger(work, "struct foo\n", dump), (1, ["1.0: foo.a has no entry in a ledger"]))
    with open(f"{work}/kernel/orthros/area/read.c", "w", encoding="ascii") as f:
        f.write("x = view->field;\n")
    expect(ledger(work, "struct foo\nstruct bar\n", dump),
           (1, ["no kernel has struct bar"]))


def ledger_wants_optional_rows(work):
    dump = member("a") + READ.format("1.0", "a", 0) + ABSENT
    expect(ledger(work, "struct foo\n", dump),
           (1, ["1.0: table:foo.x is absent, and no ledger allows it"]))
    expect(ledger(work, "struct foo\nabsent table:foo.x <1.1 why\n", dump + member("a", "1.1") +
                  READ.format("1.1", "a", 0))[0], 0)
    expect(ledger(work, "struct foo\nabsent table:foo.x <1.0 why\n", dump),
           (1, ["1.0: table:foo.x is absent, and no ledger allows it"]))
    expect(ledger(work, "struct foo\nabsent table:foo.y all why\n", dump.replace(ABSENT, "")),
           (1, ["kernel/orthros/area/ledger:2: stale: no row table:foo.y"]))


def ledger_compares_coverage(work):
    os.makedirs(f"{work}/Documentation/orthros")
    dump = member("a") + READ.format("1.0", "a", 0)
    status, lines = ledger(work, "struct foo\n", dump)
    expect((status, lines[-1]), (1, "coverage.rst differs: scripts/check-tables --coverage"))
    expect(run(f"{TOP}/tools/testing/orthros/ledger.py", "--write", "--dump", "dump",
               cwd=work)[0], 0)
    expect(ledger(work, "struct foo\n", dump), (0, ["1 structs, 1 members, 0 lost"]))


def kvm_judges(work):
    """On, off, on as before, off, on elsewhere, for each feature of CPUs 0 and 1."""
    def judge(*values):
        with open(f"{work}/trace", "w", encoding="ascii") as f:
            for cpu in range(2):
                for msr in range(0x4b564d01, 0x4b564d05):
                    for value in values:
                        f.write(f"     CPU {cpu}/KVM-9  [001] d..1.  1.0: kvm_msr: "
                                f"msr_write {msr:x} = {value:#x}\n")
        status, out = run("tools/testing/orthros/kvm", "--judge", f"{work}/trace")
        return status, out.count("\nok"), out.count("\nnot ok")
    expect(judge(0x1001, 0, 0x1001, 0, 0, 0x2001), (0, 8, 0))
    expect(judge(0x501, 0x1001, 0, 0x1001, 0, 0x2001), (0, 8, 0))
    expect(judge(0x501, 0, 0x1001, 0, 0x1001, 0, 0x2001), (1, 0, 8))
    expect(judge(0x1001, 0, 0x1001, 0x2001), (1, 0, 8))
    expect(judge(0x1001, 0, 0x2001), (1, 0, 8))
    expect(judge(0x1001, 0, 0x1001, 0, 0x1001), (1, 0, 8))
    expect(judge(), (1, 0, 8))


def main():
    tests = [(name, test) for name, test in globals().items()
             if name.startswith(("summary_", "progress_", "names_", "ledger_", "kvm_"))]
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

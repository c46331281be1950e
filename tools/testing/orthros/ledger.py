#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare the ledgers, kernel/orthros/*/ledger, with what kernels have.

A ledger says of each member of a struct, and of each bit of a word of flags, what
becomes of it in a hop. Its lines:

  struct NAME               all its members must have an entry or a row
  later NAME...             structs that have no ledger yet
  flags PREFIX HEADER MEMBER
                            so must all macros of HEADER that begin with PREFIX
  enum NAME MEMBER          and all enumerators, or with NAME* all that begin so
  absent TABLE:PATH KERNELS REASON
                            an optional row need not be in these kernels: <6.7,
                            >=6.7, =6.1, or all
  STRUCT.MEMBER[,MEMBER...] VERDICT [REASON]
  NAME[,NAME...] VERDICT [REASON]
                            of a word of flags, the last one named above

A line that begins with white space continues the one before. Members of anonymous
structs and unions are the outer one's; those of a struct without a name that is a
member are MEMBER.SUB, MEMBER.* all of them. A member that is a struct with a ledger
of its own is told there, if any row reads it. Without an entry, a member is what
its row says: carried. A row whose field no source file names does not count.

Exit status: 0, 1 for what is missing, stale or differs, 2 if it could not run.
"""
import argparse
import collections
import difflib
import glob
import os
import re
import subprocess
import sys

VERDICTS = {
    "carried": "A row of a table reads it, and it is set again.",
    "told": "Carried, too, but in a section, in words.",
    "derived": "Follows from what is carried, or is found again at the hop.",
    "const": "Always the same in a hop.",
    "refused": "A row reads it; if it is set, the hop is refused.",
    "harmless": "No process can tell.",
    "mask": "No bit of its own: a mask, a shift, another name.",
    "LOST": "Known to be lost. To be mended.",
}
# Read without a part: there is nothing else in them.
CONTAINERS = {"list_head", "hlist_node", "hlist_nulls_node", "rb_node", "rb_root",
              "rb_root_cached", "hlist_head"}
# Markers of groups, without size.
MARKER = re.compile(r"__cacheline_group_(begin|end)__|headers_(start|end)$|__\w+_offset$")
SUMMARY = ("carried", "told", "derived", "const", "refused", "harmless", "LOST")

Entry = collections.namedtuple("Entry", "verdict reason where")


def version(text):
    return tuple(int(n) for n in text.split("."))


def in_range(kernel, spec):
    """Whether an allowance for SPEC speaks of KERNEL."""
    if spec == "all":
        return True
    op, other = re.fullmatch(r"(<|>=|=)([0-9.]+)", spec).groups()
    mine, other = version(kernel), version(other)
    return {"<": mine < other, ">=": mine >= other, "=": mine == other}[op]


class Ledger:
    """What all ledgers say."""

    def __init__(self, paths):
        self.structs, self.later = {}, {}   # name: area
        self.flags = {}                     # prefix or enum: (area, header or None, member)
        self.members, self.bits = {}, {}
        self.absent, self.errors = {}, []
        for path in paths:
            self.read(path)

    def read(self, path):
        self.area, self.word = os.path.basename(os.path.dirname(path)), None
        lines = []
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                line = line.rstrip()
                if not line or line.startswith("#"):
                    continue
                if line[0].isspace() and lines:
                    lines[-1][1] += " " + line.strip()
                else:
                    lines.append([f"{path}:{number}", line])
        for where, line in lines:
            try:
                self.parse(where, line.split())
            except (ValueError, IndexError, AttributeError):
                self.errors.append(f"{where}: not understood: {line}")

    def parse(self, where, words):
        head = words[0]
        if head == "struct":
            self.structs[words[1]] = self.area
        elif head == "later":
            self.later.update((name, self.area) for name in words[1:])
        elif head == "flags":
            self.word = words[1]
            self.flags[self.word] = (self.area, words[2], words[3])
        elif head == "enum":
            self.word = words[1]
            self.flags[self.word] = (self.area, None, words[2])
        elif head == "absent":
            in_range("0", words[2])
            self.add(self.absent, words[1], where, words[2], words[3:])
        elif "." in head:
            struct, members = head.split(".", 1)
            for member in members.split(","):
                self.add(self.members, (struct, member), where, words[1], words[2:])
        else:
            for name in head.split(","):
                self.add(self.bits, (self.word, name), where, words[1], words[2:])

    def add(self, dest, key, where, verdict, reason):
        if dest is not self.absent and verdict not in VERDICTS:
            self.errors.append(f"{where}: no verdict: {verdict}")
        if not reason and verdict not in ("carried", "refused", "mask"):
            self.errors.append(f"{where}: {verdict}, but why?")
        if key in dest:
            self.errors.append(f"{where}: twice, see {dest[key].where}")
        dest[key] = Entry(verdict, " ".join(reason), where)

    def types(self):
        """Names to dump: of structs, and of enums."""
        return [*self.structs, *(name for name, word in self.flags.items() if not word[1])]


class Dump:
    """What check-tables has found in the kernels."""

    def __init__(self, path, fields):
        self.kernels, self.fields = [], fields
        self.unused = set()                                 # table, path
        self.members = collections.defaultdict(dict)    # struct, member: kernel: type, simple
        self.enums = collections.defaultdict(set)           # enum, name: kernels
        self.rows = collections.defaultdict(dict)           # table:path: kernel: optional, present
        self.names = collections.defaultdict(set)           # constant: table
        self.steps = collections.defaultdict(lambda: collections.defaultdict(dict))
        with open(path, encoding="utf-8") as file:
            for line in file:
                kind, label, *rest = line.rstrip("\n").split("\t")
                kernel, _, flavour = label.partition("/")
                # Members of other flavours are those of the kernel's checkers.
                if flavour == "test":
                    if kernel not in self.kernels:
                        self.kernels.append(kernel)
                    getattr(self, "line_" + kind)(kernel, *rest)
        self.kernels.sort(key=version)
        self.order = {key: number for number, key in enumerate(self.members)}

    def line_M(self, kernel, struct, member, _off, size, kind, simple):
        if size != "0" or not MARKER.match(member):
            self.members[struct, member][kernel] = (kind, simple == "1")

    def line_E(self, kernel, enum, name, _value):
        self.enums[enum, name].add(kernel)

    def line_R(self, kernel, table, path, kind, optional, present, field):
        if field.partition("[")[0].rpartition(".")[2] not in self.fields:
            self.unused.add((table, path))
        self.rows[f"{table}:{path}"][kernel] = (optional == "1", present == "1")
        if kind in ("CONST", "ENUM"):
            self.names[path.rpartition(".")[2]].add(table)

    def line_S(self, kernel, table, row, struct, member, part):
        if (table, row) in self.unused:
            return
        seen = self.steps[struct, member][kernel]
        seen[table] = seen.get(table, True) and part == "1"


def named_fields():
    """Members that source files name, without those that tables are in."""
    fields = set()
    for path in glob.glob("kernel/orthros/*/*.[ch]") + \
            glob.glob("arch/x86/orthros/**/*.[ch]", recursive=True):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if "_kunit" not in path and not re.search(r"^ORTHROS_TABLE\(", text, re.M):
            fields.update(re.findall(r"(?:->|\.)(\w+)", text))
    return fields


def macros(vmlinux, header, prefix):
    """Macros of HEADER, of the kernel that VMLINUX is."""
    out = os.path.dirname(vmlinux)
    key = (out, header)
    if key not in macros.seen:
        source = os.path.dirname(out)
        dirs = []
        for sub in ("", "uapi/"):
            dirs += [f"{source}/arch/x86/include/{sub}",
                     f"{out}/arch/x86/include/generated/{sub}",
                     f"{source}/include/{sub}", f"{out}/include/{sub and 'generated/uapi'}"]
        command = [os.environ.get("CC", "gcc"), "-E", "-dD", "-nostdinc", "-D__KERNEL__",
                   *("-I" + name for name in dirs)]
        for name in ("compiler-version.h", "kconfig.h", "compiler_types.h"):
            command += ["-include", f"{source}/include/linux/{name}"]
        text = subprocess.run([*command, f"{source}/{header}"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        found, here = [], False
        for line in text.splitlines():
            if line.startswith("# "):
                here = line.split('"')[1].endswith(header)
            elif here and line.startswith("#define "):
                name = line.split()[1]
                # Not the header's guard, nor a macro with arguments.
                if "(" not in name and len(line.split()) > 2:
                    found.append(name)
        macros.seen[key] = found
    return [name for name in macros.seen[key] if name.startswith(prefix)]


macros.seen = {}


class Check:
    """What is missing, and what becomes of each member."""

    def __init__(self, ledger, dump, images):
        self.ledger, self.dump = ledger, dump
        self.errors = list(ledger.errors)
        self.result = collections.defaultdict(list)     # struct: (member, verdict, why, kernels)
        self.words = collections.defaultdict(list)
        self.used = set()
        self.check_members()
        self.check_flags(images)
        self.check_absent()
        for key, entry in [*ledger.members.items(), *ledger.bits.items()]:
            if key not in self.used:
                self.errors.append(f"{entry.where}: stale: no kernel has {'.'.join(map(str, key))}")

    def entry(self, struct, member):
        while True:
            if (struct, member) in self.ledger.members:
                self.used.add((struct, member))
                return self.ledger.members[struct, member]
            base = member.removesuffix(".*")
            if "." not in base:
                return None
            member = base.rpartition(".")[0] + ".*"

    def steps(self, struct, member, kernel):
        """Tables that read the member: whether only a part of it."""
        seen = dict(self.dump.steps[struct, member][kernel])
        # A row of all that a struct without a name has.
        while "." in member:
            member = member.rpartition(".")[0]
            seen.update(self.dump.steps[struct, member][kernel])
        return seen

    def check_members(self):
        for struct in self.ledger.structs:
            if not any(key[0] == struct for key in self.dump.members):
                self.errors.append(f"no kernel has struct {struct}")
        for struct, member in sorted(self.dump.members, key=self.dump.order.get):
            kernels = self.dump.members[struct, member]
            entry = self.entry(struct, member)
            rows, verdict = set(), None
            for kernel, (kind, simple) in kernels.items():
                seen = self.steps(struct, member, kernel)
                rows |= set(seen)
                name = f"{kernel}: {struct}.{member}"
                if entry:
                    if entry.verdict in ("carried", "refused") and not seen:
                        self.errors.append(f"{entry.where}: {name}: {entry.verdict}, but no row "
                                           "reads it")
                elif not seen:
                    self.errors.append(f"{name} has no entry in a ledger")
                elif kind in self.ledger.structs:
                    verdict = ("struct", kind)
                elif all(seen.values()) and not simple and kind not in CONTAINERS:
                    self.errors.append(f"{name} is read in part: it needs an entry, or struct "
                                       f"{kind} a ledger")
            why = ", ".join(sorted(rows))
            if entry:
                verdict = entry[:2]
                if entry.verdict in ("carried", "refused"):
                    verdict = (entry.verdict, f"{entry.reason} [{why}]".strip())
            self.result[struct].append((member, *(verdict or ("carried", f"[{why}]")),
                                        list(kernels)))

    def check_flags(self, images):
        for word, (_, header, _) in self.ledger.flags.items():
            found = {}
            for kernel in self.dump.kernels:
                if header:
                    names = macros(images[kernel], header, word)
                else:
                    names = [name for enum, name in self.dump.enums
                             if enum == word and kernel in self.dump.enums[enum, name]]
                for name in names:
                    found.setdefault(name, []).append(kernel)
            if not found:
                self.errors.append(f"no kernel has flags {word}")
            for name, kernels in found.items():
                tables = self.dump.names.get(name) or self.dump.names.get(
                    name.removesuffix("_BIT"))
                why = f"[{', '.join(sorted(tables))}]" if tables else ""
                entry = self.ledger.bits.get((word, name))
                if entry:
                    self.used.add((word, name))
                    self.words[word].append((name, entry.verdict,
                                             f"{entry.reason} {why}".strip(), kernels))
                elif tables:
                    self.words[word].append((name, "carried", why, kernels))
                else:
                    self.errors.append(f"{', '.join(kernels)}: {name} has no entry in a ledger")

    def check_absent(self):
        used = set()
        for row, kernels in self.dump.rows.items():
            entry = self.ledger.absent.get(row)
            for kernel, (optional, present) in kernels.items():
                allowed = bool(entry) and in_range(kernel, entry.verdict)
                if entry:
                    used.add(row)
                if optional and not present and not allowed:
                    self.errors.append(f"{kernel}: {row} is absent, and no ledger allows it")
                if allowed and present and entry.verdict != "all":
                    self.errors.append(f"{entry.where}: {kernel} has {row}")
            if entry and all(present for _, present in kernels.values()):
                self.errors.append(f"{entry.where}: {row} is never absent")
        for row, entry in self.ledger.absent.items():
            if row not in used:
                self.errors.append(f"{entry.where}: stale: no row {row}")

    def lost(self):
        """How much is known to be lost."""
        return sum(verdict == "LOST" for of in (self.result, self.words)
                   for each in of.values() for _, verdict, *_ in each)

    # ---- coverage.rst ----

    def marks(self, sources):
        """(of, symbol, what, carried) of all kinds."""
        for path in sources:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            shape = r"\{\s*ORTHROS_MARK_(\w+),\s*(\"?\w+\"?),\s*\"([^\"]*)\"(,[^}]*)?\}"
            for of, sym, what, ops in re.findall(shape, text):
                macro = re.search(r"#define (\w+)\(" + sym + r"\) \{ ORTHROS_MARK", text)
                if sym.startswith('"'):
                    yield of, sym.strip('"'), what, bool(ops)
                elif macro:
                    for name in re.findall(macro.group(1) + r"\(\"(\w+)\"\)", text):
                        yield of, name, what, bool(ops)

    def kernels_cell(self, kernels):
        return "" if len(kernels) == len(self.dump.kernels) else ", ".join(kernels)

    def table(self, lines, rows, heads):
        widths = [max(len(str(row[i])) for row in [heads, *rows]) for i in range(len(heads))]
        # The last column has no end.
        rule = " ".join("=" * n for n in [*widths[:-1], max(len(heads[-1]), 6)])
        lines.append(rule)
        lines.append(" ".join(f"{c!s:{n}}" for c, n in zip(heads, widths)).rstrip())
        lines.append(rule)
        for row in rows:
            lines.append(" ".join(f"{c!s:{n}}" for c, n in zip(row, widths)).rstrip())
        lines += [rule, ""]

    def coverage(self, sources):
        lines = [".. SPDX-License-Identifier: GPL-2.0",
                 ".. scripts/check-tables --coverage makes this file.", "",
                 "========", "Coverage", "========", "",
                 "What becomes of each member of a struct that holds state of a process or of an",
                 "object that it uses, and of each bit of a word of flags. The ledgers,",
                 "``kernel/orthros/*/ledger``, and the rows of the tables say so;",
                 "``scripts/check-tables`` fails on a member that none speaks of, and on a row",
                 "that a kernel lacks without a reason. Kernels: " +
                 ", ".join(self.dump.kernels) + "; members that only",
                 "debugging options add are left out.", ""]
        for name, text in VERDICTS.items():
            lines += [name, "  " + text]
        lines += ["", "In brackets are the tables whose rows read a member.", "",
                  "Summary", "=======", ""]
        rows, sums = [], collections.Counter()
        for struct in sorted(self.ledger.structs):
            count = collections.Counter(verdict for _, verdict, *_ in self.result[struct])
            sums.update(count)
            rows.append([struct, sum(count.values()), *(count[v] or "-" for v in SUMMARY)])
        rows.append(["all", sum(sums.values()), *(sums[v] for v in SUMMARY)])
        self.table(lines, rows, ["struct", "members", *SUMMARY])
        count = collections.Counter(v for word in self.words.values() for _, v, *_ in word)
        lines += [f"Members that are structs of this list count with none of them. "
                  f"Of flags there are {sum(count.values())}:",
                  ", ".join(f"{count[v]} {v}" for v in VERDICTS if count[v]) + ".", ""]
        if self.ledger.later:
            lines += ["Without a ledger yet: " + ", ".join(sorted(self.ledger.later)) + ".", ""]
        lines += ["Lost", "====", ""]
        lost = [[f"{s}.{m}", why] for s in self.ledger.structs
                for m, v, why, _ in self.result[s] if v == "LOST"]
        lost += [[n, why] for word in self.words.values() for n, v, why, _ in word if v == "LOST"]
        self.table(lines, lost, ["what", "why"])
        lines += ["Files and sockets", "=================", "",
                  "By the symbol of their operations; what none of them tells is refused.", ""]
        rows = [[what, of.lower(), "carried" if ok else "refused", sym]
                for of, sym, what, ok in self.marks(sources)]
        self.table(lines, sorted(rows), ["what", "told by", "", "symbol"])
        for area in sorted(set(self.ledger.structs.values())):
            lines += [area, "=" * len(area), ""]
            for struct in (s for s, a in self.ledger.structs.items() if a == area):
                lines += [struct, "-" * len(struct), ""]
                self.table(lines, [[m, v, self.kernels_cell(k) or "all", why]
                                   for m, v, why, k in self.result[struct]],
                           ["member", "is", "in", "why"])
            for word, (where, header, member) in self.ledger.flags.items():
                if where == area:
                    title = f"{word.rstrip('*')}* of {member}" if header or "*" in word \
                        else f"enum {word} of {member}"
                    lines += [title, "-" * len(title), ""]
                    self.table(lines, [[m, v, self.kernels_cell(k) or "all", why]
                                       for m, v, why, k in self.words[word]],
                               ["flag", "is", "in", "why"])
        return "\n".join(lines).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--types", action="store_true", help="print what must be dumped")
    parser.add_argument("--dump", help="what check-tables has found")
    parser.add_argument("--write", action="store_true", help="write coverage.rst")
    parser.add_argument("vmlinux", nargs="*")
    args = parser.parse_args()

    ledger = Ledger(sorted(glob.glob("kernel/orthros/*/ledger")))
    if args.types:
        print("\n".join(ledger.types()))
        return 0
    images = {}
    for path in args.vmlinux:
        found = re.search(r"linux-([0-9.]+)/out-test/vmlinux$", path)
        if found:
            images[found.group(1)] = os.path.abspath(path)
    dump = Dump(args.dump, named_fields())
    if not dump.kernels:
        print("ledger: no kernel of flavour test: not compared")
        return 0
    check = Check(ledger, dump, images)
    for error in check.errors:
        print(f"ledger: {error}", file=sys.stderr)
    with open("versions.mk", encoding="utf-8") as file:
        every = re.findall(r"^KERNELS *\+= *(\S+)", file.read(), re.M)
    path = "Documentation/orthros/coverage.rst"
    if check.errors:
        return 1
    if set(every) != set(dump.kernels):
        print(f"ledger: {path} speaks of all of {', '.join(every)}: not compared")
        return 0
    text = check.coverage(sorted(glob.glob("kernel/orthros/*/*.c")))
    if args.write:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    old = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            old = file.read()
    if old != text:
        sys.stderr.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True),
                                                   path, "what it should be", n=0))
        print("ledger: coverage.rst differs: scripts/check-tables --coverage", file=sys.stderr)
        return 1
    print(f"ledger: {len(ledger.structs)} structs, {len(check.dump.members)} members, "
          f"{check.lost()} lost")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"ledger: {error}", file=sys.stderr)
        sys.exit(2)

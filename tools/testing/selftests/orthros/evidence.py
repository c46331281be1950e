#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""evidence.py CORE VMLINUX: what drgn sees of a kernel that has failed.

Prints its messages, where its CPUs were, its tasks and its modules. Who has called is
read from the stacks word by word: how they are unwound changes from kernel to kernel.
"""
import struct
import sys

from drgn import Program
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.percpu import per_cpu
from drgn.helpers.linux.pid import for_each_task
from drgn.helpers.linux.printk import get_dmesg

NT_PRSTATUS = 1
PT_NOTE = 4
REGS = 112	# in struct elf_prstatus
IP, SP = 16, 19	# in user_regs_struct
STACK = 16384


def registers(core):
    """Of each CPU, from its note."""
    with open(core, "rb") as f:
        head = f.read(1 << 16)
    phoff, = struct.unpack_from("<Q", head, 32)
    kind, _, at, _, _, size = struct.unpack_from("<IIQQQQ", head, phoff)
    assert kind == PT_NOTE
    end = at + size
    while at < end:
        name, desc, kind = struct.unpack_from("<III", head, at)
        at += 12 + (name + 3) // 4 * 4
        if kind == NT_PRSTATUS:
            yield struct.unpack_from("<27Q", head, at + REGS)
        at += (desc + 3) // 4 * 4


def symbol(prog, addr):
    """The function that an address is in, or None."""
    if not prog.symbol("_stext").address <= addr < prog.symbol("_etext").address:
        return None
    try:
        return prog.symbol(addr).name
    except LookupError:
        return None


def callers(prog, task, sp):
    """Names of functions on a stack."""
    end = task.stack.value_() + STACK
    if not end - STACK <= sp < end:
        return
    for addr, in struct.iter_unpack("<Q", prog.read(sp & ~7, end - (sp & ~7))):
        # A call may be the last instruction of its function.
        name = symbol(prog, addr - 1)
        if name:
            yield name


def main():
    core, vmlinux = sys.argv[1:]
    prog = Program()
    prog.set_core_dump(core)
    prog.load_debug_info([vmlinux])
    print(get_dmesg(prog).decode(errors="replace"))
    for cpu, regs in zip(for_each_online_cpu(prog), registers(core)):
        task = per_cpu(prog["runqueues"], cpu).curr
        print(f"CPU {cpu}: {task.comm.string_().decode()} in {symbol(prog, regs[IP])}")
        for name in callers(prog, task, regs[SP]):
            print(f"  {name}")
    for task in for_each_task(prog):
        print("task", task.pid.value_(), task.comm.string_().decode())
    for mod in list_for_each_entry("struct module", prog["modules"].address_of_(), "list"):
        print("module", mod.name.string_().decode())


if __name__ == "__main__":
    main()

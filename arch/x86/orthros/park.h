/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The low area: memory below 640 KiB that both kernels share and neither
 * uses as RAM. A second kernel is started through it, and the CPUs of a
 * kernel that is being replaced sit in it.
 */
#ifndef _X86_ORTHROS_PARK_H
#define _X86_ORTHROS_PARK_H

/* Places in the low area, from its start. */
#define ORTHROS_LOW_SPAWN	0x00000	/* real-mode start code, page aligned */
#define ORTHROS_LOW_PARK	0x01000	/* struct orthros_park */
#define ORTHROS_LOW_CODE	0x02000	/* park code */
#define ORTHROS_LOW_IDT		0x03000	/* its IDT */
#define ORTHROS_LOW_CPUS	0x04000	/* struct orthros_park_cpu[64] */
#define ORTHROS_LOW_STACKS	0x06000	/* 256 bytes each */
#define ORTHROS_LOW_TABLES	0x0a000	/* page tables of the park */
#define ORTHROS_LOW_SPAWN_PT	0x10000	/* page tables of the start */
#define ORTHROS_LOW_RAM		0x18000	/* RAM of the kernel in slot 1: its trampoline */
#define ORTHROS_LOW_RAM2	0x28000	/* the same for slot 0, but its first kernel */
#define ORTHROS_LOW_RAM_SIZE	0x10000
#define ORTHROS_LOW_SIZE	0x38000

#define ORTHROS_PARK_STACK	256

/* Mailbox commands, &struct orthros_park_cpu.cmd. */
#define ORTHROS_PARK_STAY	0
#define ORTHROS_PARK_RESUME	1	/* back into the kernel that parked */
#define ORTHROS_PARK_START	2	/* into a new kernel, at entry */

/* States, &struct orthros_park_cpu.state; the first two as in the ABI. */
#define ORTHROS_PARK_OTHER	0
#define ORTHROS_PARK_PARKED	1
#define ORTHROS_PARK_INIT	2	/* waits for a start-up IPI */
#define ORTHROS_PARK_FAULT	3	/* an exception in the park: lost */

/* Offsets in struct orthros_park_cpu, for park_64.S. */
#define PC_STATE	0
#define PC_CMD		4
#define PC_ENTRY	16
#define PC_SELF		24
#define PC_STACK	32
#define PC_CODE		40
#define PC_TRANS_CR3	48
#define PC_PARK_CR3	56
#define PC_GDTR		64
#define PC_IDTR		72
#define PC_RESUME	80
#define PC_CR3		88
#define PC_CR4		96
#define PC_RSP		104
#define PC_TSC		112
#define PC_X2APIC	120
#define PC_WATCH	124
#define PC_SIZE		128

/* The same in struct orthros_park. */
#define PK_DEADLINE	24
#define PK_LOOK		32
#define PK_VERDICT	36

/* Who decides how the hop ends: the first that sets &struct orthros_park.verdict. */
#define ORTHROS_PARK_OPEN	0
#define ORTHROS_PARK_BACK	1	/* the BackupOS: the ActiveOS goes on */
#define ORTHROS_PARK_TAKEN	2	/* the BackupOS: it takes over */
#define ORTHROS_PARK_EXPIRED	3	/* the ActiveOS: the deadline has passed */

#ifndef __ASSEMBLY__

#include <linux/types.h>
#include <linux/orthros/abi/handoff.h>
#include <asm/desc_defs.h>

/**
 * struct orthros_park_cpu - mailbox of one CPU
 * @state:	%ORTHROS_PARK_OTHER..., written by the park code
 * @cmd:	%ORTHROS_PARK_STAY..., written by the other kernel, then an NMI
 * @apic_id:	which CPU it is
 * @vector:	exception that came in the park
 * @entry:	physical address for %ORTHROS_PARK_START
 * @self:	physical address of this structure
 * @stack:	physical top of the CPU's stack in the park
 * @code:	physical address of the park code's entry
 * @trans_cr3:	page tables that map both the low area and the parking kernel
 * @park_cr3:	page tables that map the low area only
 * @gdtr:	physical address of the park's GDT pseudo-descriptor
 * @idtr:	the same for the IDT
 * @resume:	virtual address in the parking kernel
 * @cr3:	of the parking kernel
 * @cr4:	of the parking kernel
 * @rsp:	of the parking kernel
 * @tsc:	when the CPU came to the park
 * @x2apic:	the local APIC is in x2APIC mode
 * @watch:	it looks whether the deadline has passed, &struct orthros_park
 */
struct orthros_park_cpu {
	u32 state;
	u32 cmd;
	u32 apic_id;
	u32 vector;
	u64 entry;
	u64 self;
	u64 stack;
	u64 code;
	u64 trans_cr3;
	u64 park_cr3;
	u64 gdtr;
	u64 idtr;
	u64 resume;
	u64 cr3;
	u64 cr4;
	u64 rsp;
	u64 tsc;
	u32 x2apic;
	u32 watch;
} __packed;

#define ORTHROS_PARK_MAGIC	0x4b5241504f525448ULL
#define ORTHROS_PARK_VERSION	5
#define ORTHROS_MAX_IOAPICS	16

/**
 * struct orthros_park - head of the park: what is the machine's
 * @magic:	%ORTHROS_PARK_MAGIC
 * @version:	%ORTHROS_PARK_VERSION
 * @size:	sizeof(struct orthros_park)
 * @nr_cpus:	entries in use in the mailbox array
 * @bsp_apic_id:	CPU that must never get an INIT
 * @deadline:	TSC at which the ActiveOS goes on by itself, moved on by the BackupOS
 *		as long as the hop gets on
 * @look:	initial count of the local APIC timer from one look at the TSC to
 *		the next
 * @verdict:	%ORTHROS_PARK_OPEN..., set once a park
 * @x2apic:	the ActiveOS's local APICs are in x2APIC mode
 * @nr_ioapics:	entries in use in @ioapic
 * @ioapic:	physical addresses of the I/O APICs
 * @ioapic_gsi:	the first interrupt of each
 * @pm1a:	port of the ACPI PM1a control register, 0 if unknown
 * @pm1b:	the same for PM1b
 * @slp_typa:	its sleep type for power off
 * @slp_typb:	the same for PM1b
 * @lapic:	physical address of the local APIC
 * @gdt:	park GDT: __KERNEL_CS and __KERNEL_DS where Linux has them
 * @gdtr:	its pseudo-descriptor
 * @idtr:	the IDT's
 * @clock:	the ActiveOS's clocks at a sign of life
 * @beat:	TSC at the last sign of life of each CPU, 0 for none that is missed
 * @task:	the process that each CPU ran when it was stopped, its task_struct, or 0
 * @asked:	how often the BackupOS has asked each CPU, by an NMI, whether it works
 * @answered:	up to which of these it has answered
 * @clock_nr:	which of @clock is complete
 * @guarded:	not 0: signs of life are given, and missed
 * @fence:	not 0: each CPU of the ActiveOS that gets an NMI goes to the park
 */
struct orthros_park {
	u64 magic;
	u32 version;
	u32 size;
	u32 nr_cpus;
	u32 bsp_apic_id;
	u64 deadline;
	u32 look;
	u32 verdict;
	u32 x2apic;
	u32 nr_ioapics;
	u64 ioapic[ORTHROS_MAX_IOAPICS];
	u32 ioapic_gsi[ORTHROS_MAX_IOAPICS];
	u32 pm1a;
	u32 pm1b;
	u32 slp_typa;
	u32 slp_typb;
	u64 lapic;
	u64 gdt[8];
	struct desc_ptr gdtr;
	struct desc_ptr idtr;
	struct orthros_clock clock[2];
	u64 beat[ORTHROS_MAX_CPUS];
	u64 task[ORTHROS_MAX_CPUS];
	u32 asked[ORTHROS_MAX_CPUS];
	u32 answered[ORTHROS_MAX_CPUS];
	u32 clock_nr;
	u32 guarded;
	u32 fence;
} __packed;

#endif /* !__ASSEMBLY__ */
#endif /* _X86_ORTHROS_PARK_H */

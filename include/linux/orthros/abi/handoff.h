/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hand-off block: the versioned memory through which the two kernels of
 * one machine find each other.
 *
 * It lies at a fixed place in the slot of the second kernel, outside what
 * either kernel uses as RAM. All fields have fixed width and are naturally
 * aligned; a field is never reused for another meaning. A change of layout
 * bumps %ORTHROS_HANDOFF_VERSION; kernels of different versions of this
 * block refuse each other at load.
 */
#ifndef _LINUX_ORTHROS_ABI_HANDOFF_H
#define _LINUX_ORTHROS_ABI_HANDOFF_H

#include <linux/types.h>
#include <linux/orthros/abi/elfnote.h>	/* ORTHROS_HANDOFF_VERSION */

#define ORTHROS_HANDOFF_MAGIC	0x5352484f5254484fULL

#define ORTHROS_MAX_CPUS	64
#define ORTHROS_MAX_RANGES	64
#define ORTHROS_NAME_LEN	56
#define ORTHROS_RELEASE_LEN	65
#define ORTHROS_TEXT_LEN	256

/* What one side is, see &struct orthros_handoff.peer_state. */
enum orthros_state {
	ORTHROS_ST_NONE = 0,	/* no second kernel */
	ORTHROS_ST_STARTING,	/* spawned, not yet heard of */
	ORTHROS_ST_BOOTED,	/* its platform code runs */
	ORTHROS_ST_READY,	/* tables resolved, waits for a command */
	ORTHROS_ST_BUSY,	/* carries out a command */
	ORTHROS_ST_REFUSED,	/* cannot serve: text says why */
	ORTHROS_ST_FAILED,	/* a hop failed before commit: must be respawned */
	ORTHROS_ST_COMMITTED,	/* owns the machine */
	ORTHROS_ST_DEAD,	/* panicked or rebooted */
};

/* What the ActiveOS asks of the BackupOS. */
enum orthros_cmd {
	ORTHROS_CMD_NONE = 0,
	ORTHROS_CMD_CHECK,	/* walk live, report what cannot be carried */
	ORTHROS_CMD_PROBE,	/* check; what changes too fast to be read is passed over */
	ORTHROS_CMD_HOP,	/* the ActiveOS is parked: rebuild and commit */
	ORTHROS_CMD_TAKEOVER,	/* the ActiveOS has failed: stop it, rebuild and commit */
};

/* Points in a hop; each has a TSC stamp. Append only. */
enum orthros_stamp {
	ORTHROS_TS_BEGIN = 0,	/* update was written */
	ORTHROS_TS_CHECKED,	/* live check passed */
	ORTHROS_TS_FROZEN,	/* every task is frozen: downtime starts at BEGIN of freeze */
	ORTHROS_TS_QUIESCED,	/* file systems and devices quiet */
	ORTHROS_TS_PARKED,	/* the last CPU of the ActiveOS parks itself */
	ORTHROS_TS_FENCED,	/* the BackupOS has seen every CPU parked */
	ORTHROS_TS_READ,	/* records complete */
	ORTHROS_TS_FS,		/* file trees and mounts rebuilt */
	ORTHROS_TS_BUILT,	/* every task rebuilt and held */
	ORTHROS_TS_VERIFIED,
	ORTHROS_TS_COMMIT,	/* the point of no return */
	ORTHROS_TS_DEVICES,	/* consoles and clocks taken */
	ORTHROS_TS_RELEASED,	/* the last task was let go: downtime ends */
	ORTHROS_TS_CPUS,	/* background: all CPUs online */
	ORTHROS_TS_FREED,	/* background: unclaimed memory freed */
	ORTHROS_TS_FREEZE,	/* freezing begins: downtime starts */
	ORTHROS_TS_PROBED,	/* the BackupOS's drivers have the devices */
	ORTHROS_TS_CLAIMED,	/* background: no page is left to be claimed */
	ORTHROS_TS_NET,		/* the network's configuration is rebuilt */
	ORTHROS_TS_LINKS,	/* background: network cards are open, peers are told */
	ORTHROS_TS_BACK,	/* no hop: the BackupOS is about to let the ActiveOS go on */
	ORTHROS_TS_NR = 32,
};

/* Places in &struct orthros_handoff.counts. Append only. */
enum orthros_count {
	ORTHROS_COUNT_BY_FAULT = 0,	/* pages claimed by faults and other users */
	ORTHROS_COUNT_BY_THREAD,	/* and in the background */
	ORTHROS_COUNT_UNACCOUNTED,	/* claimed, but nowhere to be found: a leak */
	ORTHROS_COUNT_FREED_EARLY,	/* freed before all was claimed */
	ORTHROS_COUNT_DEVICE_WAIT,	/* ns that the rebuilding waited for devices */
};

/* Kinds of a &struct orthros_export. */
enum orthros_export_kind {
	ORTHROS_EXPORT_SYM = 1,		/* kernel virtual address of a symbol, 0 if absent */
	ORTHROS_EXPORT_CONST = 2,	/* value of a #define */
};

/**
 * struct orthros_export - one name that the source kernel resolves itself
 * @value:	address or value
 * @kind:	&enum orthros_export_kind
 * @present:	0 if this kernel has no such symbol
 * @name:	NUL-terminated; the array is sorted by (kind, name)
 */
struct orthros_export {
	__u64	value;
	__u32	kind;
	__u32	present;
	char	name[ORTHROS_NAME_LEN - 8];
} __packed;

/**
 * struct orthros_range - a physical range
 * @start:	first byte
 * @size:	bytes
 * @type:	e820 type as the firmware gave it
 * @flags:	reserved, 0
 */
struct orthros_range {
	__u64	start;
	__u64	size;
	__u32	type;
	__u32	flags;
} __packed;

/**
 * struct orthros_kernel_desc - how a kernel is read by its peer
 *
 * Filled by the kernel itself (orthros_export_self()), for the source side
 * before the other kernel is spawned. All addresses are physical unless
 * they are called virtual.
 *
 * @release:		uname -r
 * @exports_phys:	array of &struct orthros_export
 * @exports_nr:		entries in it
 * @btf_phys:		the BTF blob of vmlinux (physically contiguous)
 * @btf_size:		its size in bytes
 * @pgd_phys:		swapper_pg_dir, for addresses outside the direct map
 * @page_offset:	virtual start of the direct map
 * @kernel_map:		virtual start of the kernel image mapping
 *			(__START_KERNEL_map)
 * @kernel_map_size:	bytes of the image mapping
 * @phys_base:		phys = virt - kernel_map + phys_base for the image
 * @vmemmap_start:	virtual start of the struct page array
 * @levels:		page table levels in use, 4 or 5
 * @nr_ranges:		entries used in @ranges
 * @ranges:		the RAM that this kernel uses (its e820 RAM)
 * @pad:		zero
 */
struct orthros_kernel_desc {
	char	release[ORTHROS_RELEASE_LEN];
	__u8	pad[7];
	__u64	exports_phys;
	__u64	exports_nr;
	__u64	btf_phys;
	__u64	btf_size;
	__u64	pgd_phys;
	__u64	page_offset;
	__u64	kernel_map;
	__u64	kernel_map_size;
	__u64	phys_base;
	__u64	vmemmap_start;
	__u32	levels;
	__u32	nr_ranges;
	struct orthros_range ranges[ORTHROS_MAX_RANGES];
} __packed;

/* State of one CPU as the park code and both kernels see it. */
enum orthros_cpu_state {
	ORTHROS_CPU_OTHER = 0,	/* runs the kernel named in owner */
	ORTHROS_CPU_PARKED = 1,	/* sits in the park loop */
};

/**
 * struct orthros_clock - the clocks of the ActiveOS at one TSC instant
 * @tsc:	rdtsc at the instant
 * @mono_ns:	CLOCK_MONOTONIC
 * @boot_ns:	CLOCK_BOOTTIME
 * @real_ns:	CLOCK_REALTIME
 * @raw_ns:	CLOCK_MONOTONIC_RAW
 * @tsc_khz:	frequency of the TSC, as it is known at the instant
 * @pad:	0
 */
struct orthros_clock {
	__u64	tsc;
	__s64	mono_ns;
	__s64	boot_ns;
	__s64	real_ns;
	__s64	raw_ns;
	__u32	tsc_khz;
	__u32	pad;
} __packed;

/* orthros_handoff.fail_step: how it fails; the rest is the step. */
#define ORTHROS_FAIL_STEP	0xffff
#define ORTHROS_FAIL_PANIC	0x10000
#define ORTHROS_FAIL_OOPS	0x20000
#define ORTHROS_FAIL_HANG	0x30000	/* interrupts on */
#define ORTHROS_FAIL_MEMORY	0x40000	/* none is left */
#define ORTHROS_FAIL_LOCKUP	0x50000	/* all CPUs, interrupts off */
#define ORTHROS_FAIL_STALL	0x60000	/* one CPU, interrupts off */
#define ORTHROS_FAIL_BACK	0x70000	/* an error, and a lockup on the way back */

/**
 * struct orthros_handoff - the block itself
 *
 * Written by the ActiveOS before the spawn, later each field by the one side
 * named here. Both map it write-back; a value that is waited for is written
 * with smp_store_release() and followed by an IPI to the peer
 * (orthros_kick_peer()).
 *
 * @magic:		%ORTHROS_HANDOFF_MAGIC
 * @version:		%ORTHROS_HANDOFF_VERSION
 * @size:		sizeof(struct orthros_handoff)
 * @slot_start:		physical start of the second kernel's slot
 * @slot_size:		its size in bytes
 * @reserved_start:	part of the slot that is nobody's RAM (this block, page
 *			tables, pristine images): start
 * @reserved_size:	and size
 * @other_start:	slot of the ActiveOS, where a third kernel can boot after
 *			the hop: start
 * @other_size:		and size, 0 if there is none
 * @low_ram_start:	low memory that is the BackupOS's RAM: start
 * @low_ram_size:	and size
 * @low_start:		low memory (below 640 KiB) given to the pair: start
 * @low_size:		and size
 * @park_phys:		the park area (&struct orthros_park in arch code)
 * @log_phys:		the BackupOS's log ring (&struct orthros_ring)
 * @log_size:		bytes of ring data
 * @report_phys:	text of the last check, NUL-terminated
 * @report_size:	bytes reserved for it
 * @trace_phys:		the trace of both kernels (&struct orthros_trace)
 * @trace_size:		its bytes, 0 if there is none
 * @tsc_khz:		frequency of the TSC
 * @lapic_khz:		local APIC timer frequency, in ticks per ms
 * @lpj:		loops per jiffy of the source
 * @src_apic_id:	boot CPU of the ActiveOS: where kicks go
 * @dst_apic_id:	boot CPU of the BackupOS
 * @nr_cpus:		entries used in the two arrays below
 * @cpu_apic_id:	APIC id of each CPU of the machine (index = the
 *			ActiveOS's logical number)
 * @cpu_donated:	1 if the CPU is the BackupOS's from the start
 * @src:		how to read the ActiveOS
 * @dst:		release of the BackupOS and what else it tells of itself
 * @cmd:		&enum orthros_cmd, by the ActiveOS
 * @cmd_seq:		bumped by the ActiveOS with each command
 * @done_seq:		the BackupOS's answer to @cmd_seq
 * @result:		0 or negative errno of that command
 * @peer_state:		&enum orthros_state of the BackupOS
 * @fail_step:		test hook: make this step of the next hop fail, 0 none;
 *			with ORTHROS_FAIL_*
 * @text:		last error of the BackupOS
 * @initiator:		virtual address of the task that wrote update
 * @initiator_ret:	what its write() returns
 * @clock_boot:		clocks at spawn
 * @clock_park:		clocks at the park
 * @stamps:		&enum orthros_stamp, TSC
 * @counts:		statistics: objects, pages, see stats in sysfs
 * @pad0:		zero
 */
struct orthros_handoff {
	__u64	magic;
	__u32	version;
	__u32	size;

	__u64	slot_start;
	__u64	slot_size;
	__u64	reserved_start;
	__u64	reserved_size;
	__u64	other_start;
	__u64	other_size;
	__u64	low_ram_start;
	__u64	low_ram_size;
	__u64	low_start;
	__u64	low_size;
	__u64	park_phys;
	__u64	log_phys;
	__u64	log_size;
	__u64	report_phys;
	__u64	report_size;
	__u64	trace_phys;
	__u64	trace_size;

	__u32	tsc_khz;
	__u32	lapic_khz;
	__u64	lpj;
	__u32	src_apic_id;
	__u32	dst_apic_id;
	__u32	nr_cpus;
	__u32	pad0;
	__u32	cpu_apic_id[ORTHROS_MAX_CPUS];
	__u8	cpu_donated[ORTHROS_MAX_CPUS];

	struct orthros_kernel_desc src;
	struct orthros_kernel_desc dst;

	__u32	cmd;
	__u32	cmd_seq;
	__u32	done_seq;
	__s32	result;
	__u32	peer_state;
	__u32	fail_step;
	char	text[ORTHROS_TEXT_LEN];

	__u64	initiator;
	__s64	initiator_ret;

	struct orthros_clock clock_boot;
	struct orthros_clock clock_park;

	__u64	stamps[ORTHROS_TS_NR];
	__u64	counts[32];
} __packed __aligned(8);

/**
 * struct orthros_ring - a log ring, written by one kernel, read by the other
 * @head:	bytes ever written; the last @size of them are in @data
 * @size:	bytes of @data, a power of two
 * @data:	the text
 */
struct orthros_ring {
	__u64	head;
	__u64	size;
	char	data[];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_HANDOFF_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interfaces between the rooms of arch/x86/orthros/.
 */
#ifndef _X86_ORTHROS_ARCH_H
#define _X86_ORTHROS_ARCH_H

#include <linux/cpumask.h>
#include <linux/io.h>
#include <linux/orthros/abi/regs.h>
#include <linux/orthros/platform.h>
#include <linux/sizes.h>
#include "park.h"

/* Places in the reserved head of a slot. */
#define ORTHROS_RES_HANDOFF	0x00000
#define ORTHROS_RES_BOOTPARAMS	0x10000
#define ORTHROS_RES_CMDLINE	0x11000
#define ORTHROS_RES_MONITOR	0x18000	/* struct orthros_monitor_area */
#define ORTHROS_RES_LOG		0x20000
#define ORTHROS_RES_REPORT	0x60000
#define ORTHROS_RES_REPORT_SIZE	0x80000
#define ORTHROS_RES_REARM	0x12000
/* ORTHROS_RES_PCI is at 0xe0000, see pci.h. */
#define ORTHROS_RES_TRACE	0x120000
#define ORTHROS_RES_TRACE_SIZE	(ORTHROS_RES_SIZE - ORTHROS_RES_TRACE)
#define ORTHROS_RES_SIZE	SZ_2M

#define ORTHROS_LOG_SIZE	SZ_128K	/* a power of two; one early_memremap() */

/* First byte of a slot that an image may use, and where one must end. */
#define ORTHROS_SLOT_MIN	(512UL << 20)

/**
 * struct orthros_partition - what orthros.cpus= and orthros.slot= gave
 * @valid:	the partition is in force
 * @movable:	this kernel came by a hop: while nothing is loaded, slot and
 *		CPUs are ordinary memory and CPUs of it (slot.c)
 * @taken:	@movable: slot and CPUs are set aside now
 * @cpus:	CPUs of the second kernel, by this kernel's numbers
 * @nr_cpus:	@movable: how many CPUs a second kernel gets
 * @slot:	physical start of the slot of the second kernel
 * @slot_size:	bytes
 * @own:	physical start of the slot that this kernel is in
 * @own_size:	bytes; 0 if no other kernel could boot there
 * @low:	the low area
 * @low_ram:	RAM for the second kernel in it
 */
struct orthros_partition {
	bool valid;
	bool movable;
	bool taken;
	struct cpumask cpus;
	unsigned int nr_cpus;
	u64 slot;
	u64 slot_size;
	u64 own;
	u64 own_size;
	u64 low;
	u64 low_ram;
};

extern struct orthros_partition orthros_part;

/* The low area through the direct map, which always covers the first MiB. */
static inline void *orthros_low(unsigned long offset)
{
	return __va(orthros_ho->low_start + offset);
}

static inline struct orthros_park *orthros_park(void)
{
	return orthros_low(ORTHROS_LOW_PARK);
}

static inline struct orthros_park_cpu *orthros_park_cpus(void)
{
	return orthros_low(ORTHROS_LOW_CPUS);
}

static inline u32 orthros_peer_state(void)
{
	/* Pairs with orthros_set_peer_state() in the other kernel. */
	return smp_load_acquire(&orthros_ho->peer_state);
}

static inline void orthros_set_peer_state(u32 state)
{
	/* Who sees the state sees what was written before: text, release. */
	smp_store_release(&orthros_ho->peer_state, state);
}

static inline u32 orthros_park_state(const struct orthros_park_cpu *pc)
{
	/* A CPU seen in the park writes nothing of its kernel's any more. */
	return smp_load_acquire(&pc->state);
}

static inline u32 orthros_park_cmd(const struct orthros_park_cpu *pc)
{
	/* Pairs with orthros_park_set_cmd(); the park code clears it. */
	return smp_load_acquire(&pc->cmd);
}

static inline void orthros_park_set_cmd(struct orthros_park_cpu *pc, u32 cmd)
{
	/* The entry is written before the command. */
	smp_store_release(&pc->cmd, cmd);
}

/* state.c */
void orthros_set_backup(bool on);
bool orthros_cpu_adoptable(unsigned int cpu);

/* load.c */
void orthros_stop_peer(void);

/* fence.c */
extern struct orthros_cpu_regs orthros_cpu_regs[ORTHROS_MAX_CPUS];
void orthros_unguard(void);

/* partition.c */
int orthros_handoff_init(void);
void orthros_handoff_drop(void);

/* memory.c */
void orthros_count_source(void);
void orthros_free_not(const unsigned long *bits, unsigned long nr);
unsigned long orthros_free_only(const unsigned long *bits, unsigned long nr);

/* probe.c */
void orthros_wait_probes(void);

/* blame.c */
void orthros_blame(unsigned long from, unsigned long to);

/* slot.c */
extern const struct orthros_stop_ops *orthros_stop;
int orthros_slot_take(bool nowait);
void orthros_slot_give(void);
void orthros_slot_after_takeover(void);
void orthros_slot_keep_movable(void);

/* ipi.c */
void orthros_send_init(u32 apic_id);
void orthros_stop_peer_cpus(void);
void orthros_send_sipi(u32 apic_id, u64 start);
void orthros_send_nmi(u32 apic_id);
void orthros_resend_ipis(void);

/* park.c */
void orthros_park_prepare(void);
void orthros_park_nmi_init(void);
void orthros_park_open(void);
bool orthros_park_decide(u32 verdict);
struct orthros_park_cpu *orthros_park_find(u32 apic_id);
bool orthros_park_wake(struct orthros_park_cpu *pc, u32 cmd, u64 entry,
		       unsigned int timeout_ms);
int orthros_ident_pmd(u64 *pmd, u64 phys);

/* power.c */
void orthros_power_init(void);

/* pci.c */
void orthros_stop_dma(void);
int orthros_take_irqs(void);

/* platform.c: the BackupOS */
struct uart_port;
extern struct uart_port *orthros_uart0;

/* ringcon.c */
void orthros_ringcon_early(u64 ring_phys, u64 size);
void orthros_ringcon_remap(void);
void orthros_ringcon_stop(void);

/* entry_64.S: the way back to user mode */
extern char swapgs_restore_regs_and_return_to_usermode[];
extern char restore_regs_and_return_to_kernel[];

extern char orthros_spawn_begin[], orthros_spawn_end[];
extern char orthros_spawn_gdt[], orthros_spawn_gdtr[], orthros_spawn_far[];
extern char orthros_spawn_cr3[], orthros_spawn_rsi[], orthros_spawn_entry[];
extern char orthros_spawn_64[];
extern char orthros_park_begin[], orthros_park_end[];
extern char orthros_park_entry[], orthros_park_nmi[], orthros_park_fault[];
extern char orthros_park_eoi[], orthros_park_resume[];
void orthros_park_self(struct orthros_park_cpu *pc);

#endif /* _X86_ORTHROS_ARCH_H */

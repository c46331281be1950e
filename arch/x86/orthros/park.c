// SPDX-License-Identifier: GPL-2.0-only
/*
 * Park and fence.
 *
 * To stop the ActiveOS all its CPUs go to the park: code in the low area,
 * with page tables of its own, that neither kernel owns. A CPU tells of its
 * arrival in its mailbox only when it has left its kernel's page tables, GDT
 * and IDT: that is the fence. From there it goes back as if nothing had
 * happened, or is started into the other kernel.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/nmi.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <asm/apic.h>
#include <asm/desc.h>
#include <asm/trapnr.h>
#include <asm/tlbflush.h>
#include "../../../kernel/orthros/core/report.h"
#include "arch.h"
#include "kvm_inside.h"

static_assert(offsetof(struct orthros_park_cpu, state) == PC_STATE);
static_assert(offsetof(struct orthros_park_cpu, cmd) == PC_CMD);
static_assert(offsetof(struct orthros_park_cpu, entry) == PC_ENTRY);
static_assert(offsetof(struct orthros_park_cpu, self) == PC_SELF);
static_assert(offsetof(struct orthros_park_cpu, stack) == PC_STACK);
static_assert(offsetof(struct orthros_park_cpu, code) == PC_CODE);
static_assert(offsetof(struct orthros_park_cpu, trans_cr3) == PC_TRANS_CR3);
static_assert(offsetof(struct orthros_park_cpu, park_cr3) == PC_PARK_CR3);
static_assert(offsetof(struct orthros_park_cpu, gdtr) == PC_GDTR);
static_assert(offsetof(struct orthros_park_cpu, idtr) == PC_IDTR);
static_assert(offsetof(struct orthros_park_cpu, resume) == PC_RESUME);
static_assert(offsetof(struct orthros_park_cpu, cr3) == PC_CR3);
static_assert(offsetof(struct orthros_park_cpu, cr4) == PC_CR4);
static_assert(offsetof(struct orthros_park_cpu, rsp) == PC_RSP);
static_assert(offsetof(struct orthros_park_cpu, tsc) == PC_TSC);
static_assert(offsetof(struct orthros_park_cpu, x2apic) == PC_X2APIC);
static_assert(offsetof(struct orthros_park_cpu, watch) == PC_WATCH);
static_assert(offsetof(struct orthros_park, deadline) == PK_DEADLINE);
static_assert(offsetof(struct orthros_park, look) == PK_LOOK);
static_assert(offsetof(struct orthros_park, verdict) == PK_VERDICT);
static_assert(sizeof(struct orthros_park_cpu) == PC_SIZE);
static_assert(ORTHROS_LOW_CPUS + ORTHROS_MAX_CPUS * PC_SIZE <= ORTHROS_LOW_STACKS);
static_assert(ORTHROS_LOW_STACKS + ORTHROS_MAX_CPUS * ORTHROS_PARK_STACK <=
	      ORTHROS_LOW_TABLES);
static_assert(sizeof(struct orthros_park) <= PAGE_SIZE);

/* Pages of ORTHROS_LOW_TABLES. */
enum { PT_P4D, PT_PUD, PT_PMD, PT_PMD_APIC, PT_P5D, PT_TRANS, PT_NR };

static_assert(ORTHROS_LOW_TABLES + PT_NR * PAGE_SIZE <= ORTHROS_LOW_SPAWN_PT);

#define TABLE_FLAGS	(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED)
#define LARGE_FLAGS	(TABLE_FLAGS | _PAGE_PSE | _PAGE_DIRTY)

static u64 table_phys(int n)
{
	return orthros_ho->low_start + ORTHROS_LOW_TABLES + n * PAGE_SIZE;
}

static u64 *table(int n)
{
	return orthros_low(ORTHROS_LOW_TABLES + n * PAGE_SIZE);
}

static u64 low_phys(unsigned long offset)
{
	return orthros_ho->low_start + offset;
}

static void set_gate(gate_desc *idt, int vector, char *handler)
{
	u64 addr = low_phys(ORTHROS_LOW_CODE) + (handler - orthros_park_begin);
	struct idt_data data = {
		.vector = vector,
		.addr = (void *)addr,
		.segment = __KERNEL_CS,
		.bits = { .type = GATE_INTERRUPT, .p = 1 },
	};

	idt_init_desc(&idt[vector], &data);
}

/**
 * orthros_park_prepare - set the low area up
 *
 * By the ActiveOS, when nobody uses it.
 */
void orthros_park_prepare(void)
{
	struct orthros_park *park = orthros_park();
	struct orthros_park_cpu *pc = orthros_park_cpus();
	gate_desc *idt = orthros_low(ORTHROS_LOW_IDT);
	bool la57 = pgtable_l5_enabled();
	int i;

	memcpy(orthros_low(ORTHROS_LOW_CODE), orthros_park_begin,
	       orthros_park_end - orthros_park_begin);

	/* Nothing of the hop before concerns the kernel that is started. */
	park->verdict = ORTHROS_PARK_OPEN;
	park->guarded = 0;
	park->fence = 0;

	memset(park->gdt, 0, sizeof(park->gdt));
	park->gdt[GDT_ENTRY_KERNEL32_CS] = 0x00cf9b000000ffffULL;
	park->gdt[GDT_ENTRY_KERNEL_CS] = 0x00af9b000000ffffULL;
	park->gdt[GDT_ENTRY_KERNEL_DS] = 0x00cf93000000ffffULL;
	park->gdtr.size = sizeof(park->gdt) - 1;
	park->gdtr.address = low_phys(ORTHROS_LOW_PARK) +
			     offsetof(struct orthros_park, gdt);

	for (i = 0; i < 256; i++)
		set_gate(idt, i, i < 32 ? orthros_park_fault : orthros_park_eoi);
	set_gate(idt, X86_TRAP_NMI, orthros_park_nmi);
	park->idtr.size = 256 * sizeof(*idt) - 1;
	park->idtr.address = low_phys(ORTHROS_LOW_IDT);

	/* Identity: the first 2 MiB, and the local APIC uncached. */
	memset(table(0), 0, PT_NR * PAGE_SIZE);
	table(PT_PMD)[0] = 0 | LARGE_FLAGS;
	table(PT_PMD_APIC)[pmd_index(park->lapic)] =
		(park->lapic & PMD_MASK) | LARGE_FLAGS | _PAGE_PCD | _PAGE_PWT;
	table(PT_PUD)[0] = table_phys(PT_PMD) | TABLE_FLAGS;
	table(PT_PUD)[pud_index(park->lapic)] = table_phys(PT_PMD_APIC) | TABLE_FLAGS;
	table(PT_P4D)[0] = table_phys(PT_PUD) | TABLE_FLAGS;
	table(PT_P5D)[0] = table_phys(PT_P4D) | TABLE_FLAGS;
	/* The upper half of PT_TRANS is set anew at each park. */
	table(PT_TRANS)[0] = la57 ? table(PT_P5D)[0] : table(PT_P4D)[0];

	for (i = 0; i < ORTHROS_MAX_CPUS; i++, pc++) {
		memset(pc, 0, sizeof(*pc));
		pc->apic_id = i < orthros_ho->nr_cpus ?
			      orthros_ho->cpu_apic_id[i] : U32_MAX;
		pc->self = low_phys(ORTHROS_LOW_CPUS) + i * sizeof(*pc);
		pc->stack = low_phys(ORTHROS_LOW_STACKS) +
			    (i + 1) * ORTHROS_PARK_STACK;
		pc->code = low_phys(ORTHROS_LOW_CODE) +
			   (orthros_park_entry - orthros_park_begin);
		pc->trans_cr3 = table_phys(PT_TRANS);
		pc->park_cr3 = table_phys(la57 ? PT_P5D : PT_P4D);
		pc->gdtr = low_phys(ORTHROS_LOW_PARK) +
			   offsetof(struct orthros_park, gdtr);
		pc->idtr = low_phys(ORTHROS_LOW_PARK) +
			   offsetof(struct orthros_park, idtr);
		pc->x2apic = park->x2apic;
	}
}

/**
 * orthros_park_find - the mailbox of a CPU
 * @apic_id:	which
 *
 * Return: the mailbox, or NULL.
 */
struct orthros_park_cpu *orthros_park_find(u32 apic_id)
{
	struct orthros_park_cpu *pc = orthros_park_cpus();
	u32 i;

	for (i = 0; i < orthros_ho->nr_cpus && i < ORTHROS_MAX_CPUS; i++)
		if (pc[i].apic_id == apic_id)
			return &pc[i];
	return NULL;
}

/**
 * orthros_park_wake - give a parked CPU a command
 * @pc:		its mailbox
 * @cmd:	%ORTHROS_PARK_RESUME or %ORTHROS_PARK_START
 * @entry:	physical address, for %ORTHROS_PARK_START
 * @timeout_ms:	how long to wait for the CPU to leave the park
 *
 * Busy-waits: for the short time the CPU takes, in any context. One NMI
 * suffices; it is repeated for a machine that lost it. The CPU takes the
 * command away when it leaves; its state alone would not do, it may be back
 * in the park before we look.
 *
 * Return: true when the CPU has left.
 */
bool orthros_park_wake(struct orthros_park_cpu *pc, u32 cmd, u64 entry,
		       unsigned int timeout_ms)
{
	unsigned int us;

	WRITE_ONCE(pc->entry, entry);
	orthros_park_set_cmd(pc, cmd);
	for (us = 0; us < timeout_ms * 1000; us += 10) {
		if (orthros_park_cmd(pc) != cmd)
			return true;
		/* It went back by itself, just before. */
		if (cmd == ORTHROS_PARK_RESUME && orthros_park_state(pc) == ORTHROS_PARK_OTHER)
			return true;
		if (us % 200000 == 0)
			orthros_send_nmi(pc->apic_id);
		udelay(10);
	}
	return false;
}

struct park_work {
	int (*last)(void *arg);
	void *arg;
	unsigned int last_cpu;
	int err;
};

/* A BackupOS that has not moved the deadline on for so long has died. */
#define WATCH_MS	10000
/* Of the timer divided by 128: some 10 to 500 ms, by the machine. */
#define WATCH_LOOK	100000

/**
 * struct park_watch - local APIC of the CPU that watches the deadline
 * @lvtt:	timer
 * @tdcr:	its divisor
 * @tmict:	its initial count
 * @tpr:	task priority
 */
struct park_watch {
	u32 lvtt;
	u32 tdcr;
	u32 tmict;
	u32 tpr;
};

/**
 * orthros_park_prolong - the hop gets on: the ActiveOS waits on in the park
 *
 * By the BackupOS, several times in WATCH_MS.
 */
void orthros_park_prolong(void)
{
	WRITE_ONCE(orthros_park()->deadline,
		   rdtsc_ordered() + (u64)orthros_ho->tsc_khz * WATCH_MS);
}
EXPORT_SYMBOL_GPL(orthros_park_prolong);

/**
 * orthros_park_decide - decide how the hop ends
 * @verdict:	%ORTHROS_PARK_BACK or %ORTHROS_PARK_TAKEN
 *
 * Return: false if that was decided already: by the ActiveOS, which goes on, or,
 * for %ORTHROS_PARK_TAKEN, by another CPU of this kernel, which has died.
 */
bool orthros_park_decide(u32 verdict)
{
	u32 was = cmpxchg(&orthros_park()->verdict, ORTHROS_PARK_OPEN, verdict);

	return was == ORTHROS_PARK_OPEN ||
	       (verdict == ORTHROS_PARK_BACK && was != ORTHROS_PARK_EXPIRED);
}

/**
 * orthros_park_take - from here on there is no way back for the ActiveOS
 *
 * Return: false if it goes on already.
 */
bool orthros_park_take(void)
{
	return orthros_park_decide(ORTHROS_PARK_TAKEN);
}
EXPORT_SYMBOL_GPL(orthros_park_take);

/*
 * Wake this CPU in the park, by its timer. No interrupt of a device is taken
 * there; there are none, and what comes later is not lost.
 */
static void watch_begin(struct orthros_park_cpu *pc, struct park_watch *w)
{
	w->lvtt = apic_read(APIC_LVTT);
	w->tdcr = apic_read(APIC_TDCR);
	w->tmict = apic_read(APIC_TMICT);
	w->tpr = apic_read(APIC_TASKPRI);
	apic_write(APIC_TASKPRI, (LOCAL_TIMER_VECTOR & 0xf0) - 0x10);
	apic_write(APIC_LVTT, LOCAL_TIMER_VECTOR);
	apic_write(APIC_TDCR, APIC_TDR_DIV_128);
	pc->watch = 1;
}

static void watch_end(struct orthros_park_cpu *pc, const struct park_watch *w)
{
	pc->watch = 0;
	apic_write(APIC_LVTT, w->lvtt);
	apic_write(APIC_TDCR, w->tdcr);
	apic_write(APIC_TMICT, w->tmict);
	apic_write(APIC_TASKPRI, w->tpr);
	orthros_resend_ipis();
}

/* The BackupOS stands still, before the commit: nothing here was changed. */
static void take_back(void)
{
	enum orthros_stamp last = orthros_last_point();

	orthros_stop_peer_cpus();
	orthros_stop_dma();
	/* On the way back it has said already why. */
	if (orthros_peer_state() == ORTHROS_ST_BUSY) {
		orthros_ho->result = -EIO;
		snprintf(orthros_ho->text, sizeof(orthros_ho->text),
			 "the second kernel stood still after step %d, %s", last,
			 orthros_point_name(last));
	}
	orthros_set_peer_state(ORTHROS_ST_DEAD);
	orthros_unpark_peer();
}

/* Jiffies at the last return from the park: a late NMI may still come. */
static unsigned long unparked_at;
static bool was_parked;

static int late_nmi(unsigned int cmd, struct pt_regs *regs)
{
	return was_parked && time_before(jiffies, unparked_at + HZ) ?
		NMI_HANDLED : NMI_DONE;
}

/* Have all the others arrived? Interrupts are off here and there. */
static int wait_for_others(unsigned int self)
{
	struct orthros_park_cpu *pc = orthros_park_cpus();
	u64 start = rdtsc_ordered();
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		while (cpu != self &&
		       orthros_park_state(&pc[cpu]) != ORTHROS_PARK_PARKED) {
			if (orthros_tsc_to_ns(rdtsc_ordered() - start) >
			    10ULL * NSEC_PER_SEC)
				return -ETIMEDOUT;
			touch_nmi_watchdog();
			cpu_relax();
		}
	}
	return 0;
}

/* On every online CPU at once, interrupts off, from stop_machine(). */
static int park_fn(void *data)
{
	struct park_work *work = data;
	unsigned int cpu = smp_processor_id();
	struct orthros_park_cpu *pc = orthros_park_cpus() + cpu;
	bool is_last = cpu == work->last_cpu;
	struct park_watch watch;

	if (is_last) {
		work->err = wait_for_others(cpu);
		if (!work->err) {
			orthros_park_prolong();
			work->err = work->last(work->arg);
		}
		if (work->err) {
			/* Who comes late finds the command at once. */
			for_each_online_cpu(cpu)
				orthros_park_set_cmd(orthros_park_cpus() + cpu,
						     ORTHROS_PARK_RESUME);
			orthros_unpark_peer();
			return work->err;
		}
		watch_begin(pc, &watch);
	}
	orthros_pv_stop();
	orthros_park_self(pc);
	orthros_pv_start();
	if (is_last) {
		watch_end(pc, &watch);
		if (READ_ONCE(orthros_park()->verdict) == ORTHROS_PARK_EXPIRED)
			take_back();
	}

	/* Time has passed here that nobody is to be blamed for. */
	WRITE_ONCE(unparked_at, jiffies);
	was_parked = true;
	touch_softlockup_watchdog_sync();
	touch_nmi_watchdog();
	rcu_cpu_stall_reset();
	return 0;
}

/**
 * orthros_park_open - be ready for CPUs that come to the park
 *
 * The caller keeps CPUs from going online and offline.
 */
void orthros_park_open(void)
{
	struct orthros_park_cpu *pc = orthros_park_cpus();
	struct orthros_park *park = orthros_park();
	unsigned int cpu;
	int i;

	park->look = WATCH_LOOK;
	park->verdict = ORTHROS_PARK_OPEN;
	for (i = pgd_index(PAGE_OFFSET); i < PTRS_PER_PGD; i++)
		table(PT_TRANS)[i] = pgd_val(init_mm.pgd[i]);
	for_each_present_cpu(cpu) {
		pc[cpu].state = ORTHROS_PARK_OTHER;
		pc[cpu].cmd = ORTHROS_PARK_STAY;
		pc[cpu].watch = 0;
	}
}

/**
 * orthros_park_machine - stop this kernel on all its CPUs
 * @last:	called on the last CPU right before it parks itself, when all
 *		others have arrived; it tells the other kernel, or returns an
 *		errno: then there is no park. Interrupts off
 * @arg:	for @last
 *
 * The other kernel either takes the machine over, then this does not
 * return, or it lets this kernel go on (orthros_unpark_peer()), or it does
 * not move the deadline on (orthros_park_prolong()) and is stopped.
 *
 * All user tasks are off the CPUs: their FPU state and segment bases are in
 * memory. CPUs that are offline here sit in this kernel's idle code; an INIT
 * takes them out of it.
 *
 * Return: 0 after having been parked, negative errno if not.
 */
int orthros_park_machine(int (*last)(void *arg), void *arg)
{
	struct park_work work = { .last = last, .arg = arg };
	struct orthros_park_cpu *pc = orthros_park_cpus();
	unsigned int cpu;
	int ret;

	if (!orthros_part.valid || !orthros_ho)
		return -ENODEV;

	cpus_read_lock();
	orthros_park_open();
	for_each_present_cpu(cpu) {
		if (cpu_online(cpu) || cpumask_test_cpu(cpu, &orthros_part.cpus))
			continue;
		if (pc[cpu].apic_id == orthros_park()->bsp_apic_id) {
			pr_err("the boot CPU is offline: cannot park\n");
			ret = -EBUSY;
			goto out;
		}
		orthros_send_init(pc[cpu].apic_id);
		pc[cpu].state = ORTHROS_PARK_INIT;
	}
	work.last_cpu = cpumask_first(cpu_online_mask);
	ret = stop_machine_cpuslocked(park_fn, &work, cpu_online_mask);
out:
	cpus_read_unlock();
	return ret ? ret : work.err;
}
EXPORT_SYMBOL_GPL(orthros_park_machine);

/**
 * orthros_fence_wait - is every CPU of the ActiveOS in the park?
 * @timeout_us:	how long to wait
 *
 * For the BackupOS, after the ActiveOS said that it parks itself. Busy-waits.
 * For CPUs that do not come by themselves see orthros_fence_force().
 *
 * Return: true when nothing of the ActiveOS runs any more.
 */
bool orthros_fence_wait(unsigned int timeout_us)
{
	struct orthros_park_cpu *pc = orthros_park_cpus();
	u64 start = rdtsc_ordered();
	u32 i, state;

	for (i = 0; i < min_t(u32, orthros_ho->nr_cpus, ORTHROS_MAX_CPUS); i++) {
		if (orthros_ho->cpu_donated[i])
			continue;
		for (;;) {
			state = orthros_park_state(&pc[i]);
			if (state == ORTHROS_PARK_PARKED ||
			    state == ORTHROS_PARK_INIT)
				break;
			if (state == ORTHROS_PARK_FAULT ||
			    orthros_tsc_to_ns(rdtsc_ordered() - start) >
			    timeout_us * (u64)NSEC_PER_USEC) {
				pr_err("APIC %u is not in the park (%u)\n",
				       pc[i].apic_id, state);
				return false;
			}
			cpu_relax();
		}
	}
	return true;
}
EXPORT_SYMBOL_GPL(orthros_fence_wait);

/**
 * orthros_unpark_peer - let the ActiveOS go on
 *
 * By the BackupOS, or by the ActiveOS itself when not all its CPUs came.
 */
void orthros_unpark_peer(void)
{
	struct orthros_park_cpu *pc = orthros_park_cpus();
	u32 i;

	for (i = 0; i < min_t(u32, orthros_ho->nr_cpus, ORTHROS_MAX_CPUS); i++) {
		if (orthros_park_state(&pc[i]) != ORTHROS_PARK_PARKED)
			continue;
		if (!orthros_park_wake(&pc[i], ORTHROS_PARK_RESUME, 0, 10000))
			pr_err("APIC %u does not leave the park\n",
			       pc[i].apic_id);
	}
}
EXPORT_SYMBOL_GPL(orthros_unpark_peer);

/**
 * orthros_park_nmi_init - be ready for an NMI that comes after the park
 *
 * Once, by a kernel that can be parked.
 */
void orthros_park_nmi_init(void)
{
	int err = register_nmi_handler(NMI_UNKNOWN, late_nmi, 0, "orthros");

	if (err)
		pr_err("no handler for late NMIs: %pe\n", ERR_PTR(err));
}

static int __init orthros_park_init(void)
{
	if (!orthros_part.valid || !orthros_ho)
		return 0;
	orthros_park_prepare();
	orthros_park_nmi_init();
	return 0;
}
device_initcall(orthros_park_init);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of an ActiveOS that has failed. Its BackupOS may not touch anything before
 * each CPU is known to be in the park: it asks them there with an NMI, which finds a
 * CPU whatever it does, and takes those that do not come with an INIT.
 *
 * An ActiveOS that finds out by itself tells the BackupOS, first thing in panic().
 * How it is stopped is the same.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/nmi.h>
#include <linux/orthros/fence.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/user.h>
#include <asm/cpu_entry_area.h>
#include <asm/msr.h>
#include <asm/proto.h>
#include <asm/ptrace.h>
#include "arch.h"
#include "kvm_inside.h"

/* So long a CPU may take to come; an NMI may be lost, so one is sent now and then. */
#define FENCE_MS	1000
#define NMI_MS		20

u32 *orthros_fence;

/* Read by the other kernel, as evidence. */
struct orthros_cpu_regs orthros_cpu_regs[ORTHROS_MAX_CPUS];

/* ---- the ActiveOS: the end ------------------------------------------------- */

static_assert(sizeof(struct user_regs_struct) == sizeof(orthros_cpu_regs->reg));
/* It begins with what the stack has, in the same order. */
static_assert(offsetof(struct user_regs_struct, fs_base) == sizeof(struct pt_regs));

static void save_regs(struct orthros_cpu_regs *to, const struct pt_regs *regs)
{
	struct user_regs_struct u = {};

	/* It may be asked for while it is on its way. */
	if (to->saved)
		return;
	memcpy(&u, regs, sizeof(*regs));
	/* There may be more beside them, of the event. */
	u.cs = regs->cs & 0xffff;
	u.ss = regs->ss & 0xffff;
	rdmsrl(MSR_FS_BASE, u.fs_base);
	rdmsrl(MSR_GS_BASE, u.gs_base);
	memcpy(to->reg, &u, sizeof(u));
	to->pid = current->pid;
	to->saved = 1;
}

/* This CPU leaves the kernel for good. Any context. @regs: where it was */
static __always_inline void leave(const struct pt_regs *regs)
{
	unsigned int cpu = raw_smp_processor_id();
	struct orthros_park_cpu *pc = orthros_park_cpus() + cpu;

	save_regs(&orthros_cpu_regs[cpu], regs);
	/* Whoever is current in an interrupt has nothing to do with it. */
	orthros_park()->task[cpu] = in_task() && current->mm ? (u64)(unsigned long)current : 0;
	orthros_stop->save_registers();
	orthros_pv_stop();
	orthros_park_self(pc);
	/* Nobody sends it back. */
	for (;;)
		cpu_relax();
}

/*
 * The NMI has come between user mode and the kernel, while the stack of the task had
 * not got the registers yet. Nothing of the system call has happened: the instruction
 * is executed again.
 */
static void before_syscall(struct pt_regs *to, const struct pt_regs *regs)
{
	*to = *regs;
	to->ip = regs->cx - 2;
	to->flags = regs->r11;
	if (regs->sp >= TASK_SIZE_MAX)
		to->sp = this_cpu_read(cpu_tss_rw.x86_tss.sp2);
}

/*
 * The same for an exception or interrupt. The processor has put its frame to the top of
 * the entry stack; there, below it, are the others as soon as they are not in the
 * processor any more.
 */
static void before_exception(struct pt_regs *to, const struct pt_regs *regs, unsigned long top)
{
	const struct pt_regs *pushed = (struct pt_regs *)top - 1;

	*to = regs->sp > (unsigned long)pushed ? *regs : *pushed;
	to->ip = pushed->ip;
	to->flags = pushed->flags;
	to->sp = pushed->sp;
}

/* Let the task's stack have the registers that user mode had. */
static void complete_entry(const struct pt_regs *regs)
{
	unsigned long stack = (unsigned long)cpu_entry_stack(raw_smp_processor_id());
	unsigned long top = stack + sizeof(struct entry_stack);
	struct pt_regs *to = task_pt_regs(current);

	if (regs->ip >= (unsigned long)entry_SYSCALL_64 &&
	    regs->ip < (unsigned long)entry_SYSCALL_64_safe_stack)
		before_syscall(to, regs);
	else if (regs->sp > stack && regs->sp <= top &&
		 !(regs->ip >= (unsigned long)entry_SYSCALL_64_safe_stack &&
		   regs->ip < (unsigned long)entry_SYSRETQ_end) &&
		 !(regs->ip >= (unsigned long)swapgs_restore_regs_and_return_to_usermode &&
		   regs->ip < (unsigned long)restore_regs_and_return_to_kernel))
		before_exception(to, regs, top);
	else
		return;
	to->cs = __USER_CS;
	to->ss = __USER_DS;
	to->orig_ax = -1;
}

/* Who reads a core knows a CPU that was stopped by this name on the stack of its NMI. */
static noinline void crash_nmi_callback(const struct pt_regs *regs)
{
	leave(regs);
}

/**
 * orthros_fenced() - the other kernel stops this one: an NMI has come
 * @regs:	what it has interrupted
 *
 * Does not return.
 */
void noinstr orthros_fenced(struct pt_regs *regs)
{
	instrumentation_begin();
	if (!user_mode(regs) && !(current->flags & PF_KTHREAD))
		complete_entry(regs);
	crash_nmi_callback(regs);
	instrumentation_end();
}

/* Whatever holds the timekeeper's lock. */
static void sample_clocks(struct orthros_clock *c)
{
	c->tsc = rdtsc_ordered();
	c->mono_ns = ktime_get_mono_fast_ns();
	c->boot_ns = ktime_get_boot_fast_ns();
	c->real_ns = ktime_get_real_fast_ns();
	c->raw_ns = ktime_get_raw_fast_ns();
	c->tsc_khz = tsc_khz;
}

/**
 * orthros_panic() - this kernel panics: let the other one take over
 * @text:	why
 *
 * Hook in panic(), before anything there that may hang. Returns if there is nobody
 * who could.
 */
void orthros_panic(const char *text)
{
	struct pt_regs regs = {
		.ip = _THIS_IP_,
		.sp = current_stack_pointer,
		.bp = (unsigned long)__builtin_frame_address(0),
		.flags = X86_EFLAGS_FIXED,
		.cs = __KERNEL_CS,
		.ss = __KERNEL_DS,
	};
	u32 state;

	if (!READ_ONCE(orthros_fence) || !orthros_peer_alive())
		return;
	state = orthros_peer_state();
	if (state != ORTHROS_ST_READY && state != ORTHROS_ST_BUSY)
		return;
	/* For those who read the evidence; to the log alone, which takes no lock. */
	printk_deferred("Kernel panic - not syncing: %s\n", text);
	strscpy(orthros_ho->text, text, sizeof(orthros_ho->text));
	sample_clocks(&orthros_ho->clock_park);
	/* It is the one to blame, if the kernel worked for it. */
	orthros_ho->initiator = in_task() && current->mm ? (u64)(unsigned long)current : 0;
	/* Before an NMI answers the command, and shows where that has come. */
	save_regs(&orthros_cpu_regs[raw_smp_processor_id()], &regs);
	WRITE_ONCE(orthros_ho->cmd, ORTHROS_CMD_TAKEOVER);
	/* The command before its number; pairs with the acquire in the backup's loop. */
	smp_store_release(&orthros_ho->cmd_seq, orthros_ho->cmd_seq + 1);
	orthros_kick_peer();
	leave(&regs);
}

/* ---- the ActiveOS: signs of life -------------------------------------------- */

#define BEAT_NS		(250 * NSEC_PER_MSEC)

static DEFINE_PER_CPU(struct hrtimer, beat_timer);
static enum cpuhp_state beat_state;

static u64 *beat_of(unsigned int cpu)
{
	return &orthros_park()->beat[cpu];
}

/* Interrupts still come in, and timers. The clocks are those of the last sign of life. */
static enum hrtimer_restart beat(struct hrtimer *timer)
{
	unsigned int cpu = smp_processor_id();
	struct orthros_park *park = orthros_park();
	u32 next;

	WRITE_ONCE(*beat_of(cpu), rdtsc_ordered());
	if (cpu == cpumask_first(cpu_online_mask)) {
		next = !park->clock_nr;
		orthros_clock_sample(&park->clock[next]);
		/* Complete before it counts. */
		smp_store_release(&park->clock_nr, next);
	}
	hrtimer_forward_now(timer, ns_to_ktime(BEAT_NS));
	return HRTIMER_RESTART;
}

/*
 * An NMI comes to whoever runs, interrupts off or not: one that answers is not just kept
 * from running by a hypervisor.
 */
static int answer(unsigned int type, struct pt_regs *regs)
{
	unsigned int cpu = raw_smp_processor_id();
	struct orthros_park *park = orthros_park();
	u32 asked = READ_ONCE(park->asked[cpu]);

	if (asked == READ_ONCE(park->answered[cpu]))
		return NMI_DONE;
	WRITE_ONCE(park->answered[cpu], asked);
	return NMI_HANDLED;
}

/* For good: the last question may come late. */
static int begin_answers(void)
{
	static bool answers;
	int err = 0;

	if (!answers)
		err = register_nmi_handler(NMI_LOCAL, answer, 0, "orthros");
	answers = !err;
	return err;
}

static int beat_online(unsigned int cpu)
{
	struct hrtimer *timer = this_cpu_ptr(&beat_timer);

	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer->function = beat;
	WRITE_ONCE(*beat_of(cpu), rdtsc_ordered());
	hrtimer_start(timer, 0, HRTIMER_MODE_REL_PINNED_HARD);
	return 0;
}

static int beat_offline(unsigned int cpu)
{
	hrtimer_cancel(this_cpu_ptr(&beat_timer));
	WRITE_ONCE(*beat_of(cpu), 0);
	return 0;
}

/**
 * orthros_unguard() - a failure of this kernel is nobody's business any more
 *
 * Any context. Signs of life are given on, but not missed.
 */
void orthros_unguard(void)
{
	WRITE_ONCE(orthros_park()->guarded, 0);
	WRITE_ONCE(orthros_fence, NULL);
}

/**
 * orthros_guard() - let the BackupOS take over when this kernel fails, or no more
 * @on:		which
 *
 * Return: 0 or negative errno.
 */
int orthros_guard(bool on)
{
	int ret;

	if (!orthros_part.valid || !orthros_ho)
		return -ENODEV;
	if (!on) {
		orthros_unguard();
		if (beat_state)
			cpuhp_remove_state(beat_state);
		beat_state = 0;
		return 0;
	}
	if (orthros_guarded())
		return 0;
	cpus_read_lock();
	orthros_park_open();
	cpus_read_unlock();
	orthros_park()->fence = 0;
	memset(orthros_cpu_regs, 0, sizeof(orthros_cpu_regs));
	/* An NMI finds the park ready. */
	smp_store_release(&orthros_fence, &orthros_park()->fence);
	memset(orthros_park()->beat, 0, sizeof(orthros_park()->beat));
	memset(orthros_park()->asked, 0, sizeof(orthros_park()->asked));
	memset(orthros_park()->answered, 0, sizeof(orthros_park()->answered));
	if (beat_state)
		cpuhp_remove_state(beat_state);
	beat_state = 0;
	ret = begin_answers() ?: cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "orthros:beat",
						   beat_online, beat_offline);
	if (ret < 0) {
		WRITE_ONCE(orthros_fence, NULL);
		return ret;
	}
	beat_state = ret;
	/* Signs of life before they are missed. */
	smp_store_release(&orthros_park()->guarded, 1);
	return 0;
}
EXPORT_SYMBOL_GPL(orthros_guard);

/**
 * orthros_guarded() - would the BackupOS take over?
 *
 * Return: true if a failure of this kernel leads to a takeover.
 */
bool orthros_guarded(void)
{
	return READ_ONCE(orthros_fence);
}
EXPORT_SYMBOL_GPL(orthros_guarded);

/* ---- the BackupOS ----------------------------------------------------------- */

/**
 * orthros_beats() - the last signs of life of the ActiveOS's CPUs
 * @beat:	%ORTHROS_MAX_CPUS entries, by its numbers: when, by the TSC; 0 for a CPU
 *		that need not give any
 *
 * Return: entries that are set; 0: nobody looks after the ActiveOS.
 */
u32 orthros_beats(u64 *beat)
{
	struct orthros_park *park = orthros_park();
	u32 i, nr = min_t(u32, orthros_ho->nr_cpus, ORTHROS_MAX_CPUS);

	/* Pairs with orthros_guard(). */
	if (!smp_load_acquire(&park->guarded))
		return 0;
	for (i = 0; i < nr; i++)
		beat[i] = orthros_ho->cpu_donated[i] ? 0 : READ_ONCE(park->beat[i]);
	return nr;
}
EXPORT_SYMBOL_GPL(orthros_beats);

/**
 * orthros_ask() - let a CPU of the ActiveOS say whether it works
 * @cpu:	its number there
 *
 * It has been silent. Any context.
 */
void orthros_ask(unsigned int cpu)
{
	struct orthros_park *park = orthros_park();

	if (cpu >= min_t(u32, orthros_ho->nr_cpus, ORTHROS_MAX_CPUS) ||
	    orthros_ho->cpu_donated[cpu])
		return;
	WRITE_ONCE(park->asked[cpu], park->asked[cpu] + 1);
	/* The question before the NMI. */
	wmb();
	orthros_send_nmi(orthros_park_cpus()[cpu].apic_id);
}
EXPORT_SYMBOL_GPL(orthros_ask);

/**
 * orthros_answers() - up to which question the CPUs of the ActiveOS have answered
 * @answered:	%ORTHROS_MAX_CPUS entries, by its numbers
 */
void orthros_answers(u32 *answered)
{
	u32 i;

	for (i = 0; i < ORTHROS_MAX_CPUS; i++)
		answered[i] = READ_ONCE(orthros_park()->answered[i]);
}
EXPORT_SYMBOL_GPL(orthros_answers);

/**
 * orthros_task_of() - the process that a CPU of the ActiveOS ran when it was stopped
 * @cpu:	its number there
 *
 * Return: source address, or 0.
 */
u64 orthros_task_of(unsigned int cpu)
{
	return cpu < ORTHROS_MAX_CPUS ? orthros_park()->task[cpu] : 0;
}
EXPORT_SYMBOL_GPL(orthros_task_of);

/**
 * orthros_last_clock() - the clocks at the last sign of life are those it has stopped at
 */
void orthros_last_clock(void)
{
	struct orthros_park *park = orthros_park();

	/* Pairs with beat(). */
	orthros_ho->clock_park = park->clock[smp_load_acquire(&park->clock_nr) & 1];
}
EXPORT_SYMBOL_GPL(orthros_last_clock);

static bool stopped(const struct orthros_park_cpu *pc)
{
	u32 state = orthros_park_state(pc);

	return state == ORTHROS_PARK_PARKED || state == ORTHROS_PARK_INIT;
}

static bool stop_cpu(struct orthros_park_cpu *pc)
{
	unsigned int ms;

	for (ms = 0; ms < FENCE_MS; ms++) {
		if (stopped(pc))
			return true;
		if (orthros_park_state(pc) == ORTHROS_PARK_FAULT)
			break;
		if (ms && ms % NMI_MS == 0)
			orthros_send_nmi(pc->apic_id);
		mdelay(1);
	}
	/* QEMU ends when the boot CPU gets an INIT, and firmware starts again elsewhere. */
	if (pc->apic_id == orthros_park()->bsp_apic_id) {
		pr_emerg("the boot CPU does not come to the park\n");
		return false;
	}
	pr_err("APIC %u does not answer to an NMI: INIT\n", pc->apic_id);
	orthros_send_init(pc->apic_id);
	pc->state = ORTHROS_PARK_INIT;
	return true;
}

/**
 * orthros_fence_force() - stop an ActiveOS that has failed
 *
 * Return: true when each of its CPUs is known to have stopped. What ran in user mode on
 * those that needed an INIT has lost its registers.
 */
bool orthros_fence_force(void)
{
	struct orthros_park_cpu *pc = orthros_park_cpus();
	u32 i, nr = min_t(u32, orthros_ho->nr_cpus, ORTHROS_MAX_CPUS);
	bool all = true;

	/* There is no way back for it any more. */
	orthros_park()->verdict = ORTHROS_PARK_TAKEN;
	/* Before the NMIs. */
	smp_store_release(&orthros_park()->fence, 1);
	for (i = 0; i < nr; i++)
		if (!orthros_ho->cpu_donated[i] && !stopped(&pc[i]))
			orthros_send_nmi(pc[i].apic_id);
	for (i = 0; i < nr; i++)
		if (!orthros_ho->cpu_donated[i])
			all &= stop_cpu(&pc[i]);
	return all;
}

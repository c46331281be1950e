// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reboot, power off and panic while two kernels live: neither may take the
 * machine from the other by its death. Every path of machine_ops leads through
 * here. What the user asks of the ActiveOS is another matter: the BackupOS
 * goes with it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/acpi.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/panic_notifier.h>
#include <linux/pm.h>
#include <linux/smp.h>
#include <asm/reboot.h>
#include "../../../kernel/orthros/core/report.h"
#include "arch.h"

/* How long a CPU of a BackupOS that gives up may have interrupts off. */
#define STOP_MS	1000
/* How long the ActiveOS's CPUs may be on their way to the park. */
#define LATE_US	(10 * USEC_PER_SEC)

static struct machine_ops native_ops;

/* reboot(2), and not what follows a panic. */
static bool asked_for(void)
{
	return system_state == SYSTEM_RESTART || system_state == SYSTEM_POWER_OFF ||
	       system_state == SYSTEM_HALT;
}

/* Must the machine go on for the other kernel's sake? */
static bool held(void)
{
	/* The ActiveOS, if that can still go on. */
	if (orthros_is_backup())
		return orthros_park()->verdict != ORTHROS_PARK_TAKEN;
	if (!orthros_peer_alive())
		return false;
	if (!asked_for())
		return true;
	orthros_stop_peer();
	return false;
}

static void tell_death(const char *why)
{
	if (!orthros_is_backup() || !orthros_ho ||
	    orthros_ho->peer_state == ORTHROS_ST_DEAD)
		return;
	strscpy(orthros_ho->text, why, sizeof(orthros_ho->text));
	orthros_set_peer_state(ORTHROS_ST_DEAD);
	orthros_kick_peer();
}

/* This kernel's end; its CPUs wait for an INIT. */
static void __noreturn hold(const char *what)
{
	pr_emerg("%s: the other kernel lives, only this one stops\n", what);
	tell_death(what);
	smp_send_stop();
	local_irq_disable();
	for (;;)
		native_halt();
}

static atomic_t stopped;

static void stop_self(void *unused)
{
	local_irq_disable();
	atomic_inc(&stopped);
	for (;;)
		native_halt();
}

/**
 * orthros_give_up - let the ActiveOS go on, and stop this kernel for good
 *
 * By a BackupOS whose hop failed before the commit: its threads must not touch
 * the devices that its drivers have while the ActiveOS sets them up again.
 */
void orthros_give_up(void)
{
	int others, ms;

	/* Too late: the ActiveOS goes on already, and stops this kernel. */
	if (!orthros_park_decide(ORTHROS_PARK_BACK))
		for (;;)
			cpu_relax();
	orthros_reach(ORTHROS_TS_BACK);
	cpus_read_lock();
	others = num_online_cpus() - 1;
	smp_call_function(stop_self, NULL, false);
	for (ms = 0; atomic_read(&stopped) < others && ms < STOP_MS; ms++)
		mdelay(1);
	if (atomic_read(&stopped) < others)
		pr_err("a CPU does not stop\n");
	local_irq_disable();
	orthros_stop_dma();
	orthros_unpark_peer();
	for (;;)
		native_halt();
}

static void orthros_restart(char *cmd)
{
	if (held())
		hold("restart");
	native_ops.restart(cmd);
}

static void orthros_halt(void)
{
	if (held())
		hold("halt");
	native_ops.halt();
}

/* ACPI's S5 without an ACPI interpreter, for a kernel that took over. */
static void switch_off(void)
{
	struct orthros_park *park;

	if (!acpi_disabled || !orthros_ho)
		return;
	park = orthros_park();
	if (park->magic != ORTHROS_PARK_MAGIC || !park->pm1a)
		return;
	outw(park->slp_typa << 10 | BIT(13), park->pm1a);
	if (park->pm1b)
		outw(park->slp_typb << 10 | BIT(13), park->pm1b);
}

static void orthros_power_off(void)
{
	if (held())
		hold("power off");
	switch_off();
	native_ops.power_off();
}

static void orthros_shutdown(void)
{
	/* The way of kexec: the next kernel would own the machine. */
	if (held())
		hold("kexec");
	native_ops.shutdown();
}

static void orthros_emergency_restart(void)
{
	if (held())
		hold("emergency restart");
	native_ops.emergency_restart();
}

static void orthros_crash_shutdown(struct pt_regs *regs)
{
	if (held())
		hold("crash kernel");
	native_ops.crash_shutdown(regs);
}

/*
 * The other CPUs of this kernel have been stopped. If that happens before the
 * commit of a hop, the ActiveOS sits in the park, or is on its way there, and
 * waits: it is sent back, with the devices as after a hop that failed.
 */
static int orthros_panicked(struct notifier_block *nb, unsigned long event,
			    void *buf)
{
	bool back = orthros_is_backup() && orthros_ho &&
		    READ_ONCE(orthros_park()->verdict) != ORTHROS_PARK_TAKEN &&
		    READ_ONCE(orthros_ho->peer_state) == ORTHROS_ST_BUSY &&
		    READ_ONCE(orthros_ho->cmd) == ORTHROS_CMD_HOP;
	enum orthros_stamp last;
	char why[128];

	if (back && !orthros_park_decide(ORTHROS_PARK_BACK))
		return NOTIFY_DONE;
	if (back) {
		orthros_ho->result = -EIO;
		last = orthros_last_point();
		snprintf(why, sizeof(why), "the second kernel died after step %d, %s: %s", last,
			 orthros_point_name(last), (const char *)buf);
	}
	tell_death(back ? why : buf);
	if (!back)
		return NOTIFY_DONE;
	orthros_reach(ORTHROS_TS_BACK);
	/* Who is on the way to the park would not be woken. */
	orthros_fence_wait(LATE_US);
	orthros_stop_dma();
	orthros_unpark_peer();
	return NOTIFY_DONE;
}

static struct notifier_block panic_nb = {
	.notifier_call = orthros_panicked,
	.priority = INT_MAX,
};

/**
 * orthros_power_init - take machine_ops over
 *
 * machine_ops becomes read-only after boot, so the handlers stay and ask.
 */
void __init orthros_power_init(void)
{
	native_ops = machine_ops;
	machine_ops.restart = orthros_restart;
	machine_ops.halt = orthros_halt;
	machine_ops.power_off = orthros_power_off;
	machine_ops.shutdown = orthros_shutdown;
	machine_ops.emergency_restart = orthros_emergency_restart;
	machine_ops.crash_shutdown = orthros_crash_shutdown;
	if (orthros_is_backup())
		atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
}

/*
 * kernel_power_off() without a handler halts instead; one of our own makes
 * it come to machine_ops.power_off.
 */
static int __init orthros_power_off_init(void)
{
	if (orthros_is_backup() && !pm_power_off)
		pm_power_off = switch_off;
	return 0;
}
late_initcall(orthros_power_off_init);

static int __init orthros_power_early(void)
{
	if (orthros_partitioned())
		orthros_power_init();
	return 0;
}
early_initcall(orthros_power_early);

// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The watch
 *
 * The BackupOS of a machine that is protected looks after the ActiveOS from outside
 * (kernel/orthros/monitor/): in a timer at words that should move, in a thread at more.
 * What it finds it tells both kernels; what is a reason for a takeover, the thread that
 * carries that out.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/orthros/monitor.h>
#include <linux/orthros/platform.h>
#include <linux/string.h>
#include <linux/tick.h>
#include "../core/image.h"
#include "../core/kind.h"
#include "../core/trace.h"
#include "../monitor/monitor.h"
#include "hop.h"

static struct orthros_monitor mon;
static bool found;

/* ---- settings: those of the kernel that runs the processes ------------------- */

static struct orthros_monitor_area settings;

static void copy_settings(struct orthros_monitor_area *to, const struct orthros_monitor_area *from)
{
	int id;

	WRITE_ONCE(to->interval_ms, from->interval_ms);
	for (id = 0; id < ORTHROS_DET_NR; id++) {
		WRITE_ONCE(to->det[id].threshold, from->det[id].threshold);
		WRITE_ONCE(to->det[id].action, from->det[id].action);
	}
}

/**
 * orthros_monitor_settings() - what is set here
 *
 * Return: only what the ActiveOS sets is valid in it.
 */
const struct orthros_monitor_area *orthros_monitor_settings(void)
{
	return &settings;
}
EXPORT_SYMBOL_GPL(orthros_monitor_settings);

/**
 * orthros_monitor_share() - let the BackupOS know the settings
 */
void orthros_monitor_share(void)
{
	if (orthros_ho && !orthros_is_backup())
		copy_settings(orthros_monitor_area(), &settings);
}

/**
 * orthros_monitor_set_interval() - set the time from one look to the next
 * @ms:		it
 */
void orthros_monitor_set_interval(u32 ms)
{
	WRITE_ONCE(settings.interval_ms, ms);
	orthros_monitor_share();
}
EXPORT_SYMBOL_GPL(orthros_monitor_set_interval);

/**
 * orthros_monitor_set_threshold() - set what is too much
 * @id:		for which detector
 * @threshold:	in its unit; 0: the default
 */
void orthros_monitor_set_threshold(enum orthros_detector_id id, u32 threshold)
{
	WRITE_ONCE(settings.det[id].threshold, threshold);
	orthros_monitor_share();
}
EXPORT_SYMBOL_GPL(orthros_monitor_set_threshold);

/**
 * orthros_monitor_set_action() - set what is done of a finding
 * @id:		of which detector
 * @action:	what
 */
void orthros_monitor_set_action(enum orthros_detector_id id, enum orthros_finding_action action)
{
	WRITE_ONCE(settings.det[id].action, action + 1);
	orthros_monitor_share();
}
EXPORT_SYMBOL_GPL(orthros_monitor_set_action);

/* What was set there is what is set here now; before anybody looks. */
static void monitor_commit(struct orthros_image *img)
{
	copy_settings(&settings, orthros_monitor_area());
}

const struct orthros_kind orthros_monitor_kind = {
	.name	= "monitor",
	.tables	= ORTHROS_TABLES(&orthros_table_mon_env, &orthros_table_mon_task,
				 &orthros_table_mon_disk, &orthros_table_mon_tags,
				 &orthros_table_mon_request, &orthros_table_mon_netdev,
				 &orthros_table_mon_txq),
	.commit	= monitor_commit,
};

/* ---- the BackupOS -------------------------------------------------------------- */

/* To this kernel's log and trace, and the other one. */
static void tell_findings(void)
{
	static u64 told[ORTHROS_DET_NR];
	struct orthros_monitor_slot *slot = mon.area->det;
	int id;

	for (id = 0; id < ORTHROS_DET_NR; id++, slot++) {
		if (slot->count == told[id])
			continue;
		told[id] = slot->count;
		trace_finding(orthros_detector(id)->name, slot->last);
		/* The other kernel may have written there, too. */
		pr_warn("monitor: %s: %.*s\n", orthros_detector(id)->name,
			ORTHROS_FINDING_LEN - 1, slot->last);
	}
	orthros_kick_peer();
}

static void count_idle(void)
{
	u64 idle = 0;
	int cpu;

	for_each_online_cpu(cpu)
		idle += get_cpu_idle_time_us(cpu, NULL) * NSEC_PER_USEC;
	mon.area->idle_ns = idle;
	mon.area->cpus = num_online_cpus();
	mon.area->now_ns = ktime_get_ns();
}

/* The source stands still by intention. */
static bool in_hop(void)
{
	return READ_ONCE(orthros_ho->peer_state) == ORTHROS_ST_BUSY &&
	       READ_ONCE(orthros_ho->cmd) != ORTHROS_CMD_CHECK &&
	       READ_ONCE(orthros_ho->cmd) != ORTHROS_CMD_PROBE;
}

/* One at a time. @quick: only what costs next to nothing. */
static void look(bool quick)
{
	static bool armed;
	/* One at a time; large for a stack. */
	static struct orthros_mon_signs signs;
	u64 now = ktime_get_ns();
	u32 cpu;

	signs.nr_cpus = orthros_beats(signs.beat);
	if (!signs.nr_cpus || in_hop()) {
		armed = false;
		return;
	}
	if (!armed) {
		orthros_monitor_arm(&mon, now);
		armed = true;
	}
	orthros_answers(signs.answered);
	if (orthros_monitor_sample(&mon, now, &signs, quick) >= 0) {
		WRITE_ONCE(found, true);
		wake_up_all(&orthros_peer_wq);
	}
	for (cpu = 0; cpu < signs.nr_cpus; cpu++)
		if (orthros_monitor_asks(&mon, cpu))
			orthros_ask(cpu);
	mon.area->busy_ns += ktime_get_ns() - now;
	mon.area->samples++;
}

static struct task_struct *watcher;
static struct hrtimer look_timer;
/* Bit 0: somebody is in the middle of a look. */
static unsigned long looking;

/* Most looks are quick ones: they spare the processor a change of tasks. */
static enum hrtimer_restart look_now(struct hrtimer *timer)
{
	static u32 findings;
	bool due;

	if (orthros_is_backup() && !found && !test_and_set_bit_lock(0, &looking)) {
		look(true);
		due = orthros_monitor_due(&mon) || findings != mon.area->findings;
		findings = mon.area->findings;
		clear_bit_unlock(0, &looking);
		if (due)
			wake_up_process(watcher);
	}
	hrtimer_forward_now(timer, ms_to_ktime(orthros_monitor_interval(mon.area)));
	return HRTIMER_RESTART;
}

static int watch(void *unused)
{
	u32 findings = mon.area->findings;

	hrtimer_start(&look_timer, 0, HRTIMER_MODE_REL);
	for (;;) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop())
			break;
		schedule();
		__set_current_state(TASK_RUNNING);
		if (orthros_is_backup() && !found) {
			while (test_and_set_bit_lock(0, &looking))
				cpu_relax();
			look(false);
			clear_bit_unlock(0, &looking);
			count_idle();
		}
		if (findings != mon.area->findings)
			tell_findings();
		findings = mon.area->findings;
	}
	__set_current_state(TASK_RUNNING);
	hrtimer_cancel(&look_timer);
	return 0;
}

/**
 * orthros_found() - what the watch has found
 *
 * Return: why the ActiveOS has failed, or NULL: it has not.
 */
const char *orthros_found(void)
{
	return READ_ONCE(found) ? mon.found.text : NULL;
}

/**
 * orthros_found_task() - on whose behalf the kernel has failed
 *
 * When the ActiveOS is stopped.
 *
 * Return: source address of the task, or 0.
 */
u64 orthros_found_task(void)
{
	return mon.found.cpu < 0 ? 0 : orthros_task_of(mon.found.cpu);
}

/**
 * orthros_watch() - begin to look after the ActiveOS
 * @src:	it, with tables resolved
 *
 * Return: 0 or negative errno.
 */
int orthros_watch(const struct orthros_src *src)
{
	int err = orthros_monitor_init(&mon, src, orthros_monitor_area());

	if (err)
		return err;
	hrtimer_init(&look_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	look_timer.function = look_now;
	watcher = kthread_create(watch, NULL, "orthros_watch");
	if (IS_ERR(watcher))
		return PTR_ERR(watcher);
	wake_up_process(watcher);
	return 0;
}

/**
 * orthros_watch_end() - there is nobody to look after any more
 */
void orthros_watch_end(void)
{
	if (!IS_ERR_OR_NULL(watcher))
		kthread_stop(watcher);
}

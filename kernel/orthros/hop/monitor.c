// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The watch
 *
 * The BackupOS of a machine that is protected looks after the ActiveOS from outside. A
 * CPU there gives a sign of life by a timer; one that is silent for too long has its
 * interrupts off, or does not run at all.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/orthros/platform.h>
#include <linux/string.h>
#include "hop.h"

/* From one look to the next, and how long a CPU may be silent. */
#define LOOK_MS		100
#define SILENT_MS	1000

static char finding[ORTHROS_TEXT_LEN];
static int silent_cpu = -1;
static bool found;

/* A second look: this kernel may have stood still itself. */
static bool look(void)
{
	int cpu = orthros_silent_cpu(SILENT_MS);

	if (cpu < 0)
		return false;
	schedule_timeout_uninterruptible(msecs_to_jiffies(LOOK_MS));
	if (orthros_silent_cpu(SILENT_MS) < 0)
		return false;
	silent_cpu = cpu;
	snprintf(finding, sizeof(finding), "CPU %d has given no sign of life for %d ms", cpu,
		 SILENT_MS);
	return true;
}

static int monitor(void *unused)
{
	while (!kthread_should_stop()) {
		if (orthros_is_backup() && !READ_ONCE(found) && look()) {
			WRITE_ONCE(found, true);
			wake_up_all(&orthros_peer_wq);
		}
		schedule_timeout_interruptible(msecs_to_jiffies(LOOK_MS));
	}
	return 0;
}

/**
 * orthros_found() - what the watch has found
 *
 * Return: why the ActiveOS has failed, or NULL: it has not.
 */
const char *orthros_found(void)
{
	return READ_ONCE(found) ? finding : NULL;
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
	return silent_cpu < 0 ? 0 : orthros_task_of(silent_cpu);
}

static struct task_struct *watcher;

/**
 * orthros_watch() - begin to look after the ActiveOS
 *
 * Return: 0 or negative errno.
 */
int orthros_watch(void)
{
	watcher = kthread_run(monitor, NULL, "orthros_watch");
	return PTR_ERR_OR_ZERO(watcher);
}

/**
 * orthros_watch_end() - there is nobody to look after any more
 */
void orthros_watch_end(void)
{
	if (!IS_ERR_OR_NULL(watcher))
		kthread_stop(watcher);
}

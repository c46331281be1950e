// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The ActiveOS's side of a hop
 *
 * check, freeze, quiesce, park. If the BackupOS commits, the park is never
 * left; if it fails, orthros_park_machine() returns and everything is undone
 * in reverse order.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/freezer.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include "../core/kind.h"
#include "../core/report.h"
#include "../core/sections.h"
#include "../core/trace.h"
#include "../fs/fs.h"
#include "../mm/mm.h"
#include "hop.h"

/* For an answer. */
#define PEER_CHECK_TIMEOUT	(60 * HZ)

/* Of a check that something changes meanwhile. */
#define CHECK_TRIES		5

static DEFINE_MUTEX(report_lock);
static char *report_text;

/**
 * orthros_report_read() - read the report of the last check
 * @buf:	where to
 * @pos:	bytes from its start
 * @len:	bytes at most
 *
 * Lines "PID COMM: what: why"; empty if everything can be carried.
 *
 * Return: bytes read, 0 at the end.
 */
ssize_t orthros_report_read(char *buf, loff_t pos, size_t len)
{
	ssize_t n = 0;

	mutex_lock(&report_lock);
	if (report_text)
		n = memory_read_from_buffer(buf, len, &pos, report_text, strlen(report_text));
	mutex_unlock(&report_lock);
	return n;
}

/* Whatever was said before is of no interest now. */
static void forget_errors(void)
{
	char text[ORTHROS_TEXT_LEN];

	orthros_set_last_error("%s", "");
	orthros_error_take(text, sizeof(text));
}

static void peer_text(char *buf, size_t size)
{
	strscpy(buf, orthros_ho->text, min(size, sizeof(orthros_ho->text)));
}

static int fetch_report(void)
{
	size_t size = orthros_ho->report_size;
	const char *text = memremap(orthros_ho->report_phys, size, MEMREMAP_WB);
	char *copy = text ? kvmalloc(size, GFP_KERNEL) : NULL;

	if (copy)
		strscpy(copy, text, size);
	if (text)
		memunmap((void *)text);
	mutex_lock(&report_lock);
	swap(report_text, copy);
	mutex_unlock(&report_lock);
	kvfree(copy);
	return report_text ? 0 : -ENOMEM;
}

static u32 peer_command(enum orthros_cmd cmd)
{
	u32 seq = orthros_ho->cmd_seq + 1;

	WRITE_ONCE(orthros_ho->cmd, cmd);
	/* The command before its number; pairs with the acquire in the backup's loop. */
	smp_store_release(&orthros_ho->cmd_seq, seq);
	orthros_kick_peer();
	return seq;
}

static bool peer_done(u32 seq)
{
	/* Pairs with the release in the backup's loop: its report is complete. */
	return smp_load_acquire(&orthros_ho->done_seq) == seq ||
	       orthros_state_of_peer() == ORTHROS_ST_DEAD;
}

/*
 * A check walks what runs. With @torn set to true it found no state that fits
 * together; the last error has the last thing that did not.
 */
static int check_locked(enum orthros_cmd cmd, bool *torn)
{
	char text[ORTHROS_TEXT_LEN];
	u32 seq;
	int err;

	if (orthros_devices_hang())
		return orthros_update_error(-EBUSY, "drivers have not started: %s",
				    orthros_devices_error());
	err = orthros_describe(false);
	if (err)
		return err;
	orthros_ho->initiator = (u64)(unsigned long)current;
	seq = peer_command(cmd);
	if (!wait_event_timeout(orthros_peer_wq, peer_done(seq), PEER_CHECK_TIMEOUT))
		return orthros_update_error(-ETIMEDOUT, "check: no answer");
	if (orthros_state_of_peer() == ORTHROS_ST_DEAD)
		return orthros_update_error(-ENODEV, "check: the second kernel died");
	err = orthros_ho->result;
	if (err == -EOPNOTSUPP) {
		/* Without it nobody could tell that from a report that is empty. */
		if (fetch_report())
			return orthros_update_error(-ENOMEM, "check: no memory for the report");
		return orthros_update_error(err, "check: %.*s",
				    report_text ? (int)strcspn(report_text, "\n") : 0,
				    report_text ?: "");
	}
	if (err) {
		*torn = err != -ENOMEM;
		peer_text(text, sizeof(text));
		return orthros_update_error(err, "check: %s", text);
	}
	return fetch_report();
}

/**
 * orthros_check() - ask the BackupOS what it could not carry
 *
 * Walks the running system; the answer is orthros_report().
 *
 * Return: 0 if an update would be accepted, -EOPNOTSUPP if the report names
 * something, or another negative errno.
 */
int orthros_check(void)
{
	int try, err;
	bool torn;

	err = orthros_peer_lock();
	if (err)
		return err;
	/* Something mounted after it was told how; it is told once more then. */
	for (try = 0; try < CHECK_TRIES; try++) {
		forget_errors();
		torn = false;
		err = orthros_peer_ready();
		if (!err) {
			orthros_trace_run("check");
			err = check_locked(ORTHROS_CMD_CHECK, &torn);
		}
		if (err != -EAGAIN || !torn)
			break;
	}
	orthros_peer_unlock();
	return err;
}

/* Runs on the last CPU, interrupts off, right before it parks itself. */
static int hop_command(void *arg)
{
	/* It may have died since the check, or have been unloaded. */
	if (!orthros_peer_alive())
		return -ENODEV;
	orthros_clock_sample(&orthros_ho->clock_park);
	orthros_stamp(ORTHROS_TS_PARKED);
	peer_command(ORTHROS_CMD_HOP);
	return 0;
}

static int update_step(enum orthros_stamp step)
{
	int err = 0;

	orthros_stamp(step);
	/* It is the BackupOS that dies there. */
	if (READ_ONCE(orthros_ho->fail_step) == step)
		err = orthros_fail_point(step);
	return err ? orthros_core_error(err) : 0;
}

/* The machine was protected before. */
static bool protect_again;

static void respawn_fn(struct work_struct *work)
{
	int err = orthros_respawn();

	if (err)
		pr_err("the second kernel could not be started again: %pe\n", ERR_PTR(err));
	else if (protect_again && orthros_protect(true))
		pr_err("the machine is not protected any more\n");
}

static DECLARE_WORK(respawn_work, respawn_fn);

/* Everything between freeze and park. Returns only if there was no hop. */
static int update_hop(void)
{
	char text[ORTHROS_TEXT_LEN];
	bool touched = false;
	int err;

	orthros_sync_fs();
	orthros_stamp(ORTHROS_TS_FREEZE);
	err = orthros_freeze();
	if (err)
		return orthros_core_error(err);
	err = update_step(ORTHROS_TS_FROZEN);
	if (err)
		goto out_thaw;
	/* Loop devices and the like need their kernel threads for it. */
	err = orthros_kinds_freeze();
	if (err) {
		orthros_core_error(err);
		goto out_thaw;
	}
	err = freeze_kernel_threads();
	if (err) {
		orthros_update_error(err, "a kernel thread could not be frozen");
		goto out_thaw_kinds;
	}
	err = orthros_describe(true);
	if (err)
		goto out_thaw_kinds;
	err = orthros_quiesce_devices();
	if (err) {
		orthros_update_error(err, "a device could not be quiesced, the log has its name");
		goto out_thaw_kinds;
	}
	err = update_step(ORTHROS_TS_QUIESCED) ?: update_step(ORTHROS_TS_PARKED);
	if (err)
		goto out_resume;

	orthros_ho->initiator = (u64)(unsigned long)current;
	orthros_save_fpu();
	err = orthros_park_machine(hop_command, NULL);
	if (err) {
		orthros_update_error(err, err == -ENODEV ? "the second kernel has died" :
						   "a CPU could not be parked");
		goto out_resume;
	}
	touched = true;

	/* Still here: the BackupOS gave up and sent us back. */
	err = orthros_ho->result ?: -EIO;
	peer_text(text, sizeof(text));
	/* Who reads check makes a new report, in which it may not be any more. */
	if (!fetch_report() && err == -EOPNOTSUPP && *report_text)
		strscpy(text, report_text, min(sizeof(text), strcspn(report_text, "\n") + 1));
	orthros_update_error(err, "%s", text);
	protect_again = orthros_guarded();
	schedule_work(&respawn_work);
out_resume:
	orthros_resume_devices(touched);
out_thaw_kinds:
	/* Their own threads first: a journal may be needed. */
	thaw_kernel_threads();
	orthros_kinds_thaw();
out_thaw:
	orthros_thaw();
	return err;
}

/**
 * orthros_update() - replace this kernel by the one that is loaded
 * @success:	what the caller's system call returns in the new kernel
 * @nowait:	fail if the hop that led to this kernel is not over yet
 *
 * Context: process context of the initiator, in a system call.
 * Return: only if there was no hop: negative errno, orthros_last_error() says
 * why; everything goes on as before.
 */
int orthros_update(s64 success, bool nowait)
{
	bool torn = false;
	int err;

	err = orthros_peer_lock();
	if (err)
		return err;
	forget_errors();
	err = orthros_takeover_wait(nowait ? TASK_RUNNING : TASK_INTERRUPTIBLE);
	if (err) {
		orthros_update_error(err, "the last update is not over: memory is being claimed");
		goto out;
	}
	err = orthros_peer_ready();
	if (err)
		goto out;
	orthros_ho->initiator_ret = success;
	memset(orthros_ho->stamps, 0, sizeof(orthros_ho->stamps));
	orthros_trace_run("update");
	orthros_stamp(ORTHROS_TS_BEGIN);
	err = check_locked(ORTHROS_CMD_PROBE, &torn);
	/* It spares the processes a freeze that leads nowhere, but does not decide. */
	if (err && torn) {
		pr_info("%s: to be read again when all is frozen\n", orthros_last_error());
		forget_errors();
		err = 0;
	}
	if (err)
		goto out;
	err = update_step(ORTHROS_TS_CHECKED);
	if (err)
		goto out;
	orthros_prepare_devices();
	err = update_hop();
	orthros_unprepare_devices();
out:
	orthros_peer_unlock();
	return err;
}

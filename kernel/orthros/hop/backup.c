// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The BackupOS
 *
 * Its kernel_init() never starts a program. It resolves the tables against
 * the source's own BTF, reports ready, and waits for commands. On
 * %ORTHROS_CMD_CHECK it walks the running source and reports what cannot be
 * carried. On %ORTHROS_CMD_HOP the source is parked: it is read to records,
 * rebuilt by this kernel's own constructors and verified; then, at the commit
 * point, this kernel takes the machine and lets the tasks go. Nothing of the
 * source is written before. If anything fails before, the source is unparked
 * and this kernel, half built, waits to be thrown away and started again.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/io.h>
#include <linux/khugepaged.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include <linux/pid_namespace.h>
#include <linux/panic.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/umh.h>
#include <linux/utsname.h>
#include "../core/btf.h"
#include "../core/image.h"
#include "../core/kind.h"
#include "../core/report.h"
#include "../core/source.h"
#include "../core/steps.h"
#include "../fs/fs.h"
#include "../task/task.h"
#include "hop.h"

/* A live walk races with what it walks; so often it is tried. */
#define CHECK_TRIES	5
/* Room for the last line of a report that is cut. */
#define CUT_LEN		64
/* How long every CPU of the source may take to be seen parked. */
#define FENCE_US	2000000

/* For how long a kernel that has failed may end what it does to its file systems. */
#define REST_MS		30
/* A hop of which nothing is seen for so long is over. */
#define STILL_TIMEOUT	(20 * HZ)

static struct orthros_src backup_src;
static struct orthros_image *hop_img;

static int backup_lookup(void *ctx, u32 kind, const char *name, u64 *value)
{
	struct orthros_src *src = ctx;

	return kind == ORTHROS_EXPORT_SYM ? orthros_src_sym(src, name, value) :
					    orthros_src_const(src, name, value);
}

/* Tell the source and wake whoever waits there. */
static void backup_tell(enum orthros_state state)
{
	/* What was written before it; pairs with the acquire in peer_state(). */
	smp_store_release(&orthros_ho->peer_state, state);
	orthros_kick_peer();
}

static bool backup_has_cmd(void)
{
	/* Pairs with the release in peer_command(): the command is complete. */
	return smp_load_acquire(&orthros_ho->cmd_seq) != orthros_ho->done_seq;
}

static int backup_resolve(struct orthros_src *src)
{
	struct orthros_btf btf;
	const void *blob;
	int err;

	err = orthros_src_init(src, orthros_ho);
	if (err)
		return err;
	blob = orthros_src_map(src, src->desc.btf_phys, src->desc.btf_size);
	if (!blob)
		return orthros_bad(-EINVAL, "source: BTF at %#llx", src->desc.btf_phys);
	err = orthros_btf_parse(&btf, blob, src->desc.btf_size);
	if (err)
		return orthros_bad(err, "source: BTF does not parse");
	err = orthros_kinds_tables(&btf, backup_lookup, src, orthros_ho->text,
				   sizeof(orthros_ho->text));
	orthros_btf_free(&btf);
	if (err)
		return err;
	return orthros_kinds_resolve(src);
}

static void backup_report(const struct orthros_image *img)
{
	char *report = memremap(orthros_ho->report_phys, orthros_ho->report_size, MEMREMAP_WB);
	size_t len;

	if (!report)
		return;
	len = min_t(size_t, img->report_len, orthros_ho->report_size - CUT_LEN);
	memcpy(report, img->report, len);
	report[len] = '\0';
	if (img->report_full)
		scnprintf(report + len, orthros_ho->report_size - len,
			  "%u in all, the others have no room here\n", img->refused);
	memunmap(report);
}

/* Nobody has asked whether it could be carried, and without the rest it is lost as well. */
static void name_lost(const struct orthros_image *img)
{
	const char *line = img->report;
	size_t len;

	for (; *line; line += len + !!line[len]) {
		len = strcspn(line, "\n");
		pr_err("lost: %.*s\n", (int)len, line);
	}
	if (img->report_full)
		pr_err("lost: %u things in all\n", img->refused);
}

static bool same_report(const struct orthros_image *a, const struct orthros_image *b)
{
	return a->report_len == b->report_len && !memcmp(a->report, b->report, a->report_len);
}

/*
 * The source goes on meanwhile. What belongs to a process is read again where it is
 * read (task/read.c); what does not, like mounts, may be an error in the middle of
 * a change, or look like something that cannot be carried: all is read again then.
 * A refusal is one if it is read twice.
 */
static int backup_check(struct orthros_src *src, bool lenient)
{
	struct orthros_image *img, *last = NULL;
	char text[ORTHROS_TEXT_LEN];
	int try, err = -ENOMEM;

	for (try = 0; try < CHECK_TRIES; try++) {
		img = orthros_image_alloc(src, false);
		if (!img) {
			err = -ENOMEM;
			break;
		}
		img->lenient = lenient;
		orthros_error_take(text, sizeof(text));
		err = orthros_kinds_read(img) ?: orthros_image_fits(img);
		if (err) {
			orthros_image_free(img);
			continue;
		}
		if (img->refused == img->confirmed || (last && same_report(img, last)))
			try = CHECK_TRIES;
		orthros_image_free(last);
		last = img;
	}
	if (!last)
		return err;
	backup_report(last);
	err = last->refused ? -EOPNOTSUPP : 0;
	orthros_image_free(last);
	return err;
}

/*
 * What is still to be done when the processes run again: CPUs, memory. The
 * image stays until the source's memory is not looked at any more.
 */
static int backup_background(void *unused)
{
	int err = 0;

	orthros_rearm_inherit(hop_img->crashed);
	orthros_kinds_settle(hop_img);
	orthros_image_free(hop_img);
	hop_img = NULL;
	/* Whoever asked for the hop finds all devices that will come. */
	orthros_settle_devices();
	orthros_takeover_done();
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	err = start_stop_khugepaged();
#endif
	if (err)
		pr_warn("khugepaged: %pe\n", ERR_PTR(err));
	orthros_rearm();
	return 0;
}

/*
 * Until the commit this kernel may die, but not stand still or go on damaged: the
 * source waits in the park, and a panic sends it back (arch/x86/orthros/power.c). If
 * not even that can be, nobody moves the deadline on, and it goes on by itself.
 */
static void watch(struct timer_list *timer)
{
	if (time_after(jiffies, orthros_last_alive() + STILL_TIMEOUT))
		panic("the hop stands still");
	orthros_park_prolong();
	mod_timer(timer, jiffies + HZ);
}

static DEFINE_TIMER(watch_timer, watch);

/* Who is killed for memory may be a process of the source. */
static int hop_out_of_memory(struct notifier_block *nb, unsigned long event, void *freed)
{
	panic("no memory is left for the hop");
}

static struct notifier_block oom_notifier = {
	.notifier_call = hop_out_of_memory,
};

static void watch_begin(void)
{
	unsigned int other = cpumask_any_but(cpu_online_mask, raw_smp_processor_id());

	panic_on_oops = 1;
	register_oom_notifier(&oom_notifier);
	orthros_alive();
	watch_timer.expires = jiffies + HZ;
	/* A CPU that is locked up does not see its own timers. */
	if (other < nr_cpu_ids)
		add_timer_on(&watch_timer, other);
	else
		add_timer(&watch_timer);
}

static void watch_end(int oops)
{
	timer_delete_sync(&watch_timer);
	unregister_oom_notifier(&oom_notifier);
	panic_on_oops = oops;
}

/*
 * What is in the middle of a change of a file system is lost, with all that the same
 * transaction has: CPUs that still work are stopped between two of them, if there is such
 * a moment.
 */
static void wait_for_journals(const struct orthros_src *src)
{
	const u64 end = ktime_get_ns() + REST_MS * NSEC_PER_MSEC;
	char text[ORTHROS_TEXT_LEN];

	while (!orthros_journals_rest(src) && ktime_get_ns() < end)
		cpu_relax();
	orthros_error_take(text, sizeof(text));
}

/* @crashed: the source has failed, and does not come by itself */
static int backup_hop(struct orthros_src *src, bool crashed)
{
	const int oops = panic_on_oops;
	struct orthros_image *img;
	int err;

	watch_begin();
	err = crashed ? 0 : orthros_fail_point(ORTHROS_TS_PARKED);
	if (err)
		return err;
	if (crashed)
		wait_for_journals(src);
	if (crashed ? !orthros_fence_force() : !orthros_fence_wait(FENCE_US))
		return orthros_fail(-ETIMEDOUT, "fence: a CPU of the source is not parked");
	if (crashed && orthros_found())
		orthros_ho->initiator = orthros_found_task();
	err = orthros_reach(ORTHROS_TS_FENCED);
	if (err)
		return err;
	err = orthros_take_devices();
	if (err)
		return orthros_fail(err, "devices: %s", orthros_devices_error());

	img = orthros_image_alloc(src, true);
	if (!img)
		return -ENOMEM;
	hop_img = img;
	img->crashed = crashed;
	err = orthros_kinds_read(img) ?: orthros_image_fits(img);
	if (err)
		return err;
	backup_report(img);
	if (crashed)
		name_lost(img);
	else if (img->refused)
		return orthros_fail(-EOPNOTSUPP, "%u objects cannot be carried, see check",
				    img->refused);
	err = orthros_reach(ORTHROS_TS_READ) ?:
	      orthros_kinds_build(img) ?: orthros_kinds_tie(img) ?:
	      orthros_reach(ORTHROS_TS_BUILT) ?: orthros_kinds_verify(img) ?:
	      orthros_reach(ORTHROS_TS_VERIFIED);
	if (err)
		return err;
	err = orthros_devices_failed();
	if (err)
		return orthros_fail(err, "%s", orthros_devices_error());
	/* The last that may fail. Nobody writes there before the commit. */
	err = orthros_src_protect(false);
	if (err)
		return orthros_fail(err, "the source's memory stays protected");

	if (!crashed && !orthros_park_take())
		return orthros_fail(-ETIMEDOUT, "the other kernel did not wait");
	/*
	 * The commit point: from here on there is no way back. Pairs with the
	 * acquire in peer_state().
	 */
	smp_store_release(&orthros_ho->peer_state, ORTHROS_ST_COMMITTED);
	watch_end(oops);
	orthros_stamp(ORTHROS_TS_COMMIT);
	orthros_kinds_commit(img);
	orthros_kinds_start(img);
	/* From here on files and directories are held by processes alone. */
	orthros_kinds_release(img);
	orthros_stamp(ORTHROS_TS_DEVICES);
	orthros_release_tasks(img, orthros_ho->initiator_ret);
	orthros_stamp(ORTHROS_TS_RELEASED);
	orthros_step_done(&orthros_released, 0);
	usermodehelper_enable();
	return 0;
}

static char failure_text[ORTHROS_TEXT_LEN];

/**
 * orthros_failure() - why this kernel has taken over
 *
 * Return: what the other one has failed of; empty if it has not.
 */
const char *orthros_failure(void)
{
	return failure_text;
}
EXPORT_SYMBOL_GPL(orthros_failure);

/* There is no way back: the machine goes on here, or not at all. */
static void backup_takeover(struct orthros_src *src, const char *failure)
{
	char text[ORTHROS_TEXT_LEN];
	int err;

	pr_emerg("the other kernel has failed: %s\n", failure);
	strscpy(failure_text, failure, sizeof(failure_text));
	WRITE_ONCE(orthros_ho->peer_state, ORTHROS_ST_BUSY);
	/* The time line begins with the last sign of life. */
	orthros_ho->stamps[ORTHROS_TS_BEGIN] = orthros_ho->clock_park.tsc;
	orthros_ho->stamps[ORTHROS_TS_FREEZE] = orthros_ho->clock_park.tsc;
	err = backup_hop(src, true);
	if (err) {
		orthros_error_take(text, sizeof(text));
		panic("takeover: %s: %pe", text, ERR_PTR(err));
	}
}

/**
 * orthros_backup_init() - kernel_init() of a BackupOS
 *
 * Returns to become PID 1 of the processes that were taken over.
 *
 * Return: 0 if this kernel is no backup, else 1: go to user mode.
 */
int orthros_backup_init(void)
{
	struct orthros_src *src = &backup_src;
	char text[ORTHROS_TEXT_LEN];
	struct task_struct *t;
	u32 seq;
	int err;

	if (!orthros_is_backup())
		return 0;

	strscpy(orthros_ho->dst.release, init_utsname()->release,
		sizeof(orthros_ho->dst.release));
	orthros_ho->text[0] = '\0';
	err = backup_resolve(src) ?: orthros_src_protect(true);
	if (err) {
		if (!orthros_ho->text[0])
			orthros_error_take(orthros_ho->text, sizeof(orthros_ho->text));
		pr_err("refused: %s: %pe\n", orthros_ho->text, ERR_PTR(err));
		orthros_ho->result = err;
		backup_tell(ORTHROS_ST_REFUSED);
		wait_event_idle(orthros_peer_wq, false);
	}
	/* The tree that is rebuilt has programs that a helper would find. */
	err = usermodehelper_disable();
	if (err)
		pr_warn("user mode helpers stay on: %pe\n", ERR_PTR(err));
	err = orthros_scan_devices();
	if (err)
		pr_err("devices: %pe\n", ERR_PTR(err));
	err = orthros_watch(src);
	if (err)
		pr_err("nobody looks after the other kernel: %pe\n", ERR_PTR(err));
	pr_info("ready for %s\n", src->desc.release);
	backup_tell(ORTHROS_ST_READY);

	for (;;) {
		wait_event_idle(orthros_peer_wq, backup_has_cmd() || orthros_found());
		if (!backup_has_cmd()) {
			orthros_last_clock();
			backup_takeover(src, orthros_found());
			goto committed;
		}
		seq = READ_ONCE(orthros_ho->cmd_seq);
		WRITE_ONCE(orthros_ho->peer_state, ORTHROS_ST_BUSY);
		orthros_error_take(text, sizeof(text));
		switch (READ_ONCE(orthros_ho->cmd)) {
		case ORTHROS_CMD_CHECK:
		case ORTHROS_CMD_PROBE:
			err = backup_check(src, orthros_ho->cmd == ORTHROS_CMD_PROBE);
			break;
		case ORTHROS_CMD_HOP:
			err = backup_hop(src, false);
			if (!err)
				goto committed;
			break;
		case ORTHROS_CMD_TAKEOVER:
			strscpy(text, orthros_ho->text, sizeof(text));
			backup_takeover(src, text);
			goto committed;
		default:
			err = -EINVAL;
		}
		orthros_error_take(orthros_ho->text, sizeof(orthros_ho->text));
		orthros_ho->result = err;
		if (orthros_ho->cmd == ORTHROS_CMD_HOP) {
			/* Half built: good for nothing but its last words. */
			pr_err("hop failed before commit: %s: %pe\n", orthros_ho->text,
			       ERR_PTR(err));
			WRITE_ONCE(orthros_ho->peer_state, ORTHROS_ST_FAILED);
			/* The report before it; pairs with the acquire in peer_done(). */
			smp_store_release(&orthros_ho->done_seq, seq);
			orthros_give_up();
			/* Not reached. */
			for (;;)
				cpu_relax();
		}
		WRITE_ONCE(orthros_ho->peer_state, ORTHROS_ST_READY);
		/* As above. */
		smp_store_release(&orthros_ho->done_seq, seq);
		orthros_kick_peer();
	}

committed:
	orthros_watch_end();
	t = kthread_run(backup_background, NULL, "orthros");
	if (IS_ERR(t))
		pr_err("background work: %pe\n", t);
	return 1;
}

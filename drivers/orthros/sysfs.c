// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/orthros/, see Documentation/ABI/testing/sysfs-kernel-orthros.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/orthros/evidence.h>
#include <linux/orthros/platform.h>
#include <linux/orthros/rearm.h>
#include <linux/utsname.h>
#include "control.h"

static struct kset *kset;

static const char * const state_names[] = {
	[ORTHROS_ST_NONE]	= "none",
	[ORTHROS_ST_STARTING]	= "starting",
	[ORTHROS_ST_BOOTED]	= "booted",
	[ORTHROS_ST_READY]	= "ready",
	[ORTHROS_ST_BUSY]	= "busy",
	[ORTHROS_ST_REFUSED]	= "refused",
	[ORTHROS_ST_FAILED]	= "failed",
	[ORTHROS_ST_COMMITTED]	= "committed",
	[ORTHROS_ST_DEAD]	= "dead",
};

static bool have_peer(void)
{
	return !cpumask_empty(orthros_donated_cpus());
}

static ssize_t role_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%s\n", orthros_is_backup() ? "backup" : "active");
}

static struct kobj_attribute role_attr = __ATTR_RO(role);

static ssize_t state_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	u32 state;

	if (!orthros_ho)
		return sysfs_emit(buf, "unpartitioned %s\n",
				  orthros_partition_error());
	/* After a hop there is no second kernel until one is loaded. */
	state = have_peer() ? READ_ONCE(orthros_ho->peer_state) : ORTHROS_ST_NONE;
	if (state >= ARRAY_SIZE(state_names))
		return sysfs_emit(buf, "unknown (%u)\n", state);
	return sysfs_emit(buf, "%s\n", state_names[state]);
}

static struct kobj_attribute state_attr = __ATTR_RO(state);

static ssize_t release_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%s\n", init_uts_ns.name.release);
}

static struct kobj_attribute release_attr = __ATTR_RO(release);

static ssize_t peer_release_show(struct kobject *k, struct kobj_attribute *a,
				 char *buf)
{
	if (!orthros_ho || !have_peer())
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%.*s\n", (int)sizeof(orthros_ho->dst.release) - 1,
			  orthros_ho->dst.release);
}

static struct kobj_attribute peer_release_attr = __ATTR_RO(peer_release);

static ssize_t last_error_show(struct kobject *k, struct kobj_attribute *a,
			       char *buf)
{
	const char *text = orthros_last_error();

	if ((!text || !*text) && orthros_ho && have_peer())
		return sysfs_emit(buf, "%.*s\n", (int)sizeof(orthros_ho->text) - 1,
				  orthros_ho->text);
	return sysfs_emit(buf, "%s\n", text ? text : "");
}

static struct kobj_attribute last_error_attr = __ATTR_RO(last_error);

static ssize_t cpus_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%*pbl\n", cpumask_pr_args(orthros_donated_cpus()));
}

static struct kobj_attribute cpus_attr = __ATTR_RO(cpus);

/* What Orthros costs at this moment is this memory and these CPUs. */
static ssize_t reserved_show(struct kobject *k, struct kobj_attribute *a,
			     char *buf)
{
	return sysfs_emit(buf, "%llu\n", orthros_reserved_bytes());
}

static struct kobj_attribute reserved_attr = __ATTR_RO(reserved);

static ssize_t slot_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	if (!orthros_ho || !have_peer())
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%#llx-%#llx\n", orthros_ho->slot_start,
			  orthros_ho->slot_start + orthros_ho->slot_size - 1);
}

static struct kobj_attribute slot_attr = __ATTR_RO(slot);

/* How a step may fail, in the order of ORTHROS_FAIL_*; the first just fails. */
static const char *const fail_ways[] = {
	"", "panic", "oops", "hang", "memory", "lockup", "stall", "back",
};

/* Where the BackupOS is at work, while there is a way back. */
static bool may_die_at(u32 step)
{
	return (step >= ORTHROS_TS_PARKED && step < ORTHROS_TS_COMMIT) ||
	       step == ORTHROS_TS_PROBED || step == ORTHROS_TS_NET;
}

static ssize_t fail_step_show(struct kobject *k, struct kobj_attribute *a,
			      char *buf)
{
	u32 fail = orthros_ho ? orthros_ho->fail_step : 0;
	u32 way = fail / ORTHROS_FAIL_PANIC;

	if (!way || way >= ARRAY_SIZE(fail_ways))
		return sysfs_emit(buf, "%u\n", fail);
	return sysfs_emit(buf, "%u %s\n", fail & ORTHROS_FAIL_STEP, fail_ways[way]);
}

static ssize_t fail_step_store(struct kobject *k, struct kobj_attribute *a,
			       const char *buf, size_t count)
{
	int ret = orthros_may_control(), way = 0;
	char word[8] = "";
	u32 step;

	if (ret)
		return ret;
	if (!orthros_ho)
		return -ENODEV;
	if (sscanf(buf, "%u %7s", &step, word) < 1 || step >= ORTHROS_TS_NR)
		return -EINVAL;
	if (*word) {
		way = match_string(fail_ways, ARRAY_SIZE(fail_ways), word);
		if (way < 0 || !may_die_at(step))
			return -EINVAL;
	}
	WRITE_ONCE(orthros_ho->fail_step, step | way * ORTHROS_FAIL_PANIC);
	return count;
}

static struct kobj_attribute fail_step_attr = __ATTR(fail_step, 0600,
						     fail_step_show, fail_step_store);

static ssize_t update_store(struct kobject *k, struct kobj_attribute *a,
			    const char *buf, size_t count)
{
	bool go = true, nowait = sysfs_streq(buf, "nowait");
	int ret = orthros_may_control();

	if (ret)
		return ret;
	if (!nowait)
		ret = kstrtobool(buf, &go);
	if (ret)
		return ret;
	if (!go)
		return -EINVAL;
	/* After a hop this write completes in the other kernel. */
	ret = orthros_update(count, nowait);
	return ret ? ret : count;
}

static struct kobj_attribute update_attr = __ATTR(update, 0200, NULL, update_store);

static ssize_t protect_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%d\n", orthros_guarded());
}

static ssize_t protect_store(struct kobject *k, struct kobj_attribute *a,
			     const char *buf, size_t count)
{
	int ret = orthros_may_control();
	bool on;

	if (!ret)
		ret = kstrtobool(buf, &on);
	if (!ret)
		ret = orthros_protect(on);
	return ret ? ret : count;
}

static struct kobj_attribute protect_attr = __ATTR(protect, 0644, protect_show, protect_store);

static ssize_t failure_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%s\n", orthros_failure());
}

static struct kobj_attribute failure_attr = __ATTR_RO(failure);

/*
 * Written is 0 only: what is kept is not needed, what is to be done is not to be. No
 * matter of lockdown.
 */
static int off_store(const char *buf)
{
	bool on;
	int ret;

	if (!capable(CAP_SYS_BOOT))
		return -EPERM;
	ret = kstrtobool(buf, &on);
	return ret ?: on ? -EINVAL : 0;
}

static ssize_t evidence_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%llu\n", orthros_retained_bytes());
}

static ssize_t evidence_store(struct kobject *k, struct kobj_attribute *a,
			      const char *buf, size_t count)
{
	int ret = off_store(buf);

	if (ret)
		return ret;
	orthros_release_retained("somebody has said so");
	return count;
}

static struct kobj_attribute evidence_attr = __ATTR(evidence, 0644, evidence_show,
						    evidence_store);

static ssize_t keep_armed_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return orthros_rearm_show(buf, PAGE_SIZE);
}

static ssize_t keep_armed_store(struct kobject *k, struct kobj_attribute *a,
				const char *buf, size_t count)
{
	int ret = off_store(buf);

	if (ret)
		return ret;
	orthros_rearm_set(NULL, 0, 0, 0);
	return count;
}

static struct kobj_attribute keep_armed_attr = __ATTR(keep_armed, 0600, keep_armed_show,
						      keep_armed_store);

static struct attribute *orthros_attrs[] = {
	&role_attr.attr,
	&state_attr.attr,
	&release_attr.attr,
	&peer_release_attr.attr,
	&last_error_attr.attr,
	&cpus_attr.attr,
	&slot_attr.attr,
	&reserved_attr.attr,
	&fail_step_attr.attr,
	&update_attr.attr,
	&protect_attr.attr,
	&failure_attr.attr,
	&evidence_attr.attr,
	&keep_armed_attr.attr,
	NULL,
};

/* Texts that may be longer than a page. */

static ssize_t log_read(struct file *file, struct kobject *k,
			struct bin_attribute *a, char *buf,
			loff_t pos, size_t len)
{
	return orthros_log_read(buf, pos, len);
}

/*
 * Reading asks the BackupOS what it could not carry and gives its report; a
 * read that goes on at an offset gives more of the same report.
 */
static ssize_t check_read(struct file *file, struct kobject *k,
			  struct bin_attribute *a, char *buf,
			  loff_t pos, size_t len)
{
	int ret;

	if (!pos) {
		ret = orthros_may_control();
		if (ret)
			return ret;
		ret = orthros_check();
		/* What cannot be carried is the report, not an error of read(). */
		if (ret && ret != -EOPNOTSUPP)
			return ret;
	}
	return orthros_report_read(buf, pos, len);
}

static ssize_t warnings_read(struct file *file, struct kobject *k,
			     struct bin_attribute *a, char *buf,
			     loff_t pos, size_t len)
{
	return orthros_warnings_read(buf, pos, len);
}

/* Both kernels' records as they are; "orthros trace" makes sense of them. */
static ssize_t trace_read(struct file *file, struct kobject *k,
			  struct bin_attribute *a, char *buf,
			  loff_t pos, size_t len)
{
	return orthros_trace_read(buf, pos, len, file->f_cred);
}

static struct bin_attribute log_attr = {
	.attr = { .name = "log", .mode = 0400 },
	.read = log_read,
};

static struct bin_attribute check_attr = {
	.attr = { .name = "check", .mode = 0400 },
	.read = check_read,
};

static struct bin_attribute warnings_attr = {
	.attr = { .name = "warnings", .mode = 0400 },
	.read = warnings_read,
};

static struct bin_attribute trace_attr = {
	.attr = { .name = "trace", .mode = 0400 },
	.read = trace_read,
};

static struct bin_attribute *orthros_bin_attrs[] = {
	&log_attr,
	&trace_attr,
	&check_attr,
	&warnings_attr,
	NULL,
};

static const struct attribute_group orthros_group = {
	.attrs = orthros_attrs,
	.bin_attrs = orthros_bin_attrs,
};

static const struct attribute_group *orthros_groups[] = {
	&orthros_group,
	&orthros_stats_group,
	NULL,
};

/**
 * orthros_sysfs_init - create /sys/kernel/orthros/
 *
 * Return: 0 or negative errno.
 */
int orthros_sysfs_init(void)
{
	int ret;

	/* Only what is in a kset has uevents. */
	kset = kset_create_and_add("orthros", NULL, kernel_kobj);
	if (!kset)
		return -ENOMEM;
	ret = sysfs_create_groups(&kset->kobj, orthros_groups);
	if (ret)
		goto out_kset;
	ret = orthros_monitor_sysfs_init(kset);
	if (!ret)
		return 0;
	sysfs_remove_groups(&kset->kobj, orthros_groups);
out_kset:
	kset_unregister(kset);
	return ret;
}

/**
 * orthros_sysfs_exit - remove it
 */
void orthros_sysfs_exit(void)
{
	orthros_monitor_sysfs_exit();
	sysfs_remove_groups(&kset->kobj, orthros_groups);
	kset_unregister(kset);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/orthros/monitor/: what the other kernel looks for, and has found. A
 * finding is a uevent, a trace event, and wakes who polls count or last.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/kobject.h>
#include <linux/orthros/monitor.h>
#include <linux/orthros/platform.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "../../kernel/orthros/core/trace.h"
#include "../../kernel/orthros/monitor/monitor.h"
#include "control.h"

static const char *const action_names[] = {
	[ORTHROS_FINDING_IGNORE]	= "ignore",
	[ORTHROS_FINDING_REPORT]	= "report",
	[ORTHROS_FINDING_TAKEOVER]	= "takeover",
};

enum { A_THRESHOLD, A_ACTION, A_COUNT, A_LAST, A_WHAT, A_NR };

/**
 * struct entry - a detector in sysfs
 * @attr:	its files
 * @list:	pointers to them
 * @group:	its directory
 * @told:	findings that user space knows of
 */
static struct entry {
	struct kobj_attribute attr[A_NR];
	struct attribute *list[A_NR + 1];
	struct attribute_group group;
	u64 told;
} entries[ORTHROS_DET_NR];

static struct kobject *monitor_kobj;

/* ---- files ----------------------------------------------------------------------- */

static enum orthros_detector_id id_of(struct kobj_attribute *a, int nr)
{
	return container_of(a, struct entry, attr[nr]) - entries;
}

static ssize_t threshold_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%u\n", orthros_monitor_threshold(orthros_monitor_settings(),
								 id_of(a, A_THRESHOLD)));
}

static ssize_t threshold_store(struct kobject *k, struct kobj_attribute *a, const char *buf,
			       size_t count)
{
	enum orthros_detector_id id = id_of(a, A_THRESHOLD);
	int ret = orthros_may_control();
	u32 val;

	ret = ret ?: kstrtou32(buf, 0, &val);
	if (ret)
		return ret;
	/* 0 is the default. */
	if (val && val < orthros_detector(id)->least)
		return -ERANGE;
	orthros_monitor_set_threshold(id, val);
	return count;
}

static ssize_t action_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	u32 action = orthros_monitor_action(orthros_monitor_settings(), id_of(a, A_ACTION));

	return sysfs_emit(buf, "%s\n", action_names[action]);
}

static ssize_t action_store(struct kobject *k, struct kobj_attribute *a, const char *buf,
			    size_t count)
{
	int action, ret = orthros_may_control();

	if (ret)
		return ret;
	action = sysfs_match_string(action_names, buf);
	if (action < 0)
		return action;
	orthros_monitor_set_action(id_of(a, A_ACTION), action);
	return count;
}

static const struct orthros_monitor_slot *slot_of(enum orthros_detector_id id)
{
	const struct orthros_monitor_area *area = orthros_monitor_area();

	return area ? &area->det[id] : NULL;
}

static ssize_t count_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	const struct orthros_monitor_slot *slot = slot_of(id_of(a, A_COUNT));

	return sysfs_emit(buf, "%llu\n", slot ? READ_ONCE(slot->count) : 0);
}

/* What the other kernel writes may be in the middle of a change, or bad; it is text here. */
static void read_last(enum orthros_detector_id id, char *text)
{
	const struct orthros_monitor_slot *slot = slot_of(id);
	int tries = 1000;
	u32 seq;

	*text = '\0';
	if (!slot)
		return;
	do {
		seq = READ_ONCE(slot->seq);
		/* Pairs with the barriers of the writer. */
		smp_rmb();
		strscpy(text, slot->last, ORTHROS_FINDING_LEN);
		/* As above. */
		smp_rmb();
	} while ((seq & 1 || seq != READ_ONCE(slot->seq)) && --tries);
}

static ssize_t last_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	char text[ORTHROS_FINDING_LEN];

	read_last(id_of(a, A_LAST), text);
	return sysfs_emit(buf, "%s\n", text);
}

static ssize_t what_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	const struct orthros_detector *d = orthros_detector(id_of(a, A_WHAT));

	return sysfs_emit(buf, "%s (threshold: %s)\n", d->what, d->unit);
}

static const struct kobj_attribute attrs[A_NR] = {
	[A_THRESHOLD]	= __ATTR_RW(threshold),
	[A_ACTION]	= __ATTR_RW(action),
	[A_COUNT]	= __ATTR_RO(count),
	[A_LAST]	= __ATTR_RO_MODE(last, 0400),
	[A_WHAT]	= __ATTR_RO(what),
};

static ssize_t interval_ms_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%u\n", orthros_monitor_interval(orthros_monitor_settings()));
}

static ssize_t interval_ms_store(struct kobject *k, struct kobj_attribute *a, const char *buf,
				 size_t count)
{
	int ret = orthros_may_control();
	u32 val;

	ret = ret ?: kstrtou32(buf, 0, &val);
	if (ret)
		return ret;
	if (!val || val > ORTHROS_INTERVAL_MAX)
		return -ERANGE;
	orthros_monitor_set_interval(val);
	return count;
}

static struct kobj_attribute interval_attr = __ATTR_RW(interval_ms);

static ssize_t stats_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	const struct orthros_monitor_area *area = orthros_monitor_area();

	if (!area)
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "samples %llu\nlate %llu\nbusy_ns %llu\nidle_ns %llu\nnow_ns %llu\n"
			  "cpus %u\n", area->samples, area->late, area->busy_ns, area->idle_ns,
			  area->now_ns, area->cpus);
}

static struct kobj_attribute monitor_stats_attr = __ATTR_RO(stats);

static struct attribute *monitor_attrs[] = {
	&interval_attr.attr,
	&monitor_stats_attr.attr,
	NULL,
};

static const struct attribute_group monitor_group = {
	.attrs = monitor_attrs,
};

/* ---- findings -------------------------------------------------------------------- */

static void tell(enum orthros_detector_id id)
{
	const char *name = orthros_detector(id)->name;
	char text[ORTHROS_FINDING_LEN];
	char detector[32], finding[ORTHROS_FINDING_LEN + 16];
	char *env[3] = { detector };

	read_last(id, text);
	snprintf(detector, sizeof(detector), "DETECTOR=%s", name);
	snprintf(finding, sizeof(finding), "FINDING=%s", text);
	env[1] = finding;
	trace_finding(name, text);
	kobject_uevent_env(monitor_kobj, KOBJ_CHANGE, env);
	/* Last: who is woken finds all of it. */
	sysfs_notify(monitor_kobj, name, "count");
	sysfs_notify(monitor_kobj, name, "last");
}

static void tell_all(struct work_struct *work)
{
	const struct orthros_monitor_slot *slot;
	u64 count;
	int id;

	for (id = 0; id < ORTHROS_DET_NR; id++) {
		slot = slot_of(id);
		count = slot ? READ_ONCE(slot->count) : 0;
		if (count > entries[id].told)
			tell(id);
		entries[id].told = count;
	}
}

static DECLARE_WORK(tell_work, tell_all);

/* The other kernel has done something. In its interrupt, and that of other wake-ups. */
static int kicked(struct wait_queue_entry *wait, unsigned int mode, int sync, void *key)
{
	const struct orthros_monitor_area *area = orthros_monitor_area();
	static u32 seen;

	if (area && !orthros_is_backup() && seen != READ_ONCE(area->findings)) {
		seen = READ_ONCE(area->findings);
		schedule_work(&tell_work);
	}
	return 0;
}

static struct wait_queue_entry kick_wait = {
	.func = kicked,
	.entry = LIST_HEAD_INIT(kick_wait.entry),
};

/* ---- the directory --------------------------------------------------------------- */

static void release(struct kobject *k)
{
	kfree(k);
}

static const struct kobj_type monitor_type = {
	.sysfs_ops = &kobj_sysfs_ops,
	.release = release,
};

static int add_detector(enum orthros_detector_id id)
{
	struct entry *e = &entries[id];
	int i;

	for (i = 0; i < A_NR; i++) {
		e->attr[i] = attrs[i];
		sysfs_attr_init(&e->attr[i].attr);
		e->list[i] = &e->attr[i].attr;
	}
	e->group.name = orthros_detector(id)->name;
	e->group.attrs = e->list;
	return sysfs_create_group(monitor_kobj, &e->group);
}

/**
 * orthros_monitor_sysfs_init - create monitor/
 * @kset:	of /sys/kernel/orthros/, through which uevents go
 *
 * Return: 0 or negative errno.
 */
int orthros_monitor_sysfs_init(struct kset *kset)
{
	int id, ret;

	monitor_kobj = kzalloc(sizeof(*monitor_kobj), GFP_KERNEL);
	if (!monitor_kobj)
		return -ENOMEM;
	monitor_kobj->kset = kset;
	ret = kobject_init_and_add(monitor_kobj, &monitor_type, &kset->kobj, "monitor");
	if (!ret)
		ret = sysfs_create_group(monitor_kobj, &monitor_group);
	for (id = 0; !ret && id < ORTHROS_DET_NR; id++)
		ret = add_detector(id);
	if (ret) {
		kobject_put(monitor_kobj);
		return ret;
	}
	add_wait_queue(&orthros_peer_wq, &kick_wait);
	return 0;
}

/**
 * orthros_monitor_sysfs_exit - remove it
 */
void orthros_monitor_sysfs_exit(void)
{
	remove_wait_queue(&orthros_peer_wq, &kick_wait);
	cancel_work_sync(&tell_work);
	kobject_put(monitor_kobj);
}

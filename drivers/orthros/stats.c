// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/orthros/stats/: the time line of the last hop, one file a
 * point: nanoseconds since update was written, empty for a point not passed.
 */
#include <linux/kobject.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include "control.h"

static ssize_t point_show(enum orthros_stamp point, char *buf)
{
	u64 begin, at;

	if (!orthros_ho)
		return sysfs_emit(buf, "\n");
	begin = READ_ONCE(orthros_ho->stamps[ORTHROS_TS_BEGIN]);
	at = READ_ONCE(orthros_ho->stamps[point]);
	if (!begin || at < begin)
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%llu\n", orthros_tsc_to_ns(at - begin));
}

#define POINT(name, point)						\
static ssize_t name##_ns_show(struct kobject *k, struct kobj_attribute *a, \
			      char *buf)				\
{									\
	return point_show(point, buf);					\
}									\
static struct kobj_attribute name##_attr = __ATTR_RO(name##_ns)

POINT(checked, ORTHROS_TS_CHECKED);
POINT(freeze, ORTHROS_TS_FREEZE);
POINT(frozen, ORTHROS_TS_FROZEN);
POINT(quiesced, ORTHROS_TS_QUIESCED);
POINT(parked, ORTHROS_TS_PARKED);
POINT(fenced, ORTHROS_TS_FENCED);
POINT(probed, ORTHROS_TS_PROBED);
POINT(read, ORTHROS_TS_READ);
POINT(net, ORTHROS_TS_NET);
POINT(fs, ORTHROS_TS_FS);
POINT(built, ORTHROS_TS_BUILT);
POINT(verified, ORTHROS_TS_VERIFIED);
POINT(commit, ORTHROS_TS_COMMIT);
POINT(devices, ORTHROS_TS_DEVICES);
POINT(released, ORTHROS_TS_RELEASED);
POINT(links, ORTHROS_TS_LINKS);
POINT(cpus, ORTHROS_TS_CPUS);
POINT(claimed, ORTHROS_TS_CLAIMED);
POINT(freed, ORTHROS_TS_FREED);

/* Freezing begins until the last task was let go. */
static ssize_t downtime_ns_show(struct kobject *k, struct kobj_attribute *a,
				char *buf)
{
	u64 from, to;

	if (!orthros_ho)
		return sysfs_emit(buf, "\n");
	from = READ_ONCE(orthros_ho->stamps[ORTHROS_TS_FREEZE]);
	to = READ_ONCE(orthros_ho->stamps[ORTHROS_TS_RELEASED]);
	if (!from || to < from)
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%llu\n", orthros_tsc_to_ns(to - from));
}

static struct kobj_attribute downtime_attr = __ATTR_RO(downtime_ns);

/* The core's counters, one a line. */
static ssize_t counts_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	ssize_t len = 0;
	int i;

	if (!orthros_ho)
		return 0;
	for (i = 0; i < ARRAY_SIZE(orthros_ho->counts); i++)
		len += sysfs_emit_at(buf, len, "%llu\n", orthros_ho->counts[i]);
	return len;
}

static struct kobj_attribute counts_attr = __ATTR_RO(counts);

static ssize_t unaccounted_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	if (!orthros_ho || !READ_ONCE(orthros_ho->stamps[ORTHROS_TS_FREED]))
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%lld\n",
			  (s64)READ_ONCE(orthros_ho->counts[ORTHROS_COUNT_UNACCOUNTED]));
}

static struct kobj_attribute unaccounted_attr = __ATTR_RO(unaccounted);

/* Part of the downtime: the rebuilding had nothing else to do. */
static ssize_t devices_wait_ns_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	if (!orthros_ho || !READ_ONCE(orthros_ho->stamps[ORTHROS_TS_VERIFIED]))
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%llu\n", READ_ONCE(orthros_ho->counts[ORTHROS_COUNT_DEVICE_WAIT]));
}

static struct kobj_attribute devices_wait_attr = __ATTR_RO(devices_wait_ns);

/* Of a machine that is protected: how often, and how long the last time. */
static ssize_t told_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	u64 ns;

	return sysfs_emit(buf, "%lu\n", orthros_protect_told(&ns));
}

static struct kobj_attribute told_attr = __ATTR_RO(told);

static ssize_t told_ns_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	u64 ns;

	orthros_protect_told(&ns);
	return sysfs_emit(buf, "%llu\n", ns);
}

static struct kobj_attribute told_ns_attr = __ATTR_RO(told_ns);

static ssize_t device_times_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return orthros_devices_show(buf);
}

static struct kobj_attribute device_times_attr = __ATTR_RO(device_times);

static struct attribute *stats_attrs[] = {
	&checked_attr.attr,
	&freeze_attr.attr,
	&frozen_attr.attr,
	&quiesced_attr.attr,
	&parked_attr.attr,
	&fenced_attr.attr,
	&probed_attr.attr,
	&read_attr.attr,
	&fs_attr.attr,
	&net_attr.attr,
	&built_attr.attr,
	&verified_attr.attr,
	&commit_attr.attr,
	&devices_attr.attr,
	&released_attr.attr,
	&links_attr.attr,
	&cpus_attr.attr,
	&claimed_attr.attr,
	&freed_attr.attr,
	&downtime_attr.attr,
	&counts_attr.attr,
	&unaccounted_attr.attr,
	&devices_wait_attr.attr,
	&device_times_attr.attr,
	&told_attr.attr,
	&told_ns_attr.attr,
	NULL,
};

const struct attribute_group orthros_stats_group = {
	.name = "stats",
	.attrs = stats_attrs,
};

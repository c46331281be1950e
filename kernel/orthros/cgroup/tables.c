// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a source has its control groups. Controllers that a kernel may be built
 * without are optional; who has none of one, has no settings of it.
 */
#include "tables.h"

#define OPT		ORTHROS_ROW_OPTIONAL
#define NULLABLE	ORTHROS_ROW_NULLABLE

#define ENV(field, kind, ...) \
	ORTHROS_ROW(struct orthros_group_env, field, kind, OPT, __VA_ARGS__)

static struct orthros_row group_env_rows[] = {
	ENV(root, SYM, "cgrp_dfl_root"),
	ENV(visible, SYM, "cgrp_dfl_visible"),
	ENV(subsys, SYM, "cgroup_subsys"),
	ENV(policies, SYM, "blkcg_policy"),
	ENV(hstates, SYM, "hstates"),
	ENV(psi_system, SYM, "psi_system"),
	ENV(nr_subsys, ENUM, "CGROUP_SUBSYS_COUNT"),
	ENV(policies_size, SIZEOF, "blkcg.cpd"),
	ENV(nr_misc, ENUM, "MISC_CG_RES_TYPES"),
	ENV(misc_size, SIZEOF, "misc_res"),
	ENV(hstate_size, SIZEOF, "hstate"),
	ENV(cgrp_off, OFFSET, "cgroup_root.cgrp"),
	ENV(rb_off, OFFSET, "kernfs_node.rb"),
	ENV(kernfs_dir, ENUM, "KERNFS_DIR"),
	ENV(has_uclamp, SIZEOF, "task_group.uclamp_pct"),
	ENV(psi_states[ORTHROS_CGROUP_PSI_IO_SOME], ENUM, "PSI_IO_SOME"),
	ENV(psi_states[ORTHROS_CGROUP_PSI_IO_FULL], ENUM, "PSI_IO_FULL"),
	ENV(psi_states[ORTHROS_CGROUP_PSI_MEM_SOME], ENUM, "PSI_MEM_SOME"),
	ENV(psi_states[ORTHROS_CGROUP_PSI_MEM_FULL], ENUM, "PSI_MEM_FULL"),
	ENV(psi_states[ORTHROS_CGROUP_PSI_CPU_SOME], ENUM, "PSI_CPU_SOME"),
	ENV(psi_states[ORTHROS_CGROUP_PSI_CPU_FULL], ENUM, "PSI_CPU_FULL"),
};

ORTHROS_TABLE(group_env, struct orthros_group_env);

#define SUBSYS(field, kind, path) \
	ORTHROS_ROW(struct orthros_group_subsys_view, field, kind, OPT, "cgroup_subsys." path)

static struct orthros_row group_subsys_rows[] = {
	SUBSYS(id, VALUE, "id"),
	SUBSYS(name, STRING, "name"),
};

ORTHROS_TABLE(group_subsys, struct orthros_group_subsys_view);

#define NUMBERS(field, path) \
	ORTHROS_ROW(struct orthros_group_numbers_view, field, VALUE, OPT, \
		    "cgroup_root.kf_root->" path)

static struct orthros_row group_numbers_rows[] = {
	NUMBERS(next, "ino_idr.idr_next"),
	NUMBERS(low, "last_id_lowbits"),
	NUMBERS(high, "id_highbits"),
};

ORTHROS_TABLE(group_numbers, struct orthros_group_numbers_view);

#define NODE(field, ...) \
	ORTHROS_ROW(struct orthros_group_node_view, field, VALUE, OPT, __VA_ARGS__)

static struct orthros_row group_node_rows[] = {
	NODE(flags, "kernfs_node.flags"),
	NODE(mode, "kernfs_node.mode"),
	NODE(id, "kernfs_node.id"),
	NODE(iattr, "kernfs_node.iattr"),
	NODE(priv, "kernfs_node.priv"),
	NODE(parent, "kernfs_node.__parent", "kernfs_node.parent"),
	NODE(entries, "kernfs_node.dir.children.rb_node"),
};

ORTHROS_TABLE(group_node, struct orthros_group_node_view);

static struct orthros_row group_name_rows[] = {
	ORTHROS_ROW(struct orthros_group_name_view, name, STRING, OPT, "kernfs_node.name"),
};

ORTHROS_TABLE(group_name, struct orthros_group_name_view);

static struct orthros_row group_inode_rows[] = {
	ORTHROS_ROW(struct orthros_group_inode_view, kn, VALUE, 0, "inode.i_private"),
};

ORTHROS_TABLE(group_inode, struct orthros_group_inode_view);

#define ATTR(field, kind, path) \
	ORTHROS_ROW(struct orthros_group_attr_view, field, kind, OPT, "kernfs_iattrs." path)

static struct orthros_row group_attr_rows[] = {
	ATTR(uid, VALUE, "ia_uid.val"),
	ATTR(gid, VALUE, "ia_gid.val"),
	ATTR(atime[0], VALUE, "ia_atime.tv_sec"),
	ATTR(atime[1], VALUE, "ia_atime.tv_nsec"),
	ATTR(mtime[0], VALUE, "ia_mtime.tv_sec"),
	ATTR(mtime[1], VALUE, "ia_mtime.tv_nsec"),
	ATTR(ctime[0], VALUE, "ia_ctime.tv_sec"),
	ATTR(ctime[1], VALUE, "ia_ctime.tv_nsec"),
	ATTR(xattr_list, ADDR, "xattrs.head"),
	ATTR(xattr_rb, VALUE, "xattrs.rb_root.rb_node"),
};

ORTHROS_TABLE(group_attr, struct orthros_group_attr_view);

static struct orthros_row group_xattr_rows[] = {
	ORTHROS_ROW(struct orthros_group_xattr_view, name, VALUE, 0, "simple_xattr.name"),
	ORTHROS_ROW(struct orthros_group_xattr_view, size, VALUE, 0, "simple_xattr.size"),
};

ORTHROS_TABLE(group_xattr, struct orthros_group_xattr_view);

static struct orthros_row group_xattr_layout_rows[] = {
	ORTHROS_ROW(struct orthros_group_xattr_layout, node_off, OFFSET, 0,
		    "simple_xattr.rb_node", "simple_xattr.list"),
	ORTHROS_ROW(struct orthros_group_xattr_layout, value_off, OFFSET, 0,
		    "simple_xattr.value"),
};

ORTHROS_TABLE(group_xattr_layout, struct orthros_group_xattr_layout);

#define GROUP(field, kind, flags, path) \
	ORTHROS_ROW(struct orthros_group_view, field, kind, OPT | (flags), "cgroup." path)

static struct orthros_row group_rows[] = {
	GROUP(kn, VALUE, 0, "kn"),
	GROUP(dom, VALUE, 0, "dom_cgrp"),
	GROUP(subsys, ADDR, 0, "subsys"),
	GROUP(control, VALUE, 0, "subtree_control"),
	GROUP(max_depth, VALUE, 0, "max_depth"),
	GROUP(max_descendants, VALUE, 0, "max_descendants"),
	GROUP(freeze, VALUE, 0, "freezer.freeze"),
	GROUP(psi, VALUE, 0, "psi"),
	GROUP(psi_enabled, VALUE, NULLABLE, "psi->enabled"),
	GROUP(notify, VALUE, 0, "events_file.notify_timer.entry.pprev"),
	GROUP(notified, VALUE, NULLABLE, "events_file.kn->attr.notify_next"),
	GROUP(runtime, VALUE, 0, "bstat.cputime.sum_exec_runtime"),
	GROUP(utime, VALUE, 0, "bstat.cputime.utime"),
	GROUP(stime, VALUE, 0, "bstat.cputime.stime"),
};

ORTHROS_TABLE(group, struct orthros_group_view);

static struct orthros_row group_psi_rows[] = {
	ORTHROS_ROW(struct orthros_group_psi_view, total, BYTES, OPT, "psi_group.total"),
	ORTHROS_ROW(struct orthros_group_psi_view, avg, BYTES, OPT, "psi_group.avg"),
};

ORTHROS_TABLE(group_psi, struct orthros_group_psi_view);

#define MEM(field, kind, path) \
	ORTHROS_ROW(struct orthros_group_mem_view, field, kind, OPT, "mem_cgroup." path)
#define EVENT(name) \
	MEM(events[ORTHROS_CGROUP_EV_##name], VALUE, "memory_events[MEMCG_" #name "].counter")
#define LOCAL(name) \
	MEM(events_local[ORTHROS_CGROUP_EV_##name], VALUE, \
	    "memory_events_local[MEMCG_" #name "].counter")

static struct orthros_row group_mem_rows[] = {
	MEM(min, VALUE, "memory.min"),
	MEM(low, VALUE, "memory.low"),
	MEM(high, VALUE, "memory.high"),
	MEM(max, VALUE, "memory.max"),
	MEM(peak, VALUE, "memory.watermark"),
	MEM(swap_high, VALUE, "swap.high"),
	MEM(swap_max, VALUE, "swap.max"),
	MEM(zswap_max, VALUE, "zswap_max"),
	MEM(zswap_writeback, VALUE, "zswap_writeback"),
	MEM(has_zswap, SIZEOF, "zswap_max"),
	MEM(has_writeback, SIZEOF, "zswap_writeback"),
	MEM(oom_group, VALUE, "oom_group"),
	EVENT(LOW),
	EVENT(HIGH),
	EVENT(MAX),
	EVENT(OOM),
	EVENT(OOM_KILL),
	EVENT(OOM_GROUP_KILL),
	EVENT(SWAP_HIGH),
	EVENT(SWAP_MAX),
	EVENT(SWAP_FAIL),
	LOCAL(LOW),
	LOCAL(HIGH),
	LOCAL(MAX),
	LOCAL(OOM),
	LOCAL(OOM_KILL),
	LOCAL(OOM_GROUP_KILL),
	LOCAL(SWAP_HIGH),
	LOCAL(SWAP_MAX),
	LOCAL(SWAP_FAIL),
};

ORTHROS_TABLE(group_mem, struct orthros_group_mem_view);

#define CPU(field, path) \
	ORTHROS_ROW(struct orthros_group_cpu_view, field, VALUE, OPT, "task_group." path)

static struct orthros_row group_cpu_rows[] = {
	CPU(shares, "shares"),
	CPU(idle, "idle"),
	CPU(period, "cfs_bandwidth.period"),
	CPU(quota, "cfs_bandwidth.quota"),
	CPU(burst, "cfs_bandwidth.burst"),
	CPU(clamp_min, "uclamp_pct[UCLAMP_MIN]"),
	CPU(clamp_max, "uclamp_pct[UCLAMP_MAX]"),
	CPU(nr_periods, "cfs_bandwidth.nr_periods"),
	CPU(nr_throttled, "cfs_bandwidth.nr_throttled"),
	CPU(nr_burst, "cfs_bandwidth.nr_burst"),
	CPU(throttled_time, "cfs_bandwidth.throttled_time"),
	CPU(burst_time, "cfs_bandwidth.burst_time"),
};

ORTHROS_TABLE(group_cpu, struct orthros_group_cpu_view);

#define CPUSET(field, kind, ...) \
	ORTHROS_ROW(struct orthros_group_cpuset_view, field, kind, OPT, __VA_ARGS__)

/* A mask is an array of one, or a pointer where masks are large. */
static struct orthros_row group_cpuset_rows[] = {
	CPUSET(cpus, BYTES, "cpuset.cpus_allowed->bits", "cpuset.cpus_allowed[0].bits"),
	CPUSET(exclusive, BYTES, "cpuset.exclusive_cpus->bits", "cpuset.exclusive_cpus[0].bits"),
	CPUSET(mems, BYTES, "cpuset.mems_allowed.bits"),
	CPUSET(partition, VALUE, "cpuset.partition_root_state"),
};

ORTHROS_TABLE(group_cpuset, struct orthros_group_cpuset_view);

#define PIDS(field, ...) \
	ORTHROS_ROW(struct orthros_group_pids_view, field, VALUE, OPT, __VA_ARGS__)

static struct orthros_row group_pids_rows[] = {
	PIDS(limit, "pids_cgroup.limit.counter"),
	PIDS(peak, "pids_cgroup.watermark"),
	PIDS(events, "pids_cgroup.events[PIDCG_MAX].counter", "pids_cgroup.events_limit.counter"),
	PIDS(events_local, "pids_cgroup.events_local[PIDCG_MAX].counter"),
};

ORTHROS_TABLE(group_pids, struct orthros_group_pids_view);

#define HUGETLB(field, path) \
	ORTHROS_ROW(struct orthros_group_hugetlb_view, field, VALUE, OPT, "hugetlb_cgroup." path)

static struct orthros_row group_hugetlb_rows[] = {
	HUGETLB(max[0], "hugepage[0].max"),
	HUGETLB(max[1], "hugepage[1].max"),
	HUGETLB(rsvd[0], "rsvd_hugepage[0].max"),
	HUGETLB(rsvd[1], "rsvd_hugepage[1].max"),
};

ORTHROS_TABLE(group_hugetlb, struct orthros_group_hugetlb_view);

static struct orthros_row group_hstate_rows[] = {
	ORTHROS_ROW(struct orthros_group_hstate_view, order, VALUE, OPT, "hstate.order"),
};

ORTHROS_TABLE(group_hstate, struct orthros_group_hstate_view);

static struct orthros_row group_rdma_rows[] = {
	ORTHROS_ROW(struct orthros_group_rdma_view, pools, ADDR, OPT, "rdma_cgroup.rpools"),
	ORTHROS_ROW(struct orthros_group_rdma_view, first, VALUE, OPT,
		    "rdma_cgroup.rpools.next"),
};

ORTHROS_TABLE(group_rdma, struct orthros_group_rdma_view);

static struct orthros_row group_misc_rows[] = {
	ORTHROS_ROW(struct orthros_group_misc_view, res, ADDR, OPT, "misc_cg.res"),
};

ORTHROS_TABLE(group_misc, struct orthros_group_misc_view);

static struct orthros_row group_misc_res_rows[] = {
	ORTHROS_ROW(struct orthros_group_misc_res_view, max, VALUE, OPT, "misc_res.max"),
};

ORTHROS_TABLE(group_misc_res, struct orthros_group_misc_res_view);

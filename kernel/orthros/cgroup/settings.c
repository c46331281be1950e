// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was set for a control group: read from the source's controllers, kept as what
 * is written to the group's files to have it so. What is as by default is left out.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitmap.h>
#include <linux/cgroup.h>
#include <linux/hugetlb.h>
#include <linux/page_counter.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/mmu_context.h>
#include <linux/sched/cputime.h>
#include <kernel/sched/sched.h>
#include "../fs/fs.h"
#include "cgroup_internal.h"
#include "group_inside.h"

#define TEXT_MAX	SZ_64K
#define MASK_TEXT	SZ_16K
/* cpu.max by default: 100 ms, and no quota. */
#define CPU_PERIOD	(100 * NSEC_PER_MSEC)
#define CLAMP_MAX	10000
#define NONE		(~0ULL)

struct reader {
	struct orthros_image *img;
	struct orthros_finder who;
	struct orthros_writer w;
	const struct orthros_group_view *v;
	int err;
};

static struct orthros_cgroup_rec *rec_of(struct reader *r)
{
	return r->w.obj->rec;
}

/* What is written to a file. The first error is kept. */
__printf(3, 4)
static void set(struct reader *r, const char *file, const char *fmt, ...)
{
	size_t name_len = strlen(file) + 1;
	va_list args;
	char *value, *to;

	if (r->err)
		return;
	if (!orthros_cgroup_has_file(file)) {
		orthros_refuse(&r->who, "control group %s: %s, which the other kernel has not",
			       rec_of(r)->name, file);
		return;
	}
	va_start(args, fmt);
	value = kvasprintf(GFP_KERNEL, fmt, args);
	va_end(args);
	to = value ? orthros_append(&r->w, name_len + strlen(value) + 1) : NULL;
	if (to) {
		memcpy(to, file, name_len);
		memcpy(to + name_len, value, strlen(value) + 1);
	} else {
		r->err = orthros_bad(value ? -E2BIG : -ENOMEM, "control group %s: settings",
				     rec_of(r)->name);
	}
	kfree(value);
}

/* Of a controller that the group has; 0 if there is none, or an error. */
static u64 state(struct reader *r, enum orthros_controller ctl)
{
	u64 css = 0;

	if (!r->err)
		r->err = orthros_group_state(r->img, r->v, ctl, &css);
	return r->err ? 0 : css;
}

static bool view(struct reader *r, const struct orthros_table *t, u64 addr, void *to)
{
	if (!r->err && addr)
		r->err = orthros_read_rec(&r->img->src->mem, t, addr, to);
	return !r->err && addr;
}

static void read_core(struct reader *r)
{
	if (r->v->max_depth != INT_MAX)
		set(r, "cgroup.max.depth", "%d", r->v->max_depth);
	if (r->v->max_descendants != INT_MAX)
		set(r, "cgroup.max.descendants", "%d", r->v->max_descendants);
	if (r->v->psi && !r->v->psi_enabled)
		set(r, "cgroup.pressure", "0");
	if (r->v->freeze)
		set(r, "cgroup.freeze", "1");
}

/* ---- memory ------------------------------------------------------------------ */

static void set_pages(struct reader *r, const char *file, u64 pages, u64 none)
{
	if (pages == none)
		return;
	if (pages >= PAGE_COUNTER_MAX)
		set(r, file, "max");
	else
		set(r, file, "%llu", pages << PAGE_SHIFT);
}

/* Pages know it by this address. */
static void name_memory(struct reader *r, u64 css)
{
	struct orthros_obj *obj = orthros_obj_add(r->img, &orthros_memcg_type, css, 0, sizeof(u64));

	if (IS_ERR(obj))
		r->err = orthros_bad(PTR_ERR(obj), "memory of a control group is in two places");
	else
		*(u64 *)obj->rec = r->w.obj->src;
}

static void read_memory(struct reader *r)
{
	struct orthros_group_mem_view *m = kzalloc(sizeof(*m), GFP_KERNEL);
	struct orthros_cgroup_rec *rec;
	u64 css;

	if (!m) {
		r->err = -ENOMEM;
		return;
	}
	css = state(r, ORTHROS_CTL_MEMORY);
	if (!view(r, &orthros_table_group_mem, css, m))
		goto out;
	name_memory(r, css);
	set_pages(r, "memory.min", m->min, 0);
	set_pages(r, "memory.low", m->low, 0);
	set_pages(r, "memory.swap.high", m->swap_high, PAGE_COUNTER_MAX);
	set_pages(r, "memory.swap.max", m->swap_max, PAGE_COUNTER_MAX);
	if (m->has_zswap)
		set_pages(r, "memory.zswap.max", m->zswap_max, PAGE_COUNTER_MAX);
	if (m->has_writeback && !m->zswap_writeback)
		set(r, "memory.zswap.writeback", "0");
	if (m->oom_group)
		set(r, "memory.oom.group", "1");
	rec = rec_of(r);
	rec->mem_high = m->high < PAGE_COUNTER_MAX ? m->high : NONE;
	rec->mem_max = m->max < PAGE_COUNTER_MAX ? m->max : NONE;
	rec->stats.mem_peak = m->peak;
	memcpy(rec->stats.mem_events, m->events, sizeof(m->events));
	memcpy(rec->stats.mem_events_local, m->events_local, sizeof(m->events_local));
out:
	kfree(m);
}

/* ---- CPU time ------------------------------------------------------------------ */

/* Weights are those of nice values, or those of cpu.weight, which are coarser. */
static void read_weight(struct reader *r, u64 shares)
{
	u64 load = shares >> SCHED_FIXEDPOINT_SHIFT, weight;
	unsigned int i;

	if (load == NICE_0_LOAD >> SCHED_FIXEDPOINT_SHIFT)
		return;
	weight = DIV_ROUND_CLOSEST_ULL(load * CGROUP_WEIGHT_DFL, 1024);
	if (DIV_ROUND_CLOSEST_ULL(weight * 1024, CGROUP_WEIGHT_DFL) != load)
		for (i = 0; i < ARRAY_SIZE(sched_prio_to_weight); i++)
			if (sched_prio_to_weight[i] == load) {
				set(r, "cpu.weight.nice", "%d", (int)i + MIN_NICE);
				return;
			}
	set(r, "cpu.weight", "%llu",
	    clamp_t(u64, weight, CGROUP_WEIGHT_MIN, CGROUP_WEIGHT_MAX));
}

static void set_clamp(struct reader *r, const char *file, u32 percent)
{
	set(r, file, "%u.%02u", percent / 100, percent % 100);
}

static void read_cpu(struct reader *r)
{
	struct orthros_cgroup_stats *s;
	struct orthros_group_cpu_view c;

	if (!view(r, &orthros_table_group_cpu, state(r, ORTHROS_CTL_CPU), &c))
		return;
	if (c.idle)
		set(r, "cpu.idle", "1");
	else
		read_weight(r, c.shares);
	if (c.period && (c.quota != NONE || c.period != CPU_PERIOD)) {
		if (c.quota == NONE)
			set(r, "cpu.max", "max %llu", div_u64(c.period, NSEC_PER_USEC));
		else
			set(r, "cpu.max", "%llu %llu", div_u64(c.quota, NSEC_PER_USEC),
			    div_u64(c.period, NSEC_PER_USEC));
	}
	if (c.burst)
		set(r, "cpu.max.burst", "%llu", div_u64(c.burst, NSEC_PER_USEC));
	if (orthros_group_env.has_uclamp && c.clamp_min)
		set_clamp(r, "cpu.uclamp.min", c.clamp_min);
	if (orthros_group_env.has_uclamp && c.clamp_max != CLAMP_MAX)
		set_clamp(r, "cpu.uclamp.max", c.clamp_max);
	s = &rec_of(r)->stats;
	s->nr_periods = c.nr_periods;
	s->nr_throttled = c.nr_throttled;
	s->nr_burst = c.nr_burst;
	s->throttled_time = c.throttled_time;
	s->burst_time = c.burst_time;
}

static void set_mask(struct reader *r, const char *file, const u64 *mask, unsigned int longs)
{
	char *text;

	if (!memchr_inv(mask, 0, longs * sizeof(u64)))
		return;
	text = kvmalloc(MASK_TEXT, GFP_KERNEL);
	if (!text) {
		r->err = r->err ?: -ENOMEM;
		return;
	}
	BUILD_BUG_ON(sizeof(unsigned long) != sizeof(u64));
	scnprintf(text, MASK_TEXT, "%*pbl", longs * 64, mask);
	set(r, file, "%s", text);
	kvfree(text);
}

static void read_cpuset(struct reader *r)
{
	struct orthros_group_cpuset_view *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c) {
		r->err = -ENOMEM;
		return;
	}
	if (view(r, &orthros_table_group_cpuset, state(r, ORTHROS_CTL_CPUSET), c)) {
		set_mask(r, "cpuset.cpus", c->cpus, ARRAY_SIZE(c->cpus));
		set_mask(r, "cpuset.cpus.exclusive", c->exclusive, ARRAY_SIZE(c->exclusive));
		set_mask(r, "cpuset.mems", c->mems, ARRAY_SIZE(c->mems));
		/* Below zero: not possible as things are. */
		if (abs(c->partition) == 1)
			set(r, "cpuset.cpus.partition", "root");
		else if (abs(c->partition) == 2)
			set(r, "cpuset.cpus.partition", "isolated");
		else if (c->partition)
			r->err = orthros_bad(-EUCLEAN, "control group %s: partition %d",
					     rec_of(r)->name, c->partition);
	}
	kfree(c);
}

/* ---- the others ------------------------------------------------------------------ */

static void read_pids(struct reader *r)
{
	struct orthros_group_pids_view p;
	struct orthros_cgroup_stats *s;

	if (!view(r, &orthros_table_group_pids, state(r, ORTHROS_CTL_PIDS), &p))
		return;
	/* Not to be reached: that is how no limit is kept. */
	if (p.limit >= 0 && p.limit <= PID_MAX_LIMIT)
		set(r, "pids.max", "%lld", p.limit);
	s = &rec_of(r)->stats;
	s->pids_peak = p.peak;
	s->pids_events = p.events;
	s->pids_events_local = p.events_local;
}

static void set_hugetlb(struct reader *r, u32 order, const char *what, u64 pages)
{
	u64 kib = 1ULL << (order + PAGE_SHIFT - 10);
	char file[48];

	/* Without a limit: as many as can be counted, rounded down to this size. */
	if (!pages || order > 30 || pages >= round_down(PAGE_COUNTER_MAX, 1UL << order))
		return;
	scnprintf(file, sizeof(file), "hugetlb.%llu%s.%s",
		  kib >= SZ_1M ? kib / SZ_1M : kib >= SZ_1K ? kib / SZ_1K : kib,
		  kib >= SZ_1M ? "GB" : kib >= SZ_1K ? "MB" : "KB", what);
	set(r, file, "%llu", pages << PAGE_SHIFT);
}

static void read_hugetlb(struct reader *r)
{
	struct orthros_group_hugetlb_view v = {};
	struct orthros_group_hstate_view h;
	unsigned int i;

	if (!view(r, &orthros_table_group_hugetlb, state(r, ORTHROS_CTL_HUGETLB), &v))
		return;
	for (i = 0; i < ORTHROS_GROUP_HSTATES && orthros_group_env.hstates; i++) {
		if (!view(r, &orthros_table_group_hstate, orthros_group_env.hstates +
			  i * orthros_group_env.hstate_size, &h))
			return;
		/* None of that size. */
		if (!h.order)
			continue;
		set_hugetlb(r, h.order, "max", v.max[i]);
		set_hugetlb(r, h.order, "rsvd.max", v.rsvd[i]);
	}
}

static void read_others(struct reader *r)
{
	const char *name = rec_of(r)->name;
	struct orthros_group_misc_res_view res;
	struct orthros_group_rdma_view rdma;
	struct orthros_group_misc_view misc;
	unsigned int i;
	u64 css, policy;

	if (view(r, &orthros_table_group_rdma, state(r, ORTHROS_CTL_RDMA), &rdma) &&
	    rdma.first != rdma.pools)
		orthros_refuse(&r->who, "control group %s: limits of rdma", name);
	if (view(r, &orthros_table_group_misc, state(r, ORTHROS_CTL_MISC), &misc)) {
		for (i = 0; i < min(orthros_group_env.nr_misc, 64U); i++)
			if (view(r, &orthros_table_group_misc_res,
				 misc.res + i * orthros_group_env.misc_size, &res) &&
			    res.max != (u64)ULONG_MAX)
				orthros_refuse(&r->who, "control group %s: limits of misc", name);
	}
	/* Weights and limits of disks are kept by policies, each in its own way. */
	css = state(r, ORTHROS_CTL_IO);
	for (i = 0; css && !r->err && orthros_group_env.policies &&
	     i < min(orthros_group_env.policies_size / 8, 64U); i++) {
		r->err = orthros_src_u64(r->img->src, orthros_group_env.policies + i * sizeof(u64),
					 &policy);
		if (!r->err && policy) {
			orthros_refuse(&r->who, "control group %s: controller io with policies",
				       name);
			break;
		}
	}
}

/**
 * orthros_read_settings() - read what was set for a group
 * @img:	image
 * @obj:	its object, with the name in the record; what was set is added
 * @v:		the group
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_read_settings(struct orthros_image *img, struct orthros_obj *obj,
			  const struct orthros_group_view *v)
{
	struct reader r = {
		.img = img, .who = orthros_of_machine(img), .v = v,
		.w = { .obj = obj, .used = sizeof(struct orthros_cgroup_rec), .max = TEXT_MAX },
	};
	struct orthros_cgroup_rec *rec = obj->rec;

	rec->stats.runtime = v->runtime;
	rec->stats.utime = v->utime;
	rec->stats.stime = v->stime;
	read_core(&r);
	read_memory(&r);
	read_cpu(&r);
	read_cpuset(&r);
	read_pids(&r);
	read_hugetlb(&r);
	read_others(&r);
	rec = obj->rec;
	rec->len = r.w.used - sizeof(*rec);
	return r.err ? orthros_error_in(r.err, "control group %s", rec->name) : 0;
}

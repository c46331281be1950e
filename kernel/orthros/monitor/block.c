// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to disks that are never completed.
 *
 * All block devices are in one list, that of the inodes of their file system. A disk's
 * requests are found by their tags, some hardware queues a look; those that the driver has
 * are noted, and looked at again until they are other ones.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "monitor_internal.h"

/* A list that is sound has not more. */
#define BDEVS_MAX	1024
#define QUEUES_MAX	1024
#define TAGS_MAX	1024
/* Read at once. */
#define TAGS_READ	32
/* In one look. */
#define TAGS_STEP	512
#define DISKS_STEP	16

/**
 * orthros_mon_can_block() - are there disks?
 * @m:		monitor
 *
 * Return: true if their requests can be seen.
 */
bool orthros_mon_can_block(const struct orthros_monitor *m)
{
	return m->env.bdev_sb && m->env.bdev_inode && m->env.in_flight;
}

/**
 * orthros_mon_arm_block() - all requests are new
 * @m:		monitor
 */
void orthros_mon_arm_block(struct orthros_monitor *m)
{
	memset(m->req, 0, sizeof(m->req));
	m->disk = 0;
	m->queue = 0;
}

static bool read_request(const struct orthros_monitor *m, u64 addr,
			 struct orthros_mon_request *r)
{
	return !orthros_read_rec(&m->src.mem, &orthros_table_mon_request, addr, r) &&
	       r->state == m->env.in_flight;
}

static void note(struct orthros_monitor *m, u64 addr, u64 start)
{
	struct orthros_mon_req *q, *room = NULL;

	for (q = m->req; q < m->req + ORTHROS_MON_REQS; q++) {
		if (q->addr == addr)
			return;
		if (!q->addr && !room)
			room = q;
	}
	if (!room)
		return;
	room->addr = addr;
	room->start = start;
	room->since = m->clock;
	room->told = false;
}

static void look_again(struct orthros_monitor *m)
{
	struct orthros_mon_request r;
	struct orthros_mon_req *q;

	for (q = m->req; q < m->req + ORTHROS_MON_REQS; q++)
		if (q->addr && (!read_request(m, q->addr, &r) || r.start != q->start))
			q->addr = 0;
}

/* The disk at @nr in the list. */
static bool find_disk(const struct orthros_monitor *m, u32 nr, struct orthros_mon_disk *d)
{
	u64 sb, head, node, bdev;
	u32 i;

	if (nr >= BDEVS_MAX || !orthros_mon_u64(m, m->env.bdev_sb, &sb))
		return false;
	head = sb + m->env.sb_inodes;
	node = head;
	for (i = 0; i <= nr; i++)
		if (!orthros_mon_u64(m, node, &node) || node == head)
			return false;
	bdev = node - m->env.inode_list - m->env.bdev_inode + m->env.bdev;
	if (orthros_read_rec(&m->src.mem, &orthros_table_mon_disk, bdev, d))
		return false;
	/* Partitions have the requests of their disk. */
	if (d->whole != bdev)
		d->tags = 0;
	return true;
}

/* Return: how many tags it has. */
static u32 look_at_queue(struct orthros_monitor *m, const struct orthros_mon_disk *d)
{
	struct orthros_mon_request r;
	struct orthros_mon_tags t;
	u64 tags, rqs[TAGS_READ];
	u32 i, j, n;

	if (!orthros_mon_u64(m, d->tags + m->queue * sizeof(u64), &tags) || !tags ||
	    orthros_read_rec(&m->src.mem, &orthros_table_mon_tags, tags, &t))
		return 0;
	t.nr = min_t(u32, t.nr, TAGS_MAX);
	for (i = 0; i < t.nr; i += n) {
		n = min_t(u32, t.nr - i, TAGS_READ);
		if (orthros_src_read(&m->src, t.rqs + i * sizeof(u64), rqs, n * sizeof(u64)))
			break;
		for (j = 0; j < n; j++)
			if (rqs[j] && read_request(m, rqs[j], &r))
				note(m, rqs[j], r.start);
	}
	return t.nr;
}

/* Some queues, or to the end of the list. */
static void step(struct orthros_monitor *m)
{
	struct orthros_mon_disk d;
	u32 tags = 0, disks;

	look_again(m);
	for (disks = 0; disks < DISKS_STEP && tags < TAGS_STEP; disks++, m->disk++, m->queue = 0) {
		if (!find_disk(m, m->disk, &d)) {
			m->disk = 0;
			m->queue = 0;
			return;
		}
		for (; d.tags && m->queue < d.queues && m->queue < QUEUES_MAX; m->queue++) {
			if (tags >= TAGS_STEP)
				return;
			tags += look_at_queue(m, &d);
		}
	}
}

/**
 * orthros_mon_block() - a request that is not completed
 * @m:		monitor
 * @threshold:	for so many ms
 * @f:		finding
 *
 * Return: true if there is one.
 */
bool orthros_mon_block(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	struct orthros_mon_request r;
	struct orthros_mon_req *q;
	u64 ms;
	u32 nr = 0;

	step(m);
	for (q = m->req; q < m->req + ORTHROS_MON_REQS; q++)
		nr += !!q->addr;
	for (q = m->req; q < m->req + ORTHROS_MON_REQS; q++) {
		ms = (m->clock - q->since) / MON_NS_PER_MS;
		if (!q->addr || q->told || ms < threshold)
			continue;
		/* There may be more than are remembered. */
		q->told = orthros_mon_told(m, ORTHROS_DET_BLOCK, q->addr ^ q->start);
		if (q->told || !read_request(m, q->addr, &r))
			continue;
		orthros_mon_make_text(r.disk, sizeof(r.disk));
		f->key = q->addr ^ q->start;
		orthros_mon_say(f, "%s does not complete a request for %llu ms, %u under way",
				r.disk, (unsigned long long)ms, nr);
		return true;
	}
	return false;
}

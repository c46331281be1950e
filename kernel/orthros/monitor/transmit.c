// SPDX-License-Identifier: GPL-2.0-only
/*
 * Network cards that do not send.
 *
 * A driver stops a queue that is full, and lets it go on when something of it was sent. Of
 * the cards of the initial namespace that are up and have a carrier, the queues that are
 * stopped are noted, and looked at again until they are not, or were given more.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "monitor_internal.h"

/* In a list that is sound there are not more; in one look so many are seen. */
#define DEVS_MAX	4096
#define DEVS_STEP	16
#define QUEUES_MAX	256

/**
 * orthros_mon_can_transmit() - is there a network?
 * @m:		monitor
 *
 * Return: true if its cards can be seen.
 */
bool orthros_mon_can_transmit(const struct orthros_monitor *m)
{
	return m->env.init_net && m->env.txq_size;
}

/**
 * orthros_mon_arm_transmit() - all queues send
 * @m:		monitor
 */
void orthros_mon_arm_transmit(struct orthros_monitor *m)
{
	memset(m->txq, 0, sizeof(m->txq));
	m->netdev = 0;
}

static bool stands(const struct orthros_monitor *m, u64 addr, struct orthros_mon_txq_view *q)
{
	return !orthros_read_rec(&m->src.mem, &orthros_table_mon_txq, addr, q) &&
	       q->state >> m->env.txq_xoff & 1;
}

static bool is_open(const struct orthros_monitor *m, const struct orthros_mon_netdev *d)
{
	return d->state >> m->env.link_start & 1 && !(d->state >> m->env.link_nocarrier & 1);
}

static void note(struct orthros_monitor *m, u64 dev, u64 addr, u32 nr, u64 start)
{
	struct orthros_mon_txq *q, *room = NULL;

	for (q = m->txq; q < m->txq + ORTHROS_MON_TXQS; q++) {
		if (q->addr == addr)
			return;
		if (!q->addr && !room)
			room = q;
	}
	if (!room)
		return;
	room->dev = dev;
	room->addr = addr;
	room->nr = nr;
	room->start = start;
	room->since = m->clock;
}

static bool read_netdev(const struct orthros_monitor *m, u64 addr, struct orthros_mon_netdev *d)
{
	return !orthros_read_rec(&m->src.mem, &orthros_table_mon_netdev, addr, d);
}

static void look_again(struct orthros_monitor *m)
{
	struct orthros_mon_txq_view v;
	struct orthros_mon_netdev d;
	struct orthros_mon_txq *q;

	for (q = m->txq; q < m->txq + ORTHROS_MON_TXQS; q++)
		if (q->addr && (!stands(m, q->addr, &v) || v.start != q->start ||
				!read_netdev(m, q->dev, &d) || !is_open(m, &d)))
			q->addr = 0;
}

/* Some cards, or to the end of the list. */
static void step(struct orthros_monitor *m)
{
	const u64 head = m->env.init_net + m->env.dev_base_head;
	struct orthros_mon_txq_view v;
	struct orthros_mon_netdev d;
	u64 node = head, addr;
	u32 i, nr;

	look_again(m);
	for (i = 0; i < m->netdev + DEVS_STEP; i++) {
		if (i == DEVS_MAX || !orthros_mon_u64(m, node, &node) || node == head) {
			m->netdev = 0;
			return;
		}
		if (i < m->netdev)
			continue;
		addr = node - m->env.netdev_list;
		if (!read_netdev(m, addr, &d) || !is_open(m, &d))
			continue;
		for (nr = 0; nr < d.queues && nr < QUEUES_MAX; nr++)
			if (stands(m, d.txq + nr * m->env.txq_size, &v))
				note(m, addr, d.txq + nr * m->env.txq_size, nr, v.start);
	}
	m->netdev = i;
}

/**
 * orthros_mon_transmit() - a network card that does not send
 * @m:		monitor
 * @threshold:	for so many ms
 * @f:		finding
 *
 * Return: true if there is one.
 */
bool orthros_mon_transmit(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	struct orthros_mon_netdev d;
	struct orthros_mon_txq *q;
	u64 ms;

	step(m);
	for (q = m->txq; q < m->txq + ORTHROS_MON_TXQS; q++) {
		ms = (m->clock - q->since) / MON_NS_PER_MS;
		f->key = q->addr ^ q->start << 8;
		if (!q->addr || ms < threshold ||
		    orthros_mon_told(m, ORTHROS_DET_TRANSMIT, f->key) ||
		    !read_netdev(m, q->dev, &d))
			continue;
		orthros_mon_make_text(d.name, sizeof(d.name));
		orthros_mon_say(f, "%s: queue %u stands for %llu ms", d.name, q->nr,
				(unsigned long long)ms);
		return true;
	}
	return false;
}

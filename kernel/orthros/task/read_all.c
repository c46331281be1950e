// SPDX-License-Identifier: GPL-2.0
/*
 * Reader of all processes: those that stand still, those that run, and those of a
 * kernel that has failed.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/orthros/platform.h>
#include "task_internal.h"

/* Of a process that runs, until it holds; and if it is no matter whether it does. */
#define LIVE_TRIES	24
#define LENIENT_TRIES	4
/* So many are made at once. */
#define HASTY_TRIES	4

/* Leaders of the source's processes, its kernel threads among them. */
struct leaders {
	u64 *addr;
	unsigned int nr, room;
};

static int add_leader(struct leaders *l, u64 addr)
{
	unsigned int room;
	u64 *more;

	if (l->nr == l->room) {
		room = 2 * l->room + 256;
		more = kvmalloc_array(room, sizeof(*more), GFP_KERNEL);
		if (!more)
			return -ENOMEM;
		if (l->nr)
			memcpy(more, l->addr, l->nr * sizeof(*more));
		kvfree(l->addr);
		l->addr = more;
		l->room = room;
	}
	l->addr[l->nr++] = addr;
	return 0;
}

static int list_leaders(struct orthros_image *img, struct leaders *l)
{
	const struct orthros_task_env *env = orthros_task_layout();
	struct orthros_list_iter it;
	int err;

	l->nr = 0;
	orthros_src_for_each(&it, img->src, env->init_task + env->tasks_off, ORTHROS_MAX_TASKS) {
		err = add_leader(l, it.node - env->tasks_off);
		if (err)
			return err;
	}
	return it.err;
}

static bool is_listed(const struct leaders *l, u64 addr)
{
	unsigned int i;

	for (i = 0; i < l->nr; i++)
		if (l->addr[i] == addr)
			return true;
	return false;
}

/*
 * The list of a kernel that has failed may be torn. What is behind that place is found from
 * the other end.
 */
static int list_torn_leaders(struct orthros_image *img, struct leaders *l)
{
	const struct orthros_task_env *env = orthros_task_layout();
	const u64 head = env->init_task + env->tasks_off;
	struct orthros_task_head task;
	char text[ORTHROS_TEXT_LEN];
	int err = list_leaders(img, l);
	u64 node = head, addr;

	if (!err || err == -ENOMEM)
		return err;
	orthros_error_take(text, sizeof(text));
	pr_err("the list of processes is torn after %u: %s\n", l->nr, text);
	while (!orthros_src_u64(img->src, node + sizeof(u64), &node) && node != head) {
		addr = node - env->tasks_off;
		if (node & 7 || l->nr == ORTHROS_MAX_TASKS || is_listed(l, addr) ||
		    orthros_read_rec(&img->src->mem, &orthros_table_task_head, addr, &task))
			break;
		err = add_leader(l, addr);
		if (err)
			return err;
	}
	orthros_error_take(text, sizeof(text));
	return 0;
}

/* Of a process that ends or begins meanwhile, the list is torn for a moment. */
static int list_live_leaders(struct orthros_image *img, struct leaders *l)
{
	char text[ORTHROS_TEXT_LEN];
	int try, err;

	for (try = 0; try < LIVE_TRIES; try++) {
		orthros_error_take(text, sizeof(text));
		err = list_leaders(img, l);
		if (!err || err == -ENOMEM)
			break;
	}
	return err;
}

static bool has_ended(struct orthros_image *img, u64 leader)
{
	struct leaders l = {};
	bool ended = false;
	unsigned int i;

	if (!list_live_leaders(img, &l)) {
		for (i = 0; i < l.nr && l.addr[i] != leader; i++)
			;
		ended = i == l.nr;
	}
	kvfree(l.addr);
	return ended;
}

/* A process of which nothing can be said. */
static void refuse_busy(struct orthros_image *img, u64 leader)
{
	struct orthros_finder who = { .img = img };
	struct orthros_task_head head;

	if (img->lenient || orthros_read_rec(&img->src->mem, &orthros_table_task_head, leader,
					     &head))
		return;
	who.pid = head.pid;
	who.comm = head.comm;
	orthros_refuse(&who, "changes too fast to be read");
}

/*
 * Read a process that runs. In the middle of a change it does not fit together, or
 * looks like something that cannot be carried: it is read until it holds, and what
 * is refused until the same is refused twice.
 */
static int read_live_process(struct orthros_image *img, u64 leader, u64 initiator)
{
	const struct orthros_image_mark mark = orthros_image_mark(img);
	char text[ORTHROS_TEXT_LEN];
	int try, tries = img->lenient ? LENIENT_TRIES : LIVE_TRIES, err = 0;
	u64 said = 0, now = 0;

	for (try = 0; try < tries; try++) {
		/* Who is just ending has to run for that, which nobody tells of here. */
		if (try >= HASTY_TRIES)
			usleep_range(2 * USEC_PER_MSEC, 4 * USEC_PER_MSEC);
		orthros_image_undo(img, &mark);
		orthros_error_take(text, sizeof(text));
		err = orthros_read_process(img, leader, initiator);
		if (err == -ENOMEM)
			return err;
		if (err) {
			if (has_ended(img, leader))
				err = 0;
			else
				continue;
			orthros_image_undo(img, &mark);
			break;
		}
		if (img->refused == mark.refused)
			break;
		now = (u64)img->refused << 32 |
		      jhash(img->report + mark.report_len, img->report_len - mark.report_len, 0);
		if (now == said)
			break;
		said = now;
	}
	if (err) {
		orthros_image_undo(img, &mark);
		refuse_busy(img, leader);
	}
	img->confirmed += img->refused - mark.refused;
	orthros_error_take(text, sizeof(text));
	return 0;
}

static int read_one(struct orthros_image *img, u64 leader, u64 initiator)
{
	if (img->crashed)
		return orthros_read_crashed_process(img, leader, initiator);
	if (img->frozen)
		return orthros_read_process(img, leader, initiator);
	return read_live_process(img, leader, initiator);
}

/**
 * orthros_read_tasks() - read every process, and through them all they hold
 * @img:	image to fill
 *
 * Return: 0, also when something was refused, or negative errno.
 */
int orthros_read_tasks(struct orthros_image *img)
{
	u64 initiator = READ_ONCE(orthros_ho->initiator);
	struct leaders l = {};
	struct orthros_obj *obj;
	unsigned int i;
	int err;

	err = img->crashed ? list_torn_leaders(img, &l) :
	      img->frozen ? list_leaders(img, &l) : list_live_leaders(img, &l);
	for (i = 0; i < l.nr && !err; i++)
		err = read_one(img, l.addr[i], initiator);
	kvfree(l.addr);
	if (err)
		return err;
	if (img->crashed)
		orthros_adopt_orphans(img);
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = obj->rec;

		if (t->pid == 1)
			return 0;
	}
	return orthros_bad(-ESRCH, "no PID 1");
}

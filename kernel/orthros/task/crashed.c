// SPDX-License-Identifier: GPL-2.0
/*
 * Processes of a kernel that has failed. One that does not hold, or on whose behalf it
 * has failed, is given up: to the others it was killed.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/orthros/abi/handoff.h>
#include <linux/sched/signal.h>
#include "task_internal.h"

/* Its group and session, and what it has used. */
static int read_signal(struct orthros_image *img, const struct orthros_task_rec *t)
{
	struct orthros_signal_rec *s;
	struct orthros_obj *obj;
	int err;

	obj = orthros_obj_add(img, &orthros_signal_type, t->signal, t->pid, sizeof(*s));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	s = obj->rec;
	err = orthros_read_rec(&img->src->mem, &orthros_table_signal, t->signal, s);
	s->nr_threads = 1;
	s->group_exit = 0;
	return err;
}

/* An error if nothing can be told of it, not even that it was. */
static int give_up(struct orthros_image *img, u64 leader, const char *why)
{
	const struct orthros_image_mark mark = orthros_image_mark(img);
	struct orthros_task_rec *t;
	struct orthros_obj *obj;
	int err;

	obj = orthros_obj_add(img, &orthros_task_type, leader, 0, sizeof(*t));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	t = obj->rec;
	err = orthros_read_rec(&img->src->mem, &orthros_table_task, leader, t);
	if (!err && (t->pid <= 1 || t->pid != t->tgid))
		err = orthros_bad(-EUCLEAN, "task %#llx: pid %d, tgid %d", leader, t->pid, t->tgid);
	if (!err) {
		t->version = ORTHROS_TASK_VERSION;
		obj->pid = t->tgid;
		t->exit_state = EXIT_ZOMBIE;
		t->exit_code = SIGKILL;
		t->given_up = 1;
		err = read_signal(img, t) ?: orthros_read_cred(img, t);
	}
	if (err) {
		orthros_image_undo(img, &mark);
		return err;
	}
	pr_err("process %d (%s) is given up: %s\n", t->pid, t->comm, why);
	return 0;
}

/**
 * orthros_read_crashed_process() - read a process of a kernel that has failed
 * @img:	image to fill
 * @leader:	source address of its first thread
 * @initiator:	that of the task because of which it has failed
 *
 * What does not hold is given up, and the others go on.
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_read_crashed_process(struct orthros_image *img, u64 leader, u64 initiator)
{
	const struct orthros_image_mark mark = orthros_image_mark(img);
	char text[ORTHROS_TEXT_LEN];
	int err;

	orthros_error_take(text, sizeof(text));
	err = orthros_read_process(img, leader, initiator);
	if (err == -ENOMEM)
		return err;
	if (!err && img->refused == mark.refused)
		return 0;
	orthros_error_take(text, sizeof(text));
	if (!err)
		strscpy(text, img->report + mark.report_len,
			min(sizeof(text), strcspn(img->report + mark.report_len, "\n") + 1));
	orthros_image_undo(img, &mark);
	err = give_up(img, leader, text);
	if (err)
		pr_err("task %#llx is lost: %s: %pe\n", leader, text, ERR_PTR(err));
	return err == -ENOMEM ? err : 0;
}

static bool is_kthread(struct orthros_image *img, u64 task)
{
	struct orthros_task_head head;

	return !orthros_read_rec(&img->src->mem, &orthros_table_task_head, task, &head) &&
	       orthros_is_kthread(&head);
}

/**
 * orthros_adopt_orphans() - children of whom is given up are those of PID 1
 * @img:	image with all processes
 */
void orthros_adopt_orphans(struct orthros_image *img)
{
	struct orthros_obj *obj, *init = NULL, *parent;

	orthros_for_each_obj(obj, img, &orthros_task_type)
		if (((struct orthros_task_rec *)obj->rec)->pid == 1)
			init = obj;
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		struct orthros_task_rec *t = obj->rec, *p;

		if (!init || t->pid == 1 || t->pid != t->tgid)
			continue;
		parent = orthros_obj_find(img, &orthros_task_type, t->real_parent);
		p = parent ? parent->rec : NULL;
		if (p ? !p->exit_state : is_kthread(img, t->real_parent))
			continue;
		t->real_parent = init->src;
		t->parent_tgid = 1;
		t->exit_signal = SIGCHLD;
	}
}

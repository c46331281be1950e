// SPDX-License-Identifier: GPL-2.0-only
/*
 * Undo lists of System V semaphores: whose they are. Their contents are ipc/'s.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/orthros/abi/ipc.h>
#include "../ipc/ipc.h"
#include "task_internal.h"

/* The threads of one process, all of them, share a list. */
static void check_owner(struct orthros_image *img, struct orthros_obj *undo)
{
	struct orthros_finder who = orthros_of_machine(img);
	const struct orthros_sem_undo_rec *rec = undo->rec;
	const struct orthros_task_rec *owner = NULL;
	struct orthros_obj *obj;
	bool split = false;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = obj->rec;

		if (t->exit_state || t->sem_undo != rec->list)
			continue;
		split |= owner && owner->tgid != t->tgid;
		owner = owner ?: t;
	}
	if (!owner)
		return;
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = obj->rec;

		split |= !t->exit_state && t->tgid == owner->tgid && t->sem_undo != rec->list;
	}
	who.pid = owner->pid;
	who.comm = owner->comm;
	if (split)
		orthros_refuse(&who, "undo list of System V semaphores %d: not of one process",
			       rec->semid);
}

/**
 * orthros_check_undos() - is every undo list that of a process?
 * @img:	image, with all tasks
 *
 * Return: 0.
 */
int orthros_check_undos(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_sem_undo_type)
		check_owner(img, obj);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of ipc/sem.c (patches/<version>/0017-ipc), whose structs
 * and functions are static.
 */
#include "ipc_inside.h"
#ifdef CONFIG_ORTHROS

/**
 * orthros_sem_make() - make an array of semaphores
 * @ns:		namespace
 * @rec:	its record
 *
 * Context: process context in this namespace, alone.
 * Return: 0 or negative errno.
 */
int orthros_sem_make(struct ipc_namespace *ns, const struct orthros_sem_rec *rec)
{
	struct sem_array *sma;
	long id;

	sem_ids(ns).next_id = rec->perm.id;
	id = ksys_semget(rec->perm.key, rec->nr,
			 (rec->perm.mode & 0777) | IPC_CREAT | IPC_EXCL);
	if (id < 0)
		return id;
	if (id != rec->perm.id)
		return -EEXIST;
	rcu_read_lock();
	sma = sem_obtain_object_check(ns, id);
	if (IS_ERR(sma)) {
		rcu_read_unlock();
		return PTR_ERR(sma);
	}
	sem_lock(sma, NULL, -1);
	sma->sem_perm.uid = KUIDT_INIT(rec->perm.uid);
	sma->sem_perm.gid = KGIDT_INIT(rec->perm.gid);
	sma->sem_perm.cuid = KUIDT_INIT(rec->perm.cuid);
	sma->sem_perm.cgid = KGIDT_INIT(rec->perm.cgid);
	sem_unlock(sma, -1);
	rcu_read_unlock();
	return 0;
}

/**
 * orthros_sem_set() - give semaphores their values
 * @ns:		namespace
 * @rec:	record of an array that was made
 * @pids:	for each who last changed it, or NULL
 *
 * Return: 0 or negative errno.
 */
int orthros_sem_set(struct ipc_namespace *ns, const struct orthros_sem_rec *rec,
		    struct pid **pids)
{
	struct sem_array *sma;
	u32 i;

	rcu_read_lock();
	sma = sem_obtain_object_check(ns, rec->perm.id);
	if (IS_ERR(sma) || sma->sem_nsems != rec->nr) {
		rcu_read_unlock();
		return -EUCLEAN;
	}
	sem_lock(sma, NULL, -1);
	sma->sem_ctime = rec->ctime;
	for (i = 0; i < rec->nr; i++) {
		sma->sems[i].semval = rec->sems[i].val;
		sma->sems[i].sem_otime = rec->sems[i].otime;
		ipc_update_pid(&sma->sems[i].sempid, pids[i]);
	}
	sem_unlock(sma, -1);
	rcu_read_unlock();
	return 0;
}

/**
 * orthros_sem_undo() - what the exit of current shall undo
 * @ns:		namespace
 * @rec:	adjustments of an array that was made
 *
 * Context: the process itself, before it has threads.
 * Return: 0 or negative errno.
 */
int orthros_sem_undo(struct ipc_namespace *ns, const struct orthros_sem_undo_rec *rec)
{
	struct sem_undo *un;
	u32 i;

	un = find_alloc_undo(ns, rec->semid);
	if (IS_ERR(un))
		return PTR_ERR(un);
	for (i = 0; i < rec->nr; i++)
		un->semadj[i] = rec->adj[i];
	/* Taken by find_alloc_undo(). */
	rcu_read_unlock();
	return 0;
}
#endif /* CONFIG_ORTHROS */

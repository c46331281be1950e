// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of ipc/shm.c (patches/<version>/0017-ipc), whose structs
 * and functions are static.
 */
#include "ipc_inside.h"
#ifdef CONFIG_ORTHROS

/**
 * orthros_shm_make() - make a segment of shared memory
 * @ns:		namespace
 * @rec:	its record
 *
 * Its size is not looked at as promised memory before it is there: most of
 * the memory is not ours yet.
 *
 * Context: process context in this namespace, alone.
 * Return: the file with its contents, which the segment holds, or ERR_PTR().
 */
struct file *orthros_shm_make(struct ipc_namespace *ns, const struct orthros_shm_rec *rec)
{
	struct shmid_kernel *shp;
	struct file *file;
	long id;

	shm_ids(ns).next_id = rec->perm.id;
	id = ksys_shmget(rec->name_key, rec->size,
			 (rec->perm.mode & 0777) | IPC_CREAT | IPC_EXCL | SHM_NORESERVE);
	if (id < 0)
		return ERR_PTR(id);
	if (id != rec->perm.id)
		return ERR_PTR(-EEXIST);
	shp = shm_lock(ns, id);
	if (IS_ERR(shp))
		return ERR_CAST(shp);
	shp->shm_perm.uid = KUIDT_INIT(rec->perm.uid);
	shp->shm_perm.gid = KGIDT_INIT(rec->perm.gid);
	shp->shm_perm.cuid = KUIDT_INIT(rec->perm.cuid);
	shp->shm_perm.cgid = KGIDT_INIT(rec->perm.cgid);
	if (rec->perm.key != rec->name_key)
		ipc_set_key_private(&shm_ids(ns), &shp->shm_perm);
	file = shp->shm_file;
	shm_unlock(shp);

	if (!rec->noreserve) {
		SHMEM_I(file_inode(file))->flags &= ~VM_NORESERVE;
		vm_acct_memory(PAGE_ALIGN(rec->size) >> PAGE_SHIFT);
	}
	return file;
}

/**
 * orthros_shm_open() - a file as shmat(2) maps it
 * @ns:		namespace
 * @id:		segment
 * @flags:	O_RDONLY or O_RDWR
 *
 * Return: the file or ERR_PTR().
 */
struct file *orthros_shm_open(struct ipc_namespace *ns, int id, unsigned int flags)
{
	struct shm_file_data *sfd;
	struct shmid_kernel *shp;
	struct file *base, *file;

	sfd = kzalloc(sizeof(*sfd), GFP_KERNEL);
	if (!sfd)
		return ERR_PTR(-ENOMEM);
	shp = shm_lock(ns, id);
	if (IS_ERR(shp)) {
		kfree(sfd);
		return ERR_CAST(shp);
	}
	base = get_file(shp->shm_file);
	shm_unlock(shp);
	file = alloc_file_clone(base, flags, &shm_file_operations);
	if (IS_ERR(file)) {
		fput(base);
		kfree(sfd);
		return file;
	}
	sfd->id = id;
	sfd->ns = get_ipc_ns(ns);
	sfd->file = base;
	file->private_data = sfd;
	return file;
}

/**
 * orthros_shm_set() - what the building of processes has changed
 * @ns:		namespace
 * @rec:	record of a segment
 * @cpid:	who made it, or NULL
 * @lpid:	who last attached or detached it, or NULL
 * @creator:	task that made it, or NULL if it has ended
 *
 * Return: 0, or -EUCLEAN if not all its mappings are there.
 */
int orthros_shm_set(struct ipc_namespace *ns, const struct orthros_shm_rec *rec,
		    struct pid *cpid, struct pid *lpid, struct task_struct *creator)
{
	struct shmid_kernel *shp = shm_lock(ns, rec->perm.id);
	int err = 0;

	if (IS_ERR(shp))
		return PTR_ERR(shp);
	if (shp->shm_nattch != rec->nattch)
		err = -EUCLEAN;
	shp->shm_atim = rec->atime;
	shp->shm_dtim = rec->dtime;
	shp->shm_ctim = rec->ctime;
	ipc_update_pid(&shp->shm_cprid, cpid);
	ipc_update_pid(&shp->shm_lprid, lpid);
	shp->shm_perm.mode |= rec->perm.mode & SHM_DEST;
	shm_clist_rm(shp);
	if (creator) {
		task_lock(creator);
		shp->shm_creator = creator;
		list_add(&shp->shm_clist, &creator->sysvshm.shm_clist);
		task_unlock(creator);
	}
	shm_unlock(shp);
	return err;
}
#endif /* CONFIG_ORTHROS */

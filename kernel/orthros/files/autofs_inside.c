// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of fs/autofs/inode.c (patches/<version>/0013-fs): an autofs is
 * mounted before its daemon is there, and gets what it had when that is.
 */
#ifdef CONFIG_ORTHROS
#include "autofs_inside.h"

const struct orthros_autofs_desc orthros_autofs_desc = {
	.catatonic = AUTOFS_SBI_CATATONIC,
	.strict	= AUTOFS_SBI_STRICTEXPIRE,
	.ignore	= AUTOFS_SBI_IGNORE,
};

/* Who asks for the same joins the others, and the daemon is not asked again. */
static int give_wait(struct autofs_sb_info *sbi, const struct orthros_autofs_wait *w)
{
	struct dentry *root = sbi->sb->s_root;
	struct autofs_wait_queue *wq;
	char *name;

	wq = kzalloc(sizeof(*wq), GFP_KERNEL);
	/* As autofs_wait() calls it. */
	name = kasprintf(GFP_KERNEL, "%p", root);
	if (!wq || !name) {
		kfree(wq);
		kfree(name);
		return -ENOMEM;
	}
	wq->wait_queue_token = w->token;
	wq->name.name = name;
	wq->name.len = strlen(name);
	wq->name.hash = full_name_hash(root, name, wq->name.len);
	init_waitqueue_head(&wq->queue);
	wq->dev = autofs_get_dev(sbi);
	wq->ino = autofs_get_ino(sbi);
	wq->uid = KUIDT_INIT(w->uid);
	wq->gid = KGIDT_INIT(w->gid);
	wq->pid = w->pid;
	wq->tgid = w->tgid;
	wq->status = -EINTR;
	/* The daemon's own: nobody waits yet. */
	wq->wait_ctr = 1;
	wq->next = sbi->queues;
	sbi->queues = wq;
	return 0;
}

/**
 * orthros_autofs_give() - what an autofs had in the source
 * @sb:		its super block, mounted with the same options
 * @rec:	what it had
 * @pipe:	to its daemon; NULL: catatonic
 * @idle:	for how long nobody was there, in jiffies
 * @timeout:	of the mounts in it, likewise
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_autofs_give(struct super_block *sb, const struct orthros_autofs_rec *rec,
			struct file *pipe, unsigned long idle, unsigned long timeout)
{
	struct autofs_sb_info *sbi = autofs_sbi(sb);
	struct autofs_info *ino = autofs_dentry_ino(sb->s_root);
	struct inode *root = d_inode(sb->s_root);
	u32 i;
	int err;

	root->i_ino = rec->ino;
	root->i_mode = (root->i_mode & S_IFMT) | (rec->mode & 07777);
	root->i_uid = KUIDT_INIT(rec->owner);
	root->i_gid = KGIDT_INIT(rec->group);
	sbi->exp_timeout = timeout;
	ino->last_used = jiffies - idle;
	ino->uid = KUIDT_INIT(rec->uid);
	ino->gid = KGIDT_INIT(rec->gid);
	if (!pipe) {
		autofs_catatonic_mode(sbi);
		return 0;
	}
	fput(sbi->pipe);
	sbi->pipe = get_file(pipe);
	sbi->pipefd = rec->pipefd;
	for (i = rec->nr; i; i--) {
		err = give_wait(sbi, &rec->waits[i - 1]);
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_autofs_give_group() - the daemon's process group
 * @sb:		super block
 * @pgrp:	its number
 *
 * Before, it is that of those who build, and these ask for nothing.
 *
 * If there is none of that number any more, it is none of a process.
 */
void orthros_autofs_give_group(struct super_block *sb, pid_t pgrp)
{
	struct autofs_sb_info *sbi = autofs_sbi(sb);
	struct pid *pid = find_get_pid(pgrp) ?: get_pid(&init_struct_pid);

	put_pid(sbi->oz_pgrp);
	sbi->oz_pgrp = pid;
}
#endif

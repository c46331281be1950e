/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is included in ipc/mqueue.c of the kernel, since it needs the statics there.
 */
#ifndef _ORTHROS_MQUEUE_INSIDE_H
#define _ORTHROS_MQUEUE_INSIDE_H

#include <linux/orthros/abi/mqueue.h>

struct dentry;
struct file;
struct ipc_namespace;
struct orthros_msg_head;
struct pid;

struct dentry *orthros_mqueue_make(struct ipc_namespace *ns, const struct orthros_mqueue_rec *rec);
int orthros_mqueue_insert(struct dentry *dentry, const struct orthros_msg_head *head,
			  const void *data);
int orthros_mqueue_notify(struct dentry *dentry, const struct orthros_mqueue_rec *rec,
			  struct pid *owner, struct file *file);
void orthros_mqueue_set(struct dentry *dentry, const struct orthros_mqueue_rec *rec);

#endif /* _ORTHROS_MQUEUE_INSIDE_H */

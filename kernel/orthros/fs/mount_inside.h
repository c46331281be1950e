/* SPDX-License-Identifier: GPL-2.0 */
/* What mount_inside.c does in fs/namespace.c. */
#ifndef _ORTHROS_MOUNT_INSIDE_H
#define _ORTHROS_MOUNT_INSIDE_H

struct dentry;
struct path;
struct vfsmount;

struct vfsmount *orthros_graft(struct vfsmount *from, struct dentry *root, const struct path *at,
			       const char *devname);

#endif /* _ORTHROS_MOUNT_INSIDE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Records of Landlock's domains. A change of layout bumps the version. */
#ifndef _LINUX_ORTHROS_ABI_LANDLOCK_H
#define _LINUX_ORTHROS_ABI_LANDLOCK_H

#include <linux/types.h>

#define ORTHROS_LANDLOCK_VERSION	1

/* As the kernel limits it, too. */
#define ORTHROS_LANDLOCK_LAYERS		16

/**
 * struct orthros_landlock_rule_rec - what one layer allows below an inode, or of a port
 * @inode:	key of the inode, 0 for a port
 * @sb:		its super block
 * @dentry:	one of its names, 0 for none
 * @port:	TCP port
 * @access:	LANDLOCK_ACCESS_FS_* or LANDLOCK_ACCESS_NET_*, of those that the layer
 *		handles
 * @pad:	0
 */
struct orthros_landlock_rule_rec {
	__u64	inode;
	__u64	sb;
	__u64	dentry;
	__u16	port;
	__u16	access;
	__u32	pad;
} __packed;

/**
 * struct orthros_landlock_rec - a layer: what landlock_restrict_self() has added;
 *				 its rules follow
 * @version:	%ORTHROS_LANDLOCK_VERSION
 * @level:	from 1 on
 * @fs:		LANDLOCK_ACCESS_FS_* that are handled
 * @net:	LANDLOCK_ACCESS_NET_* likewise
 * @scope:	LANDLOCK_SCOPE_*
 * @pad:	0
 * @nr_rules:	rules that follow
 * @parent:	key of the layer below, 0 for none
 *
 * The key is its struct landlock_hierarchy: domains with the same one have all layers
 * up to it in common.
 */
struct orthros_landlock_rec {
	__u16	version;
	__u16	level;
	__u16	fs;
	__u16	net;
	__u16	scope;
	__u16	pad;
	__u32	nr_rules;
	__u64	parent;
} __packed;

/**
 * struct orthros_landlocked_rec - credentials that are restricted
 * @layer:	key of the uppermost layer
 */
struct orthros_landlocked_rec {
	__u64	layer;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_LANDLOCK_H */

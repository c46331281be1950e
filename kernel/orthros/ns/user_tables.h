/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of user namespaces sees of a source kernel, see user_tables.c.
 */
#ifndef _ORTHROS_TABLES_USER_NS_H
#define _ORTHROS_TABLES_USER_NS_H

#include <linux/orthros/abi/ns.h>
#include "../core/table.h"

/**
 * struct orthros_user_env - constants of the source; address 0
 * @ns_off:	struct ns_common in a struct user_namespace
 * @extent_size: size of a struct uid_gid_extent
 * @nr_limits:	how many a namespace has
 * @setgroups:	USERNS_SETGROUPS_ALLOWED
 */
struct orthros_user_env {
	u32 ns_off;
	u32 extent_size;
	u32 nr_limits;
	u64 setgroups;
};

/**
 * struct orthros_user_view - a struct user_namespace
 * @rec:	what can be read straight
 * @parent:	struct user_namespace
 * @flags:	USERNS_*
 * @keyring:	of the keyrings of its users, or 0
 * @limits:	address of the array
 * @nr_uids:	ranges
 * @nr_gids:	likewise
 * @nr_projids:	likewise
 * @uids:	address of the ranges, if they are few
 * @gids:	likewise
 * @projids:	likewise
 */
struct orthros_user_view {
	struct orthros_user_rec rec;
	u64 parent;
	u64 flags;
	u64 keyring;
	u64 limits;
	u32 nr_uids;
	u32 nr_gids;
	u32 nr_projids;
	u64 uids;
	u64 gids;
	u64 projids;
};

extern struct orthros_table orthros_table_user_env;
extern struct orthros_table orthros_table_user;
extern struct orthros_table orthros_table_user_extent;

#endif /* _ORTHROS_TABLES_USER_NS_H */

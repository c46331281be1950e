// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of user namespaces.
 */
#include "user_tables.h"

#define R(field, kind, path) \
	ORTHROS_ROW(struct orthros_user_env, field, kind, 0, path)

static struct orthros_row user_env_rows[] = {
	R(ns_off, OFFSET, "user_namespace.ns"),
	R(extent_size, SIZEOF, "uid_gid_extent"),
	R(nr_limits, ENUM, "UCOUNT_COUNTS"),
	R(setgroups, CONST, "USERNS_SETGROUPS_ALLOWED"),
};

ORTHROS_TABLE(user_env, struct orthros_user_env);
#undef R

#define R(field, kind, path) \
	ORTHROS_ROW(struct orthros_user_view, field, kind, 0, "user_namespace." path)

static struct orthros_row user_rows[] = {
	R(rec.owner, VALUE, "owner.val"),
	R(rec.group, VALUE, "group.val"),
	R(rec.level, VALUE, "level"),
	R(rec.parent_could_setfcap, VALUE, "parent_could_setfcap"),
	R(rec.rlimit_max[0], VALUE, "rlimit_max[0]"),
	R(rec.rlimit_max[1], VALUE, "rlimit_max[1]"),
	R(rec.rlimit_max[2], VALUE, "rlimit_max[2]"),
	R(rec.rlimit_max[3], VALUE, "rlimit_max[3]"),
	R(parent, VALUE, "parent"),
	R(flags, VALUE, "flags"),
	ORTHROS_ROW(struct orthros_user_view, keyring, VALUE, ORTHROS_ROW_OPTIONAL,
		    "user_namespace.user_keyring_register"),
	R(limits, ADDR, "ucount_max"),
	R(nr_uids, VALUE, "uid_map.nr_extents"),
	R(nr_gids, VALUE, "gid_map.nr_extents"),
	R(nr_projids, VALUE, "projid_map.nr_extents"),
	R(uids, ADDR, "uid_map.extent"),
	R(gids, ADDR, "gid_map.extent"),
	R(projids, ADDR, "projid_map.extent"),
};

ORTHROS_TABLE(user, struct orthros_user_view);
#undef R

#define R(field, path) \
	ORTHROS_ROW(struct orthros_id_extent, field, VALUE, 0, "uid_gid_extent." path)

static struct orthros_row user_extent_rows[] = {
	R(first, "first"),
	R(lower_first, "lower_first"),
	R(count, "count"),
};

ORTHROS_TABLE(user_extent, struct orthros_id_extent);
#undef R

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of keys sees of a source kernel, see key_tables.c.
 */
#ifndef _ORTHROS_TABLES_KEY_H
#define _ORTHROS_TABLES_KEY_H

#include "../core/table.h"

/**
 * struct orthros_key_view - a struct key
 * @type:	address of its key_type
 * @description: address of its description
 * @payload:	address of its payload
 * @root:	of its tree of links, if it is a keyring
 * @restriction: address of its key_restriction, or 0
 * @check:	function of that
 * @flags:	KEY_FLAG_*
 * @expiry:	seconds of CLOCK_REALTIME, 0 or the largest number: never
 * @serial:	its number
 * @uid:	owner
 * @gid:	and group
 * @perm:	access
 * @state:	1: it has a value
 */
struct orthros_key_view {
	u64 type;
	u64 description;
	u64 payload;
	u64 root;
	u64 restriction;
	u64 check;
	u64 flags;
	s64 expiry;
	s32 serial;
	u32 uid;
	u32 gid;
	u32 perm;
	s32 state;
};

/**
 * struct orthros_key_payload_view - a struct user_key_payload
 * @data:	its address
 * @len:	bytes
 */
struct orthros_key_payload_view {
	u64 data;
	u32 len;
};

/**
 * struct orthros_key_node_view - a struct assoc_array_node
 * @slots:	address of its slots
 * @size:	of all of them
 */
struct orthros_key_node_view {
	u64 slots;
	u64 size;
};

/**
 * struct orthros_key_shortcut_view - a struct assoc_array_shortcut
 * @next:	where it leads to
 */
struct orthros_key_shortcut_view {
	u64 next;
};

/**
 * struct orthros_key_env - constants of a source
 * @user_ns:	address of the initial user namespace
 * @dead:	bit of a key whose type is gone
 * @revoked:	bit
 * @in_quota:	bit
 * @root_clears:	bit
 * @invalidated:	bit
 * @root_invals:	bit
 * @keep:	bit
 * @uid_ring:	bit
 */
struct orthros_key_env {
	u64 user_ns;
	u32 dead;
	u32 revoked;
	u32 in_quota;
	u32 root_clears;
	u32 invalidated;
	u32 root_invals;
	u32 keep;
	u32 uid_ring;
};

/**
 * struct orthros_key_register_view - a user namespace's register of keyrings
 * @keyring:	its address, or 0
 */
struct orthros_key_register_view {
	u64 keyring;
};

extern struct orthros_table orthros_table_key;
extern struct orthros_table orthros_table_key_payload;
extern struct orthros_table orthros_table_key_node;
extern struct orthros_table orthros_table_key_shortcut;
extern struct orthros_table orthros_table_key_env;
extern struct orthros_table orthros_table_key_register;

#endif /* _ORTHROS_TABLES_KEY_H */

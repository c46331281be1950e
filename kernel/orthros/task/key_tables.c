// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of keys and keyrings. A kernel without them resolves to zeros.
 */
#include "key_tables.h"

#define OPT	ORTHROS_ROW_OPTIONAL
#define R(f, k, ...) ORTHROS_ROW(struct orthros_key_view, f, k, OPT, __VA_ARGS__)

static struct orthros_row key_rows[] = {
	R(type, VALUE, "key.type"),
	R(description, VALUE, "key.description"),
	R(payload, VALUE, "key.payload.rcu_data0"),
	R(root, VALUE, "key.keys.root"),
	R(restriction, VALUE, "key.restrict_link"),
	ORTHROS_ROW(struct orthros_key_view, check, VALUE, OPT | ORTHROS_ROW_NULLABLE,
		    "key.restrict_link->check"),
	R(flags, VALUE, "key.flags"),
	R(expiry, VALUE, "key.expiry"),
	R(serial, VALUE, "key.serial"),
	R(uid, VALUE, "key.uid.val"),
	R(gid, VALUE, "key.gid.val"),
	R(perm, VALUE, "key.perm"),
	R(state, VALUE, "key.state"),
};

ORTHROS_TABLE(key, struct orthros_key_view);
#undef R

#define R(f, k, ...) ORTHROS_ROW(struct orthros_key_payload_view, f, k, OPT, __VA_ARGS__)

static struct orthros_row key_payload_rows[] = {
	R(data, ADDR, "user_key_payload.data"),
	R(len, VALUE, "user_key_payload.datalen"),
};

ORTHROS_TABLE(key_payload, struct orthros_key_payload_view);
#undef R

#define R(f, k, ...) ORTHROS_ROW(struct orthros_key_node_view, f, k, OPT, __VA_ARGS__)

static struct orthros_row key_node_rows[] = {
	R(slots, ADDR, "assoc_array_node.slots"),
	R(size, SIZEOF, "assoc_array_node.slots"),
};

ORTHROS_TABLE(key_node, struct orthros_key_node_view);
#undef R

static struct orthros_row key_shortcut_rows[] = {
	ORTHROS_ROW(struct orthros_key_shortcut_view, next, VALUE, OPT,
		    "assoc_array_shortcut.next_node"),
};

ORTHROS_TABLE(key_shortcut, struct orthros_key_shortcut_view);

#define BIT_ROW(f, n) \
	ORTHROS_ROW(struct orthros_key_env, f, CONST, OPT, "KEY_FLAG_" n)

static struct orthros_row key_env_rows[] = {
	ORTHROS_ROW(struct orthros_key_env, user_ns, SYM, 0, "init_user_ns"),
	BIT_ROW(dead, "DEAD"),
	BIT_ROW(revoked, "REVOKED"),
	BIT_ROW(in_quota, "IN_QUOTA"),
	BIT_ROW(root_clears, "ROOT_CAN_CLEAR"),
	BIT_ROW(invalidated, "INVALIDATED"),
	BIT_ROW(root_invals, "ROOT_CAN_INVAL"),
	BIT_ROW(keep, "KEEP"),
	BIT_ROW(uid_ring, "UID_KEYRING"),
};

ORTHROS_TABLE(key_env, struct orthros_key_env);

static struct orthros_row key_register_rows[] = {
	ORTHROS_ROW(struct orthros_key_register_view, keyring, VALUE, OPT,
		    "user_namespace.user_keyring_register"),
};

ORTHROS_TABLE(key_register, struct orthros_key_register_view);

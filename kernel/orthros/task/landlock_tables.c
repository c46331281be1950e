// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of Landlock's domains.
 */
#include "landlock_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define ENV(f, k, ...) ORTHROS_ROW(struct orthros_landlock_env, f, k, OPT, __VA_ARGS__)

static struct orthros_row landlock_env_rows[] = {
	ENV(sizes, SYM, "landlock_blob_sizes"),
	ENV(cred_off, OFFSET, "lsm_blob_sizes.lbs_cred"),
	ENV(domain_off, OFFSET, "landlock_cred_security.domain"),
	ENV(rule_off, OFFSET, "landlock_rule.node"),
	ENV(mask_size, SIZEOF, "landlock_ruleset.access_masks[0]",
	    "landlock_ruleset.fs_access_masks[0]"),
	ENV(layer_size, SIZEOF, "landlock_layer"),
	ENV(alias_off, OFFSET, "dentry.d_u.d_alias"),
};

ORTHROS_TABLE(landlock_env, struct orthros_landlock_env);

static struct orthros_row cred_blob_rows[] = {
	ORTHROS_ROW(struct orthros_cred_blob_view, blob, VALUE, OPT, "cred.security"),
};

ORTHROS_TABLE(cred_blob, struct orthros_cred_blob_view);

#define R(f, ...) ORTHROS_ROW(struct orthros_landlock_view, f, VALUE, OPT, __VA_ARGS__)

/* Ports came in v6.7. */
static struct orthros_row landlock_rows[] = {
	R(hierarchy, "landlock_ruleset.hierarchy"),
	R(inodes, "landlock_ruleset.root_inode.rb_node", "landlock_ruleset.root.rb_node"),
	R(ports, "landlock_ruleset.root_net_port.rb_node"),
	R(nr_rules, "landlock_ruleset.num_rules"),
	R(nr_layers, "landlock_ruleset.num_layers"),
};

ORTHROS_TABLE(landlock, struct orthros_landlock_view);
#undef R

#define R(f, ...) ORTHROS_ROW(struct orthros_landlock_masks_view, f, VALUE, OPT, __VA_ARGS__)

/* Scopes came in v6.12. */
static struct orthros_row landlock_masks_rows[] = {
	R(fs, "landlock_ruleset.access_masks[0].fs", "landlock_ruleset.fs_access_masks[0]"),
	R(net, "landlock_ruleset.access_masks[0].net"),
	R(scope, "landlock_ruleset.access_masks[0].scope"),
};

ORTHROS_TABLE(landlock_masks, struct orthros_landlock_masks_view);
#undef R

static struct orthros_row landlock_hierarchy_rows[] = {
	ORTHROS_ROW(struct orthros_landlock_hierarchy_view, parent, VALUE, OPT,
		    "landlock_hierarchy.parent"),
};

ORTHROS_TABLE(landlock_hierarchy, struct orthros_landlock_hierarchy_view);

#define R(f, k, ...) ORTHROS_ROW(struct orthros_landlock_rule_view, f, k, OPT, __VA_ARGS__)

static struct orthros_row landlock_rule_rows[] = {
	R(key, VALUE, "landlock_rule.key.data", "landlock_rule.object"),
	R(layers, ADDR, "landlock_rule.layers"),
	R(nr_layers, VALUE, "landlock_rule.num_layers"),
};

ORTHROS_TABLE(landlock_rule, struct orthros_landlock_rule_view);
#undef R

static struct orthros_row landlock_layer_rows[] = {
	ORTHROS_ROW(struct orthros_landlock_layer_view, level, VALUE, OPT,
		    "landlock_layer.level"),
	ORTHROS_ROW(struct orthros_landlock_layer_view, access, VALUE, OPT,
		    "landlock_layer.access"),
};

ORTHROS_TABLE(landlock_layer, struct orthros_landlock_layer_view);

static struct orthros_row landlock_object_rows[] = {
	ORTHROS_ROW(struct orthros_landlock_object_view, inode, VALUE, OPT,
		    "landlock_object.underobj"),
};

ORTHROS_TABLE(landlock_object, struct orthros_landlock_object_view);

static struct orthros_row landlock_inode_rows[] = {
	ORTHROS_ROW(struct orthros_landlock_inode_view, sb, VALUE, 0, "inode.i_sb"),
	ORTHROS_ROW(struct orthros_landlock_inode_view, alias, VALUE, 0,
		    "inode.i_dentry.first"),
};

ORTHROS_TABLE(landlock_inode, struct orthros_landlock_inode_view);

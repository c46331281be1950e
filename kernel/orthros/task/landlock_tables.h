/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of Landlock's domains sees of a source kernel, see landlock_tables.c.
 */
#ifndef _ORTHROS_TABLES_LANDLOCK_H
#define _ORTHROS_TABLES_LANDLOCK_H

#include "../core/table.h"

/**
 * struct orthros_landlock_env - where Landlock has what it keeps; address 0
 * @sizes:	address of its offsets in the blobs of all modules, 0 if it is not there
 * @cred_off:	of the one of credentials among them
 * @domain_off:	of the domain in that part of the blob
 * @rule_off:	node of the tree in a rule
 * @mask_size:	bytes of a layer's masks
 * @layer_size:	bytes of a layer in a rule
 * @alias_off:	node of the list of names in a dentry
 */
struct orthros_landlock_env {
	u64 sizes;
	u32 cred_off;
	u32 domain_off;
	u32 rule_off;
	u32 mask_size;
	u32 layer_size;
	u32 alias_off;
};

/**
 * struct orthros_cred_blob_view - the blob of all modules of a struct cred
 * @blob:	its address, or 0
 */
struct orthros_cred_blob_view {
	u64 blob;
};

/**
 * struct orthros_landlock_view - a domain
 * @hierarchy:	address of its struct landlock_hierarchy
 * @inodes:	uppermost rule of those of inodes
 * @ports:	and of those of ports
 * @nr_rules:	rules
 * @nr_layers:	layers
 */
struct orthros_landlock_view {
	u64 hierarchy;
	u64 inodes;
	u64 ports;
	u32 nr_rules;
	u32 nr_layers;
};

/*
 * struct orthros_landlock_masks_view - what the first layer handles; the address is
 *					moved on for the others
 */
struct orthros_landlock_masks_view {
	u16 fs;
	u16 net;
	u16 scope;
};

/*
 * struct orthros_landlock_hierarchy_view - a struct landlock_hierarchy
 */
struct orthros_landlock_hierarchy_view {
	u64 parent;
};

/**
 * struct orthros_landlock_rule_view - a struct landlock_rule
 * @key:	struct landlock_object, or a port in network order
 * @layers:	address of its layers
 * @nr_layers:	their number
 */
struct orthros_landlock_rule_view {
	u64 key;
	u64 layers;
	u32 nr_layers;
};

/*
 * struct orthros_landlock_layer_view - a struct landlock_layer
 */
struct orthros_landlock_layer_view {
	u16 level;
	u16 access;
};

/**
 * struct orthros_landlock_object_view - a struct landlock_object
 * @inode:	what it stands for, 0 when that is gone
 */
struct orthros_landlock_object_view {
	u64 inode;
};

/**
 * struct orthros_landlock_inode_view - an inode of a rule
 * @sb:		address of its super block
 * @alias:	node of one of its names in the list of them, 0 for none
 */
struct orthros_landlock_inode_view {
	u64 sb;
	u64 alias;
};

extern struct orthros_table orthros_table_landlock_env;
extern struct orthros_table orthros_table_cred_blob;
extern struct orthros_table orthros_table_landlock;
extern struct orthros_table orthros_table_landlock_masks;
extern struct orthros_table orthros_table_landlock_hierarchy;
extern struct orthros_table orthros_table_landlock_rule;
extern struct orthros_table orthros_table_landlock_layer;
extern struct orthros_table orthros_table_landlock_object;
extern struct orthros_table orthros_table_landlock_inode;

#endif /* _ORTHROS_TABLES_LANDLOCK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a source has its BPF programs and maps, see tables.c.
 */
#ifndef _ORTHROS_BPF_TABLES_H
#define _ORTHROS_BPF_TABLES_H

#include "../core/table.h"

/**
 * struct orthros_bpf_env - addresses and places, 0 for what the source does not have;
 *			    read with address 0
 * @kept:	xarray of programs as they were given
 * @progs:	numbers of programs
 * @maps:	numbers of maps
 * @array_ops:	of maps that are carried
 * @hash_ops:	likewise
 * @trie_ops:	likewise
 * @idr_off:	the tree in a struct idr
 * @next_off:	its next number
 * @bucket_size: of a table of elements
 * @node_off:	what links an element there
 * @key_off:	its key
 * @value_off:	the values of an array
 * @child_off:	the two children in a trie
 * @data_off:	what a node of it stands for
 */
struct orthros_bpf_env {
	u64 kept;
	u64 progs;
	u64 maps;
	u64 array_ops;
	u64 hash_ops;
	u64 trie_ops;
	u32 idr_off;
	u32 next_off;
	u32 bucket_size;
	u32 node_off;
	u32 key_off;
	u32 value_off;
	u32 child_off;
	u32 data_off;
};

/**
 * struct orthros_bpf_program_view - a struct bpf_prog
 * @refs:	references
 * @load_time:	when it was loaded
 * @id:		number
 * @type:	BPF_PROG_TYPE_*
 * @nr_maps:	that it uses
 * @gpl:	of its license
 * @uid:	who has loaded it
 * @name:	as its loader has called it
 */
struct orthros_bpf_program_view {
	s64 refs;
	u64 load_time;
	u32 id;
	u32 type;
	u32 nr_maps;
	u32 gpl;
	u32 uid;
	char name[16];
};

/**
 * struct orthros_bpf_map_view - a struct bpf_map
 * @ops:	of its type
 * @btf:	type information, or 0
 * @refs:	references
 * @extra:	map_extra
 * @id:		number
 * @type:	BPF_MAP_TYPE_*
 * @key_size:	bytes of a key
 * @value_size:	bytes of a value
 * @max_entries: as given
 * @flags:	BPF_F_*
 * @frozen:	nobody but programs changes it
 * @name:	as its maker has called it
 */
struct orthros_bpf_map_view {
	u64 ops;
	u64 btf;
	s64 refs;
	u64 extra;
	u32 id;
	u32 type;
	u32 key_size;
	u32 value_size;
	u32 max_entries;
	u32 flags;
	u8 frozen;
	char name[16];
};

/* A struct bpf_array: bytes from one value to the next. */
struct orthros_bpf_array_view {
	u32 elem_size;
};

/**
 * struct orthros_bpf_hash_view - a struct bpf_htab
 * @buckets:	address of the table
 * @nr:		its length
 */
struct orthros_bpf_hash_view {
	u64 buckets;
	u32 nr;
};

/**
 * struct orthros_bpf_trie_view - a struct lpm_trie
 * @root:	node, or 0
 * @data_size:	bytes of data of each
 */
struct orthros_bpf_trie_view {
	u64 root;
	u64 data_size;
};

/**
 * struct orthros_bpf_node_view - a struct lpm_trie_node
 * @prefixlen:	bits that count
 * @flags:	bit 0: only there for its children
 */
struct orthros_bpf_node_view {
	u32 prefixlen;
	u32 flags;
};

/**
 * struct orthros_bpf_inode_view - an inode of a file system of BPF
 * @op:		tells what is pinned
 * @private:	that
 * @mode:	type and permissions
 * @uid:	owner
 * @gid:	group
 */
struct orthros_bpf_inode_view {
	u64 op;
	u64 private;
	u32 mode;
	u32 uid;
	u32 gid;
};

extern struct orthros_table orthros_table_bpf_inode;
extern struct orthros_table orthros_table_bpf_env;
extern struct orthros_table orthros_table_bpf_program;
extern struct orthros_table orthros_table_bpf_map;
extern struct orthros_table orthros_table_bpf_array;
extern struct orthros_table orthros_table_bpf_hash;
extern struct orthros_table orthros_table_bpf_trie;
extern struct orthros_table orthros_table_bpf_node;

#endif /* _ORTHROS_BPF_TABLES_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of BPF programs and maps. A kernel may be built without them.
 */
#include "tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define ENV(f, k, ...) ORTHROS_ROW(struct orthros_bpf_env, f, k, OPT, __VA_ARGS__)

static struct orthros_row bpf_env_rows[] = {
	ENV(kept, SYM, "orthros_bpf_kept"),
	ENV(progs, SYM, "prog_idr"),
	ENV(maps, SYM, "map_idr"),
	ENV(array_ops, SYM, "array_map_ops"),
	ENV(hash_ops, SYM, "htab_map_ops"),
	ENV(trie_ops, SYM, "trie_map_ops"),
	ENV(idr_off, OFFSET, "idr.idr_rt"),
	ENV(next_off, OFFSET, "idr.idr_next"),
	ENV(bucket_size, SIZEOF, "bucket"),
	ENV(node_off, OFFSET, "htab_elem.hash_node"),
	ENV(key_off, OFFSET, "htab_elem.key"),
	ENV(value_off, OFFSET, "bpf_array.value"),
	ENV(child_off, OFFSET, "lpm_trie_node.child"),
	ENV(data_off, OFFSET, "lpm_trie_node.data"),
};

ORTHROS_TABLE(bpf_env, struct orthros_bpf_env);

#define PROG(f, k, path) ORTHROS_ROW(struct orthros_bpf_program_view, f, k, OPT, "bpf_prog." path)

static struct orthros_row bpf_program_rows[] = {
	PROG(refs, VALUE, "aux->refcnt.counter"),
	PROG(load_time, VALUE, "aux->load_time"),
	PROG(id, VALUE, "aux->id"),
	PROG(type, VALUE, "type"),
	PROG(nr_maps, VALUE, "aux->used_map_cnt"),
	PROG(gpl, VALUE, "gpl_compatible"),
	PROG(uid, VALUE, "aux->user->uid.val"),
	PROG(name, STRING, "aux->name"),
};

ORTHROS_TABLE(bpf_program, struct orthros_bpf_program_view);

#define MAP(f, k, path) ORTHROS_ROW(struct orthros_bpf_map_view, f, k, OPT, "bpf_map." path)

static struct orthros_row bpf_map_rows[] = {
	MAP(ops, VALUE, "ops"),
	MAP(btf, VALUE, "btf"),
	MAP(refs, VALUE, "refcnt.counter"),
	MAP(extra, VALUE, "map_extra"),
	MAP(id, VALUE, "id"),
	MAP(type, VALUE, "map_type"),
	MAP(key_size, VALUE, "key_size"),
	MAP(value_size, VALUE, "value_size"),
	MAP(max_entries, VALUE, "max_entries"),
	MAP(flags, VALUE, "map_flags"),
	MAP(frozen, VALUE, "frozen"),
	MAP(name, STRING, "name"),
};

ORTHROS_TABLE(bpf_map, struct orthros_bpf_map_view);

static struct orthros_row bpf_array_rows[] = {
	ORTHROS_ROW(struct orthros_bpf_array_view, elem_size, VALUE, OPT, "bpf_array.elem_size"),
};

ORTHROS_TABLE(bpf_array, struct orthros_bpf_array_view);

static struct orthros_row bpf_hash_rows[] = {
	ORTHROS_ROW(struct orthros_bpf_hash_view, buckets, VALUE, OPT, "bpf_htab.buckets"),
	ORTHROS_ROW(struct orthros_bpf_hash_view, nr, VALUE, OPT, "bpf_htab.n_buckets"),
};

ORTHROS_TABLE(bpf_hash, struct orthros_bpf_hash_view);

static struct orthros_row bpf_trie_rows[] = {
	ORTHROS_ROW(struct orthros_bpf_trie_view, root, VALUE, OPT, "lpm_trie.root"),
	ORTHROS_ROW(struct orthros_bpf_trie_view, data_size, VALUE, OPT, "lpm_trie.data_size"),
};

ORTHROS_TABLE(bpf_trie, struct orthros_bpf_trie_view);

static struct orthros_row bpf_node_rows[] = {
	ORTHROS_ROW(struct orthros_bpf_node_view, prefixlen, VALUE, OPT,
		    "lpm_trie_node.prefixlen"),
	ORTHROS_ROW(struct orthros_bpf_node_view, flags, VALUE, OPT, "lpm_trie_node.flags"),
};

ORTHROS_TABLE(bpf_node, struct orthros_bpf_node_view);

#define INODE(f, path) ORTHROS_ROW(struct orthros_bpf_inode_view, f, VALUE, 0, "inode." path)

static struct orthros_row bpf_inode_rows[] = {
	INODE(op, "i_op"),
	INODE(private, "i_private"),
	INODE(mode, "i_mode"),
	INODE(uid, "i_uid.val"),
	INODE(gid, "i_gid.val"),
};

ORTHROS_TABLE(bpf_inode, struct orthros_bpf_inode_view);

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of BPF programs and maps, and what a kernel keeps of a program so that another
 * one can load it: what the verifier has made of it is of this kernel alone.
 */
#ifndef _LINUX_ORTHROS_ABI_BPF_H
#define _LINUX_ORTHROS_ABI_BPF_H

#include <linux/types.h>

/* What it was loaded with, and that alone does not make it again. */
#define ORTHROS_BPF_BTF		0x01	/* type information */
#define ORTHROS_BPF_TARGET	0x02	/* of another program or of the kernel */
#define ORTHROS_BPF_DEVICE	0x04	/* for a device */
#define ORTHROS_BPF_KERNEL	0x08	/* instructions that name something of the kernel's */

/**
 * struct orthros_bpf_map_use - an instruction that names a map
 * @insn:	index of the instruction
 * @map:	number of the map
 */
struct orthros_bpf_map_use {
	__u32	insn;
	__u32	map;
};

/**
 * struct orthros_bpf_kept - a program as it was given to bpf()
 * @prog:	address of its struct bpf_prog
 * @type:	BPF_PROG_TYPE_*
 * @attach:	expected_attach_type
 * @flags:	BPF_F_*
 * @what:	ORTHROS_BPF_*
 * @len:	instructions
 * @nr_maps:	uses of maps
 * @insns:	instructions, then the uses, &struct orthros_bpf_map_use
 *
 * In the source's memory, by the program's number in the xarray orthros_bpf_kept.
 */
struct orthros_bpf_kept {
	__u64	prog;
	__u32	type;
	__u32	attach;
	__u32	flags;
	__u32	what;
	__u32	len;
	__u32	nr_maps;
	__u64	insns[];
};

/* Sorts of maps that are carried. */
enum orthros_bpf_map_sort {
	ORTHROS_BPF_ARRAY = 1,
	ORTHROS_BPF_HASH,
	ORTHROS_BPF_TRIE,
};

/**
 * struct orthros_bpf_map_rec - a map
 * @sort:	&enum orthros_bpf_map_sort
 * @id:		its number
 * @type:	BPF_MAP_TYPE_*
 * @key_size:	bytes of a key
 * @value_size:	bytes of a value
 * @max_entries: as given
 * @flags:	BPF_F_*
 * @frozen:	programs may change it, nobody else
 * @refs:	references that it has
 * @users:	those that are known
 * @name:	as given
 */
struct orthros_bpf_map_rec {
	__u32	sort;
	__u32	id;
	__u32	type;
	__u32	key_size;
	__u32	value_size;
	__u32	max_entries;
	__u32	flags;
	__u32	frozen;
	__u64	refs;
	__u64	users;
	char	name[16];
} __packed;

/**
 * struct orthros_bpf_prog_rec - a program
 * @kept:	address of its &struct orthros_bpf_kept
 * @load_time:	nanoseconds since boot when it was loaded
 * @refs:	references that it has
 * @users:	those that are known
 * @id:		its number
 * @type:	BPF_PROG_TYPE_*
 * @attach:	expected_attach_type
 * @flags:	BPF_F_*
 * @len:	instructions
 * @nr_maps:	uses of maps
 * @gpl:	its license is one that the kernel accepts for all helpers
 * @uid:	who has loaded it
 * @name:	as given
 */
struct orthros_bpf_prog_rec {
	__u64	kept;
	__u64	load_time;
	__u64	refs;
	__u64	users;
	__u32	id;
	__u32	type;
	__u32	attach;
	__u32	flags;
	__u32	len;
	__u32	nr_maps;
	__u32	gpl;
	__u32	uid;
	char	name[16];
} __packed;

enum orthros_bpf_pin_sort {
	ORTHROS_BPF_PIN_DIR = 1,
	ORTHROS_BPF_PIN_PROG,
	ORTHROS_BPF_PIN_MAP,
};

/**
 * struct orthros_bpf_pin_rec - a name in a file system of BPF
 * @sb:		super block
 * @target:	what is pinned
 * @sort:	&enum orthros_bpf_pin_sort
 * @mode:	type and permissions
 * @uid:	owner
 * @gid:	group
 * @name:	its name
 * @dir:	path of its directory from the root
 */
struct orthros_bpf_pin_rec {
	__u64	sb;
	__u64	target;
	__u32	sort;
	__u32	mode;
	__u32	uid;
	__u32	gid;
	char	name[256];
	char	dir[1024];
} __packed;

/**
 * struct orthros_cgroup_bpf_rec - a program that is attached to a control group
 * @group:	the group
 * @prog:	the program
 * @attach:	BPF_CGROUP_*
 * @flags:	BPF_F_ALLOW_*
 */
struct orthros_cgroup_bpf_rec {
	__u64	group;
	__u64	prog;
	__u32	attach;
	__u32	flags;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_BPF_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Where a source has the BPF programs of a control group, see bpf_tables.c. */
#ifndef _ORTHROS_CGROUP_BPF_TABLES_H
#define _ORTHROS_CGROUP_BPF_TABLES_H

#include "../core/table.h"

/**
 * struct orthros_cgroup_bpf_env - places in a struct cgroup, and what a source calls the
 *				   ways to be attached; read with address 0
 * @progs_off:	lists of programs, one for each way, 0 if there are none
 * @flags_off:	flags of each
 * @node_off:	in an entry of such a list
 * @nr:		how many ways there are
 *
 * The others are enum cgroup_bpf_attach_type, by BPF_CGROUP_*.
 */
struct orthros_cgroup_bpf_env {
	u32 progs_off;
	u32 flags_off;
	u32 node_off;
	u32 nr;
	u32 ingress;
	u32 egress;
	u32 sock_create;
	u32 sock_release;
	u32 device;
	u32 bind4;
	u32 bind6;
	u32 connect4;
	u32 connect6;
	u32 post_bind4;
	u32 post_bind6;
	u32 sendmsg4;
	u32 sendmsg6;
	u32 recvmsg4;
	u32 recvmsg6;
	u32 peer4;
	u32 peer6;
	u32 name4;
	u32 name6;
	u32 sysctl;
	u32 getsockopt;
	u32 setsockopt;
};

/**
 * struct orthros_cgroup_bpf_view - a struct bpf_prog_list
 * @prog:	the program, 0 if it is that of @link
 * @link:	or 0
 * @flags:	with which it was attached
 */
struct orthros_cgroup_bpf_view {
	u64 prog;
	u64 link;
	u32 flags;
};

/* The group of a struct sock. */
struct orthros_group_sock_view {
	u64 group;
};

extern struct orthros_table orthros_table_group_sock;
extern struct orthros_table orthros_table_cgroup_bpf_env;
extern struct orthros_table orthros_table_cgroup_bpf_list;

#endif /* _ORTHROS_CGROUP_BPF_TABLES_H */

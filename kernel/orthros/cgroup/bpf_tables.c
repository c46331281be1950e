// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of the BPF programs of control groups. A kernel may be built without.
 */
#include "bpf_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define ENV(f, k, path) ORTHROS_ROW(struct orthros_cgroup_bpf_env, f, k, OPT, path)
#define TYPE(f, name) ENV(f, ENUM, "cgroup_bpf_attach_type." name)

static struct orthros_row cgroup_bpf_env_rows[] = {
	ENV(progs_off, OFFSET, "cgroup.bpf.progs"),
	ENV(flags_off, OFFSET, "cgroup.bpf.flags"),
	ENV(node_off, OFFSET, "bpf_prog_list.node"),
	TYPE(nr, "MAX_CGROUP_BPF_ATTACH_TYPE"),
	TYPE(ingress, "CGROUP_INET_INGRESS"),
	TYPE(egress, "CGROUP_INET_EGRESS"),
	TYPE(sock_create, "CGROUP_INET_SOCK_CREATE"),
	TYPE(sock_release, "CGROUP_INET_SOCK_RELEASE"),
	TYPE(device, "CGROUP_DEVICE"),
	TYPE(bind4, "CGROUP_INET4_BIND"),
	TYPE(bind6, "CGROUP_INET6_BIND"),
	TYPE(connect4, "CGROUP_INET4_CONNECT"),
	TYPE(connect6, "CGROUP_INET6_CONNECT"),
	TYPE(post_bind4, "CGROUP_INET4_POST_BIND"),
	TYPE(post_bind6, "CGROUP_INET6_POST_BIND"),
	TYPE(sendmsg4, "CGROUP_UDP4_SENDMSG"),
	TYPE(sendmsg6, "CGROUP_UDP6_SENDMSG"),
	TYPE(recvmsg4, "CGROUP_UDP4_RECVMSG"),
	TYPE(recvmsg6, "CGROUP_UDP6_RECVMSG"),
	TYPE(peer4, "CGROUP_INET4_GETPEERNAME"),
	TYPE(peer6, "CGROUP_INET6_GETPEERNAME"),
	TYPE(name4, "CGROUP_INET4_GETSOCKNAME"),
	TYPE(name6, "CGROUP_INET6_GETSOCKNAME"),
	TYPE(sysctl, "CGROUP_SYSCTL"),
	TYPE(getsockopt, "CGROUP_GETSOCKOPT"),
	TYPE(setsockopt, "CGROUP_SETSOCKOPT"),
};

ORTHROS_TABLE(cgroup_bpf_env, struct orthros_cgroup_bpf_env);

#define LIST(f, path) \
	ORTHROS_ROW(struct orthros_cgroup_bpf_view, f, VALUE, OPT, "bpf_prog_list." path)

static struct orthros_row cgroup_bpf_list_rows[] = {
	LIST(prog, "prog"),
	LIST(link, "link"),
	LIST(flags, "flags"),
};

ORTHROS_TABLE(cgroup_bpf_list, struct orthros_cgroup_bpf_view);

static struct orthros_row group_sock_rows[] = {
	ORTHROS_ROW(struct orthros_group_sock_view, group, VALUE, OPT,
		    "sock.sk_cgrp_data.cgroup"),
};

ORTHROS_TABLE(group_sock, struct orthros_group_sock_view);

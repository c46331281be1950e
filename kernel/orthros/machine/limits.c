// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits by memory: a kernel reckons them at boot, from what is a slot here.
 * The source knew more, what it has queued has to fit, and where somebody has
 * written another value it is that. So they are taken over as they are.
 *
 * The sizes of hash tables stay those of the slot.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/kallsyms.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "../core/image.h"
#include "../core/member.h"
#include "../core/report.h"
#include "limits_tables.h"
#include "machine.h"

/* Key: init_net */
static const struct orthros_type limits_type = { .name = "limits" };

static const struct {
	const char *name;
	u8 size;	/* bytes of a number, the same in all kernels */
	u8 nr;		/* numbers */
} vars[ORTHROS_LIMIT_NR] = {
	[ORTHROS_LIMIT_TCP_MEM]		= { "sysctl_tcp_mem", 8, 3 },
	[ORTHROS_LIMIT_UDP_MEM]		= { "sysctl_udp_mem", 8, 3 },
	[ORTHROS_LIMIT_TCP_MAX_ORPHANS]	= { "sysctl_tcp_max_orphans", 4, 1 },
	[ORTHROS_LIMIT_THREADS]		= { "max_threads", 4, 1 },
	[ORTHROS_LIMIT_FILES]		= { "files_stat", 8, 1 },
	[ORTHROS_LIMIT_EPOLL]		= { "max_user_watches", 8, 1 },
	[ORTHROS_LIMIT_INET_PEERS]	= { "inet_peer_threshold", 4, 1 },
	[ORTHROS_LIMIT_USER_RESERVE]	= { "sysctl_user_reserve_kbytes", 8, 1 },
	[ORTHROS_LIMIT_ADMIN_RESERVE]	= { "sysctl_admin_reserve_kbytes", 8, 1 },
	[ORTHROS_LIMIT_CONNTRACK]	= { "nf_conntrack_max", 4, 1 },
};

/**
 * struct limits - record: what the source has
 * @var:	variables
 * @has:	a bit for each of them that is there
 * @tcp_rmem:	net.ipv4.tcp_rmem
 * @tcp_wmem:	net.ipv4.tcp_wmem
 * @net:	the rest of the network's
 * @user:	of the initial user namespace
 */
struct limits {
	u64 var[ORTHROS_LIMIT_NR][3];
	u32 has;
	u32 tcp_rmem[3];
	u32 tcp_wmem[3];
	struct orthros_limits_net net;
	struct orthros_limits_user user;
};

/* Read the limits of the source. */
static int read_limits(struct orthros_image *img)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_limits_env env;
	struct orthros_obj *obj;
	struct limits *rec;
	int i, k, err;

	err = orthros_read_rec(mem, &orthros_table_limits_env, 0, &env);
	if (err)
		return err;
	obj = orthros_obj_add(img, &limits_type, env.init_net, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	if (env.var[ORTHROS_LIMIT_FILES])
		env.var[ORTHROS_LIMIT_FILES] += env.files_off;
	for (i = 0; i < ORTHROS_LIMIT_NR && !err; i++) {
		if (!env.var[i])
			continue;
		rec->has |= BIT(i);
		for (k = 0; k < vars[i].nr && !err; k++)
			err = orthros_src_read(img->src, env.var[i] + k * vars[i].size,
					       &rec->var[i][k], vars[i].size);
	}
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_limits_net, env.init_net, &rec->net);
	if (!err)
		err = orthros_src_read(img->src, rec->net.tcp_rmem, rec->tcp_rmem,
				       sizeof(rec->tcp_rmem));
	if (!err)
		err = orthros_src_read(img->src, rec->net.tcp_wmem, rec->tcp_wmem,
				       sizeof(rec->tcp_wmem));
	return err ?: orthros_read_rec(mem, &orthros_table_limits_user, env.init_user_ns,
				       &rec->user);
}

static void set_var(int i, const u64 *val)
{
	void *at = (void *)kallsyms_lookup_name(vars[i].name);
	long off;
	int k;

	if (!at)
		return;
	if (i == ORTHROS_LIMIT_FILES) {
		off = orthros_dst_offset("files_stat_struct.max_files");
		if (off < 0)
			return;
		at += off;
	}
	for (k = 0; k < vars[i].nr; k++) {
		if (vars[i].size == 8)
			WRITE_ONCE(((u64 *)at)[k], clamp_t(u64, val[k], 1, LONG_MAX));
		else
			WRITE_ONCE(((u32 *)at)[k], clamp_t(u64, val[k], 1, INT_MAX));
	}
}

static void set_user(const struct orthros_limits_user *user)
{
	static const u8 at[ORTHROS_LIMIT_USER_NR] = {
		[ORTHROS_LIMIT_USER_NS] = UCOUNT_USER_NAMESPACES,
		[ORTHROS_LIMIT_PID_NS] = UCOUNT_PID_NAMESPACES,
		[ORTHROS_LIMIT_UTS_NS] = UCOUNT_UTS_NAMESPACES,
		[ORTHROS_LIMIT_IPC_NS] = UCOUNT_IPC_NAMESPACES,
		[ORTHROS_LIMIT_NET_NS] = UCOUNT_NET_NAMESPACES,
		[ORTHROS_LIMIT_MNT_NS] = UCOUNT_MNT_NAMESPACES,
		[ORTHROS_LIMIT_CGROUP_NS] = UCOUNT_CGROUP_NAMESPACES,
		[ORTHROS_LIMIT_TIME_NS] = UCOUNT_TIME_NAMESPACES,
#ifdef CONFIG_INOTIFY_USER
		[ORTHROS_LIMIT_INOTIFY] = UCOUNT_INOTIFY_WATCHES,
#endif
#ifdef CONFIG_FANOTIFY
		[ORTHROS_LIMIT_FANOTIFY] = UCOUNT_FANOTIFY_MARKS,
#endif
	};
	int i;

	/* The first one is 0, and means those that are not here. */
	BUILD_BUG_ON(UCOUNT_USER_NAMESPACES != 0);
	for (i = 0; i < ORTHROS_LIMIT_USER_NR; i++)
		if (i == ORTHROS_LIMIT_USER_NS || at[i])
			WRITE_ONCE(init_user_ns.ucount_max[at[i]], max(user->max[i], 0LL));
}

/*
 * Let this kernel use what the source could.
 *
 * Before anything is built. What a user has written comes again after it, with
 * the other sysctls.
 */
static void set_limits(struct orthros_image *img)
{
	struct netns_ipv4 *ipv4 = &init_net.ipv4;
	struct orthros_obj *obj;
	int i;

	orthros_for_each_obj(obj, img, &limits_type) {
		const struct limits *rec = obj->rec;

		for (i = 0; i < ORTHROS_LIMIT_NR; i++)
			if (rec->has & BIT(i))
				set_var(i, rec->var[i]);
		for (i = 0; i < 3; i++) {
			WRITE_ONCE(ipv4->sysctl_tcp_rmem[i],
				   clamp_t(u32, rec->tcp_rmem[i], 1, INT_MAX));
			WRITE_ONCE(ipv4->sysctl_tcp_wmem[i],
				   clamp_t(u32, rec->tcp_wmem[i], 1, INT_MAX));
		}
		WRITE_ONCE(ipv4->tcp_death_row.sysctl_max_tw_buckets,
			   max(rec->net.tw_buckets, 1));
		WRITE_ONCE(ipv4->sysctl_max_syn_backlog, max(rec->net.syn_backlog, 1));
		set_user(&rec->user);
	}
}

static int build_limits(struct orthros_image *img)
{
	set_limits(img);
	return 0;
}

const struct orthros_kind orthros_limits_kind = {
	.name	= "limits",
	.tables	= ORTHROS_TABLES(&orthros_table_limits_env, &orthros_table_limits_net,
				 &orthros_table_limits_user),
	.read	= read_limits,
	.build	= build_limits,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The groups of sockets: that of who made one, wherever it is by now. Programs of the
 * group look at what it sends and gets.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cgroup.h>
#include <linux/net.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include "../sock/sock.h"
#include "bpf_tables.h"
#include "cgroup_internal.h"

static void set_group(struct sock *sk, struct cgroup *cgrp)
{
	struct sock_cgroup_data *now = &sk->sk_cgrp_data;

	if (sock_cgroup_ptr(now) == cgrp)
		return;
	cgroup_get(cgrp);
	cgroup_bpf_get(cgrp);
	cgroup_sk_free(now);
	now->cgroup = cgrp;
}

/* Who waits to be accepted is where the listener is. */
static void set_waiting(struct sock *listener, struct cgroup *cgrp)
{
	struct request_sock *req;

	req = READ_ONCE(inet_csk(listener)->icsk_accept_queue.rskq_accept_head);
	for (; req; req = req->dl_next)
		set_group(req->sk, cgrp);
}

/* When all sockets are there, and nobody runs. */
static int tie_sockets(struct orthros_image *img)
{
	struct orthros_obj *obj, *group;
	struct orthros_group_sock_view v;
	struct sock *sk;
	int err;

	orthros_for_each_obj(obj, img, &orthros_sock_type) {
		if (!obj->dst)
			continue;
		err = orthros_read_rec(&img->src->mem, &orthros_table_group_sock, obj->src, &v);
		if (err)
			return err;
		/* One that was removed, or nobody has any. */
		group = orthros_obj_find(img, &orthros_cgroup_type, v.group);
		if (!group || !group->dst)
			continue;
		sk = ((struct socket *)obj->dst)->sk;
		set_group(sk, group->dst);
		if (sk->sk_state == TCP_LISTEN && sk->sk_protocol == IPPROTO_TCP)
			set_waiting(sk, group->dst);
	}
	return 0;
}

const struct orthros_kind orthros_cgroup_sock_kind = {
	.name	= "control groups of sockets",
	.tables	= ORTHROS_TABLES(&orthros_table_group_sock),
	.tie	= tie_sockets,
};

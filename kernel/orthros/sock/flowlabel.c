// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow labels of IPv6: what a socket has leased of IPV6_FLOWLABEL_MGR, and whether it
 * answers with those of its peer.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "../ns/ns.h"
#include "opt_tables.h"
#include "sock_internal.h"
#include "tcp_tables.h"

/* Key: the first struct ipv6_fl_socklist of a socket */
static const struct orthros_type labels_type = { .name = "flow labels of a socket" };

#define LABELS_MAX	SZ_4K
#define SECONDS_MAX	(S32_MAX / 1000)

static u32 seconds(const struct orthros_file_consts *c, s64 ticks)
{
	return clamp_t(s64, orthros_src_ms(c, ticks) / 1000, 0, SECONDS_MAX);
}

static int read_label(const struct orthros_finder *who, struct orthros_writer *w, u64 addr)
{
	struct orthros_image *img = who->img;
	struct orthros_tcp_global_view global;
	struct orthros_flowlabel_view v;
	struct orthros_file_consts c;
	struct orthros_flowlabel_rec *rec;
	s32 owner = 0;
	u64 now;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_flowlabel, addr, &v) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_tcp_global, 0, &global) ?:
	      orthros_src_u64(img->src, global.jiffies, &now) ?:
	      orthros_file_consts(img, &c);
	if (err)
		return err;
	if (v.opt)
		return orthros_refused(who, "flow label with extension headers");
	if (v.rec.share == IPV6_FL_S_PROCESS) {
		err = orthros_read_pidnr(img->src, v.owner, &owner);
		if (err)
			return err;
		if (owner != who->pid)
			return orthros_refused(who, "flow label of another process");
	}
	v.rec.linger = min_t(u32, seconds(&c, v.linger), U16_MAX);
	v.rec.expires = seconds(&c, (s64)(v.expires - now));
	rec = orthros_append(w, sizeof(*rec));
	if (!rec)
		return -ENOMEM;
	*rec = v.rec;
	return 0;
}

/**
 * orthros_read_flow_labels() - read the flow labels of a socket
 * @who:	through whom it was found
 * @list:	its first struct ipv6_fl_socklist, or 0
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_flow_labels(const struct orthros_finder *who, u64 list)
{
	struct orthros_writer w = { .max = LABELS_MAX * sizeof(struct orthros_flowlabel_rec) };
	struct orthros_fl_view v;
	u64 at;
	bool isnew;
	int err;

	if (!list)
		return 0;
	w.obj = orthros_obj_get(who->img, &labels_type, list, who->pid, 0, &isnew);
	if (IS_ERR(w.obj) || !isnew)
		return PTR_ERR_OR_ZERO(w.obj);
	/* A list that does not end is one that is too long. */
	for (at = list; at; at = v.next) {
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_fl_socklist, at, &v) ?:
		      read_label(who, &w, v.fl);
		if (err)
			return err;
	}
	return 0;
}

static int manage(struct socket *sock, struct in6_flowlabel_req *req)
{
	return orthros_setsockopt(sock, SOL_IPV6, IPV6_FLOWLABEL_MGR, req, sizeof(*req));
}

/**
 * orthros_set_flow_labels() - lease the flow labels of a socket again
 * @img:	image
 * @rec:	the socket
 * @sock:	is otherwise what it was
 *
 * Return: 0 or -errno.
 */
int orthros_set_flow_labels(struct orthros_image *img, const struct orthros_sock_rec *rec,
			    struct socket *sock)
{
	struct orthros_obj *obj = orthros_obj_find(img, &labels_type, rec->flow_labels);
	const struct orthros_flowlabel_rec *label = obj ? obj->rec : NULL;
	u32 nr = obj ? obj->rec_size / sizeof(*label) : 0;
	struct in6_flowlabel_req req;
	int err = 0;

	if (rec->reflects) {
		req = (struct in6_flowlabel_req) {
			.flr_action = IPV6_FL_A_GET, .flr_flags = IPV6_FL_F_REFLECT,
		};
		err = manage(sock, &req);
	}
	/* The last one is the first of the list. */
	while (nr-- && !err) {
		if (!label[nr].label)
			continue;
		req = (struct in6_flowlabel_req) {
			.flr_label = (__force __be32)label[nr].label,
			.flr_action = IPV6_FL_A_GET, .flr_share = label[nr].share,
			.flr_flags = IPV6_FL_F_CREATE, .flr_expires = label[nr].expires,
			.flr_linger = label[nr].linger,
		};
		memcpy(&req.flr_dst, label[nr].dst, sizeof(req.flr_dst));
		err = manage(sock, &req);
	}
	/* By now connect() has asked for none. */
	if (rec->family == AF_INET6 && rec->type != SOCK_STREAM && inet6_sk(sock->sk))
		inet6_sk(sock->sk)->flow_label = (__force __be32)rec->inet.flow_label;
	return err ? orthros_fail(err, "flow labels of a socket") : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Membership of sockets in multicast groups, with the sources that are wanted
 * or blocked. Groups are joined again; the network is told when its card runs.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <net/sock.h>
#include "opt_tables.h"
#include "sock_internal.h"

/* Struct ip_mc_socklist or ipv6_mc_socklist */
static const struct orthros_type mcast_type = { .name = "multicast group" };

#define GROUPS_MAX	SZ_64K
#define SOURCES_MAX	4096
#define OPTMEM		SZ_256M

static int read_sources(struct orthros_image *img, struct orthros_mcast_rec *rec, u64 addr)
{
	u32 len = rec->family == AF_INET6 ? 16 : 4, i;
	int err = 0;

	for (i = 0; i < rec->nr && !err; i++)
		err = orthros_src_read(img->src, addr + i * len, rec->sources[i], len);
	return err;
}

/**
 * orthros_read_mcast() - read the groups that a socket is in
 * @who:	through whom it was found
 * @sock:	key of its SOCK object
 * @family:	AF_INET or AF_INET6: whose groups
 * @list:	first of its memberships, or 0
 *
 * Return: 0 or -errno.
 */
int orthros_read_mcast(const struct orthros_finder *who, u64 sock, u16 family, u64 list)
{
	const struct orthros_table *table = family == AF_INET6 ? &orthros_table_mcast6 :
								 &orthros_table_mcast4;
	struct orthros_mcast_view v;
	struct orthros_mcast_rec *rec;
	struct orthros_obj *obj;
	u32 left = GROUPS_MAX;
	bool isnew;
	int err;

	for (; list; list = v.next) {
		if (!left--)
			return orthros_bad(-ELOOP, "multicast groups of %#llx do not end", sock);
		err = orthros_read_rec(&who->img->src->mem, table, list, &v);
		if (err)
			return err;
		if (!v.list)
			v.count = 0;
		if (v.count > SOURCES_MAX)
			return orthros_bad(-EINVAL, "multicast group with %u sources", v.count);
		obj = orthros_obj_get(who->img, &mcast_type, list, who->pid,
				      struct_size(rec, sources, v.count), &isnew);
		if (IS_ERR(obj))
			return PTR_ERR(obj);
		/* A socket that was refused for something else is read again. */
		if (!isnew)
			continue;
		rec = obj->rec;
		rec->sock = sock;
		rec->family = family;
		rec->include = v.mode == MCAST_INCLUDE;
		rec->ifindex = v.ifindex;
		rec->nr = v.count;
		memcpy(rec->group, v.group, sizeof(rec->group));
		memcpy(rec->addr, v.addr, sizeof(rec->addr));
		err = read_sources(who->img, rec, v.sources);
		if (err)
			return err;
	}
	return 0;
}

static void set_addr(struct sockaddr_storage *ss, u16 family, const u8 *addr)
{
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = family;
	if (family == AF_INET6)
		memcpy(&in6->sin6_addr, addr, 16);
	else
		memcpy(&in->sin_addr, addr, 4);
}

static int join_group(const struct orthros_mcast_rec *rec, struct socket *sock)
{
	struct ip_mreqn mreq = { .imr_ifindex = rec->ifindex };
	struct ipv6_mreq mreq6 = { .ipv6mr_ifindex = rec->ifindex };

	if (rec->family == AF_INET6) {
		memcpy(&mreq6.ipv6mr_multiaddr, rec->group, 16);
		return orthros_setsockopt(sock, SOL_IPV6, IPV6_ADD_MEMBERSHIP, &mreq6,
					  sizeof(mreq6));
	}
	memcpy(&mreq.imr_multiaddr, rec->group, 4);
	memcpy(&mreq.imr_address, rec->addr, 4);
	return orthros_setsockopt(sock, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq));
}

static int add_source(const struct orthros_mcast_rec *rec, const u8 *source, struct socket *sock)
{
	struct group_source_req req = { .gsr_interface = rec->ifindex };

	set_addr(&req.gsr_group, rec->family, rec->group);
	set_addr(&req.gsr_source, rec->family, source);
	return orthros_setsockopt(sock, rec->family == AF_INET6 ? SOL_IPV6 : SOL_IP,
				  rec->include ? MCAST_JOIN_SOURCE_GROUP : MCAST_BLOCK_SOURCE,
				  &req, sizeof(req));
}

/**
 * orthros_set_mcast() - let a socket join its groups again
 * @img:	image
 * @key:	of its SOCK object
 * @sock:	bound
 *
 * Return: 0 or -errno.
 */
int orthros_set_mcast(struct orthros_image *img, u64 key, struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct orthros_obj *obj;
	int err = 0;
	u32 i;

	/* net.core.optmem_max is the limit of the day, and was kept when they were joined. */
	atomic_sub(OPTMEM, &sk->sk_omem_alloc);
	/* The last one is the first of the list. */
	list_for_each_entry_reverse(obj, orthros_objs(img, &mcast_type), list) {
		const struct orthros_mcast_rec *rec = obj->rec;

		if (rec->sock != key)
			continue;
		if (!rec->include)
			err = join_group(rec, sock);
		for (i = 0; i < rec->nr && !err; i++)
			err = add_source(rec, rec->sources[i], sock);
		/* The group went with its device, only the socket has not been told. */
		if (err == -ENODEV)
			err = 0;
		if (err)
			break;
	}
	atomic_add(OPTMEM, &sk->sk_omem_alloc);
	return err ? orthros_fail(err, "multicast group of a socket") : 0;
}

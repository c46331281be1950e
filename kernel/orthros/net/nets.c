// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces, one after another. Whatever is told of one, and set in one, goes by
 * netlink and by sysctls, which are those of the namespace that the task is in: so it
 * is in that one for a while.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/idr.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include "../core/sections.h"
#include "../machine/machine.h"
#include "../ns/ns.h"
#include "net_internal.h"
#include "nl.h"

/**
 * orthros_in_net() - do something in a network namespace
 * @net:	of this kernel
 * @fn:		what; sockets and sysctls are those of @net then
 * @ctx:	argument of it
 *
 * Return: what @fn returns, or negative errno.
 */
int orthros_in_net(struct net *net, int (*fn)(void *ctx), void *ctx)
{
	struct nsproxy *old;
	int err;

	if (net == orthros_this_net())
		return fn(ctx);
	err = orthros_enter_ns(ORTHROS_NS_NET, &net->ns, &old);
	if (err)
		return err;
	err = fn(ctx);
	orthros_leave_ns(old);
	return err;
}

/* ---- the source ---------------------------------------------------------- */

/* All but the initial one, held: an array for kvfree(), or NULL if there is none. */
static struct net **hold_nets(unsigned int *nr)
{
	struct net *net, **nets = NULL;
	unsigned int max;

	for (max = 0;; max = *nr) {
		*nr = 0;
		kvfree(nets);
		nets = max ? kvmalloc_array(max, sizeof(*nets), GFP_KERNEL) : NULL;
		if (max && !nets)
			return ERR_PTR(-ENOMEM);
		down_read(&net_rwsem);
		for_each_net(net) {
			if (net == &init_net || !refcount_read(&net->ns.count))
				continue;
			if (*nr < max)
				nets[*nr] = net;
			(*nr)++;
		}
		if (*nr <= max)
			break;
		up_read(&net_rwsem);
	}
	/* One that ends meanwhile is left out. */
	for (max = *nr, *nr = 0; max; max--) {
		net = nets[*nr];
		if (maybe_get_net(net))
			(*nr)++;
		else
			nets[*nr] = nets[*nr + max - 1];
	}
	up_read(&net_rwsem);
	return nets;
}

struct telling {
	struct orthros_sections *s;
	int (*tell)(struct orthros_sections *s);
};

static int tell_ids(struct orthros_sections *s)
{
	struct net *net = orthros_this_net(), *peer;
	struct orthros_netconf_nsid *rec;
	int id, err;

	err = orthros_sections_begin(s, ORTHROS_NETCONF_NSID);
	if (err)
		return err;
	for (id = 0; ; id++) {
		rec = orthros_sections_room(s, sizeof(*rec));
		if (!rec)
			return -ENOMEM;
		spin_lock_bh(&net->nsid_lock);
		peer = idr_get_next(&net->netns_ids, &id);
		spin_unlock_bh(&net->nsid_lock);
		if (!peer)
			break;
		/* Only its address is told, whatever becomes of it. */
		rec->ns = (unsigned long)&peer->ns;
		rec->id = id;
	}
	orthros_sections_take_back(s, sizeof(*rec));
	orthros_sections_end(s);
	return 0;
}

static int tell_this(void *ctx)
{
	struct telling *t = ctx;

	/* Telling of devices gives numbers to other namespaces. */
	return t->tell(t->s) ?: tell_ids(t->s);
}

static int tell_other(void *ctx)
{
	struct telling *t = ctx;
	struct orthros_netconf_net *head;
	size_t start;
	int err;

	err = orthros_sections_begin(t->s, ORTHROS_NETCONF_NET);
	if (err)
		return err;
	start = t->s->start;
	head = orthros_sections_room(t->s, sizeof(*head));
	if (!head)
		return -ENOMEM;
	head->ns = (unsigned long)&orthros_this_net()->ns;
	head->inum = orthros_this_net()->ns.inum;
	err = tell_this(ctx) ?: orthros_dump_net_sysctls(t->s);
	t->s->start = start;
	orthros_sections_end(t->s);
	return err;
}

/**
 * orthros_tell_nets() - tell of all network namespaces
 * @s:		where to
 * @tell:	tells what is configured in the one that the task is in
 *
 * Return: 0 or negative errno.
 */
int orthros_tell_nets(struct orthros_sections *s, int (*tell)(struct orthros_sections *s))
{
	struct telling t = { .s = s, .tell = tell };
	unsigned int nr, i;
	struct net **nets;
	int err;

	err = orthros_in_net(&init_net, tell_this, &t);
	if (err)
		return err;
	nets = hold_nets(&nr);
	if (IS_ERR(nets))
		return PTR_ERR(nets);
	for (i = 0; i < nr; i++) {
		err = err ?: orthros_in_net(nets[i], tell_other, &t);
		put_net(nets[i]);
	}
	kvfree(nets);
	return err;
}

/* ---- the destination ----------------------------------------------------- */

/**
 * orthros_next_net() - what was told of the next network namespace
 * @img:	image
 * @net:	zeroed at first: set to the initial one, then to those that go
 *
 * Return: false after the last.
 */
bool orthros_next_net(struct orthros_image *img, struct orthros_net_data *net)
{
	const struct orthros_netconf_net *head;
	struct orthros_obj *obj;
	size_t len;

	if (!net->img) {
		net->img = img;
		net->ns = orthros_initial_ns(img, ORTHROS_NS_NET);
		net->data = orthros_told(img, &net->len);
		return true;
	}
	while ((head = orthros_next_net_told(img, &net->pos, &len))) {
		obj = orthros_obj_find(img, &orthros_ns_type, head->ns);
		if (!obj || obj->refused)
			continue;
		net->ns = head->ns;
		net->data = head + 1;
		net->len = len;
		return true;
	}
	return false;
}

/**
 * orthros_net_called() - find a network namespace by what another one calls it
 * @net:	the other one
 * @id:		its number there
 * @found:	set
 *
 * Return: false if there is none that goes.
 */
bool orthros_net_called(const struct orthros_net_data *net, u32 id,
			struct orthros_net_data *found)
{
	const struct orthros_netconf_nsid *ids;
	size_t len, i;
	u64 ns = 0;

	ids = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_NSID, &len);
	for (i = 0; i < len / sizeof(*ids); i++)
		if (ids[i].id == id)
			ns = ids[i].ns;
	memset(found, 0, sizeof(*found));
	while (ns && orthros_next_net(net->img, found))
		if (found->ns == ns)
			return true;
	return false;
}

/**
 * orthros_build_net_ids() - let this network namespace call others as before
 * @net:	what was told of it
 *
 * Before there are devices, whose other ends would give numbers.
 *
 * Return: 0 or negative errno.
 */
int orthros_build_net_ids(const struct orthros_net_data *net)
{
	const struct orthros_netconf_nsid *ids;
	struct net *this = orthros_this_net(), *peer;
	size_t len, i;
	int err;

	ids = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_NSID, &len);
	for (i = 0; i < len / sizeof(*ids); i++) {
		peer = orthros_dst_net(net->img, ids[i].ns);
		if (!peer || ids[i].id >= INT_MAX)
			continue;
		idr_preload(GFP_KERNEL);
		spin_lock_bh(&this->nsid_lock);
		err = idr_alloc(&this->netns_ids, peer, ids[i].id, ids[i].id + 1, GFP_NOWAIT);
		spin_unlock_bh(&this->nsid_lock);
		idr_preload_end();
		if (err < 0)
			return orthros_fail(err, "number %u of a network namespace", ids[i].id);
	}
	return 0;
}

struct doing {
	const struct orthros_net_data *net;
	int (*fn)(struct orthros_nl *nl, const struct orthros_net_data *net);
};

static int do_there(void *ctx)
{
	const struct doing *d = ctx;
	struct orthros_nl nl;
	int err;

	err = orthros_nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return err;
	err = d->fn(&nl, d->net);
	orthros_nl_close(&nl);
	return err;
}

/**
 * orthros_each_net() - do something in each network namespace
 * @img:	image
 * @fn:		with a socket of NETLINK_ROUTE and what was told; its error ends it
 *
 * Return: 0 or negative errno.
 */
int orthros_each_net(struct orthros_image *img,
		     int (*fn)(struct orthros_nl *nl, const struct orthros_net_data *net))
{
	struct orthros_net_data net = {};
	struct doing d = { .net = &net, .fn = fn };
	struct net *dst;
	int err = 0;

	while (!err && orthros_next_net(img, &net)) {
		dst = orthros_dst_net(img, net.ns);
		/* Of a kernel that has failed, one may be lost. */
		if (dst)
			err = orthros_in_net(dst, do_there, &d);
	}
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Network namespaces. What is configured in one its kernel has told (net/describe.c), and
 * net/ sets it up again; which sockets are in it their records say. Those that were told
 * are read, too, that nobody has: one with a closed connection whose data are under way.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/list.h>
#include <linux/nsproxy.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "../core/sections.h"
#include "net_tables.h"
#include "ns.h"
#include "tables.h"

/* Bounds the work that a bad source can cause. */
#define NETS_MAX	65536

static struct orthros_net_env env;

/* A namespace that is needed when the image's references are gone. */
struct held {
	struct list_head list;
	struct net *net;
	u64 ns;
};

static LIST_HEAD(held_list);

static int resolve_net(struct orthros_src *src)
{
	return orthros_read_rec(&src->mem, &orthros_table_net_env, 0, &env);
}

/* ---- reading ------------------------------------------------------------- */

/**
 * orthros_next_net_told() - what was told of the next network namespace
 * @img:	image, of which it was read
 * @pos:	where to go on, 0 at first
 * @len:	set to the bytes of its sections
 *
 * Of all but the initial one.
 *
 * Return: its head, which its sections follow, or NULL.
 */
const struct orthros_netconf_net *orthros_next_net_told(struct orthros_image *img, size_t *pos,
							size_t *len)
{
	const struct orthros_netconf_net *head;
	const void *told;
	size_t size;

	told = orthros_told(img, &size);
	while (told && *pos < size) {
		head = orthros_sections_next(told, size, ORTHROS_NETCONF_NET, pos, len);
		if (!head)
			break;
		if (*len < sizeof(*head))
			continue;
		*len -= sizeof(*head);
		return head;
	}
	return NULL;
}

static bool was_told(struct orthros_image *img, u64 addr)
{
	const struct orthros_netconf_net *head;
	size_t pos = 0, len;

	while ((head = orthros_next_net_told(img, &pos, &len)))
		if (head->ns == addr)
			return true;
	return false;
}

static int read_net(const struct orthros_finder *who, struct orthros_obj *ns)
{
	struct orthros_ns_rec *rec = ns->rec;
	struct orthros_net_view v;
	int err;

	/* Of that all is read elsewhere. */
	if (rec->initial)
		return 0;
	/* It has come since: a running source is asked again. */
	if (!was_told(who->img, ns->src))
		return who->img->frozen ? orthros_refused(who, "net namespace that was not told") :
					  -EAGAIN;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_net, ns->src - env.ns_off, &v);
	return err ?: orthros_ns_owner(who, ns, v.user_ns, v.uid);
}

/**
 * orthros_read_net_ns() - read a network namespace
 * @who:	who has something in it
 * @net:	address of the struct net
 * @ns:		set: by what records refer to it
 *
 * Return: 0, %ORTHROS_REFUSED or negative errno.
 */
int orthros_read_net_ns(const struct orthros_finder *who, u64 net, u64 *ns)
{
	int err;

	*ns = orthros_initial_ns(who->img, ORTHROS_NS_NET);
	/* There is but one. */
	if (!*ns || !net)
		return 0;
	*ns = net + env.ns_off;
	err = orthros_read_ns(who, *ns);
	if (err)
		return err;
	return orthros_ns_rec(who->img, *ns)->type == ORTHROS_NS_NET ? 0 :
	       orthros_bad(-EUCLEAN, "network namespace %#llx is none", net);
}

/**
 * orthros_net_ns_known() - is a network namespace one that goes?
 * @img:	image, of which all has been read
 * @net:	address of the struct net
 * @ns:		set: by what records refer to it
 */
bool orthros_net_ns_known(struct orthros_image *img, u64 net, u64 *ns)
{
	struct orthros_obj *obj;

	*ns = orthros_initial_ns(img, ORTHROS_NS_NET);
	if (!*ns || !net)
		return true;
	*ns = net + env.ns_off;
	obj = orthros_obj_find(img, &orthros_ns_type, *ns);
	return obj && !obj->refused;
}

/* One may have ended since. */
static int is_alive(struct orthros_image *img, const struct orthros_netconf_net *head)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_net_count_view v;
	int err = orthros_read_rec(mem, &orthros_table_net_count, head->ns, &v);

	return err ? err : v.count && v.inum == head->inum;
}

static int read_all_told(struct orthros_image *img)
{
	const struct orthros_finder who = orthros_of_machine(img);
	const struct orthros_netconf_net *head;
	size_t pos = 0, len;
	u32 left = NETS_MAX;
	int err;

	while ((head = orthros_next_net_told(img, &pos, &len))) {
		if (!left--)
			return orthros_bad(-E2BIG, "netconf: network namespaces");
		err = is_alive(img, head);
		/* Of a kernel that has failed, what was told may be old. */
		if (!err || (err < 0 && img->crashed))
			continue;
		err = err < 0 ? err : orthros_read_ns(&who, head->ns);
		if (err < 0)
			return err;
	}
	return 0;
}

/* ---- building ------------------------------------------------------------ */

static struct ns_common *make_net(struct orthros_image *img, struct orthros_obj *obj,
				  struct user_namespace *owner)
{
	struct net *net = copy_net_ns(CLONE_NEWNET, owner, &init_net);

	return IS_ERR(net) ? ERR_CAST(net) : &net->ns;
}

static int hold_all(struct orthros_image *img)
{
	struct orthros_obj *obj;
	struct held *h;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;

		if (rec->type != ORTHROS_NS_NET || rec->initial || !obj->dst)
			continue;
		h = kmalloc(sizeof(*h), GFP_KERNEL);
		if (!h)
			return -ENOMEM;
		h->net = get_net(container_of(obj->dst, struct net, ns));
		h->ns = obj->src;
		list_add_tail(&h->list, &held_list);
	}
	return 0;
}

/* There is only a loopback device in each yet. */
static int build_nets(struct orthros_image *img)
{
	return orthros_build_nss(img, ORTHROS_NS_NET, make_net) ?: hold_all(img);
}

/**
 * orthros_dst_net() - network namespace of this kernel
 * @img:	image
 * @ns:		address of the struct ns_common in the source
 *
 * Return: the namespace, held until the network is settled, or NULL.
 */
struct net *orthros_dst_net(struct orthros_image *img, u64 ns)
{
	struct ns_common *dst;
	struct held *h;

	if (ns == orthros_initial_ns(img, ORTHROS_NS_NET))
		return &init_net;
	dst = orthros_dst_ns(img, ns);
	if (dst)
		return container_of(dst, struct net, ns);
	list_for_each_entry(h, &held_list, list)
		if (h->ns == ns)
			return h->net;
	return NULL;
}

/* Whoever is in one has it by now. */
static void let_go(struct orthros_image *img)
{
	struct held *h, *next;

	list_for_each_entry_safe(h, next, &held_list, list) {
		list_del(&h->list);
		put_net(h->net);
		kfree(h);
	}
}

static const struct orthros_ns_ops net_ops = {
	.type	= ORTHROS_NS_NET,
	.read	= read_net,
};

static const struct orthros_mark net_marks[] = {
	{ ORTHROS_MARK_NS, "netns_operations", "network namespace", &net_ops },
	{}
};

const struct orthros_kind orthros_net_ns_kind = {
	.name	= "network namespaces",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_net_env, &orthros_table_net,
				 &orthros_table_net_count),
	.marks	= net_marks,
	.resolve = resolve_net,
	.read	= read_all_told,
	.build	= build_nets,
};

const struct orthros_kind orthros_net_ns_end_kind = {
	.name	= "network namespaces are settled",
	.settle	= let_go,
};

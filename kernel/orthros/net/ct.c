// SPDX-License-Identifier: GPL-2.0
/*
 * Connections that conntrack follows: for whom addresses are translated, and what rules know of
 * them. They are read out of its hash table, so also after a crash, and as they are when nothing
 * moves any more. The order matters: they come into being when the rules are there, because
 * what begins to follow connections forgets the windows of those that it finds.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_labels.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>
#include <net/tcp.h>
#include "../core/source.h"
#include "../core/walk.h"
#include "../files/files.h"
#include "../ns/ns.h"
#include "ct_tables.h"
#include "net_internal.h"

#define BUCKETS_CHUNK	512U
#define BUCKETS_MAX	SZ_16M
#define CHAIN_MAX	SZ_1M

/**
 * struct ct - record of a connection
 * @net:	its namespace, address in the source
 * @left:	ms until it is forgotten
 * @udp_stream:	ms since packets go both ways
 * @base:	what is carried as it is
 * @orig:	as whoever has begun it sees it
 * @reply:	and the other one
 * @tcp:	state of the protocol
 * @sctp:	likewise
 * @gre:	likewise, in ms
 * @has_nat:	is there this extension?
 * @has_acct:	likewise
 * @has_seqadj:	likewise
 * @has_labels:	likewise
 * @nat:	it
 * @acct:	likewise
 * @seqadj:	likewise
 * @labels:	likewise
 */
struct ct {
	u64 net;
	s64 left;
	s64 udp_stream;
	bool has_nat, has_acct, has_seqadj, has_labels;
	struct orthros_ct_base base;
	struct orthros_ct_tuple orig;
	struct orthros_ct_tuple reply;
	union {
		struct orthros_ct_tcp tcp;
		struct orthros_ct_sctp sctp;
		struct orthros_ct_gre gre;
	};
	struct orthros_ct_nat nat;
	struct orthros_ct_acct acct;
	struct orthros_ct_seqadj seqadj;
	struct orthros_ct_labels labels;
};

static const struct orthros_type ct_type = { .name = "connection of conntrack", .cost = SZ_512 };

/* What goes from a status to another; the rest comes with what it stands for. */
#define STATUS	(IPS_SEEN_REPLY | IPS_ASSURED | IPS_SEQ_ADJUST | IPS_FIXED_TIMEOUT)
/* What this kernel knows. */
#define KNOWN	(STATUS | IPS_EXPECTED | IPS_CONFIRMED | IPS_NAT_MASK | IPS_NAT_DONE_MASK | \
		 IPS_DYING | IPS_NAT_CLASH | IPS_HELPER | IPS_OFFLOAD | IPS_HW_OFFLOAD)

/* ---- reading ------------------------------------------------------------ */

struct reader {
	struct orthros_image *img;
	struct orthros_file_consts c;
	struct orthros_ct_env env;
	struct orthros_ct_ids ids;
	u64 now;
};

static int refuse(const struct reader *r, const struct ct *ct, const char *why, const char *which)
{
	const struct orthros_finder who = orthros_of_machine(r->img);
	const u16 src = be16_to_cpu((__force __be16)ct->orig.src_id);
	const u16 dst = be16_to_cpu((__force __be16)ct->orig.dst_id);

	if (ct->orig.l3num == AF_INET6)
		return orthros_refused(&who, "conntrack: [%pI6c]:%u to [%pI6c]:%u: %s%s",
				       ct->orig.src, src, ct->orig.dst, dst, why, which);
	return orthros_refused(&who, "conntrack: %pI4:%u to %pI4:%u: %s%s", ct->orig.src, src,
			       ct->orig.dst, dst, why, which);
}

static int read_help(const struct reader *r, const struct ct *ct, u64 addr)
{
	const struct orthros_mem *mem = &r->img->src->mem;
	struct orthros_ct_helper helper;
	struct orthros_ct_help help;
	int err;

	err = orthros_read_rec(mem, &orthros_table_ct_help, addr, &help);
	if (err || !help.helper)
		return err;
	err = orthros_read_rec(mem, &orthros_table_ct_helper, help.helper, &helper);
	return err ?: refuse(r, ct, "helper ", helper.name);
}

/* Where an extension is, or 0. */
static u64 ext_at(const struct orthros_ct_ext *exts, u64 ext, u32 id)
{
	return id < ORTHROS_CT_EXTS && exts->off[id] ? ext + exts->off[id] : 0;
}

/* Of a number of 0 there is none, but for the helper. */
static bool has_ext(const struct orthros_ct_ext *exts, u32 id)
{
	return id && ext_at(exts, 1, id);
}

static int read_ext(const struct reader *r, struct ct *ct, u64 ext)
{
	const struct orthros_mem *mem = &r->img->src->mem;
	const struct orthros_ct_ids *ids = &r->ids;
	struct orthros_ct_ext exts = {};
	int err;

	if (!ext)
		return 0;
	err = orthros_read_rec(mem, &orthros_table_ct_ext, ext, &exts);
	if (!err && ext_at(&exts, ext, ids->help))
		err = read_help(r, ct, ext_at(&exts, ext, ids->help));
	if (!err && (has_ext(&exts, ids->tstamp) || has_ext(&exts, ids->timeout) ||
		     has_ext(&exts, ids->synproxy) || has_ext(&exts, ids->act_ct)))
		err = refuse(r, ct, "what this kernel does not know", "");
	if (err)
		return err;
	ct->has_nat = has_ext(&exts, ids->nat);
	ct->has_acct = has_ext(&exts, ids->acct);
	ct->has_seqadj = has_ext(&exts, ids->seqadj);
	ct->has_labels = has_ext(&exts, ids->labels);
	if (ct->has_nat)
		err = orthros_read_rec(mem, &orthros_table_ct_nat, ext_at(&exts, ext, ids->nat),
				       &ct->nat);
	if (!err && ct->has_acct)
		err = orthros_read_rec(mem, &orthros_table_ct_acct, ext_at(&exts, ext, ids->acct),
				       &ct->acct);
	if (!err && ct->has_seqadj)
		err = orthros_read_rec(mem, &orthros_table_ct_seqadj,
				       ext_at(&exts, ext, ids->seqadj), &ct->seqadj);
	if (!err && ct->has_labels)
		err = orthros_read_rec(mem, &orthros_table_ct_labels,
				       ext_at(&exts, ext, ids->labels), &ct->labels);
	return err;
}

static int read_proto(const struct reader *r, struct ct *ct, u64 addr)
{
	const struct orthros_mem *mem = &r->img->src->mem;
	int err;

	switch (ct->orig.protonum) {
	case IPPROTO_TCP:
		return orthros_read_rec(mem, &orthros_table_ct_tcp, addr, &ct->tcp);
	case IPPROTO_SCTP:
		return orthros_read_rec(mem, &orthros_table_ct_sctp, addr, &ct->sctp);
	case IPPROTO_GRE:
		err = orthros_read_rec(mem, &orthros_table_ct_gre, addr, &ct->gre);
		ct->gre.stream_timeout = orthros_src_ms(&r->c, ct->gre.stream_timeout);
		ct->gre.timeout = orthros_src_ms(&r->c, ct->gre.timeout);
		return err;
	case IPPROTO_DCCP:
		return refuse(r, ct, "DCCP", "");
	}
	return 0;
}

/* Returns ORTHROS_REFUSED if it is not carried. */
static int read_conn(const struct reader *r, u64 addr, struct ct *ct)
{
	const struct orthros_mem *mem = &r->img->src->mem;
	struct orthros_ct_more more;
	s32 left;
	int err;

	err = orthros_read_rec(mem, &orthros_table_ct_more, addr, &more) ?:
	      orthros_read_rec(mem, &orthros_table_ct_base, addr, &ct->base) ?:
	      orthros_read_rec(mem, &orthros_table_ct_orig, addr, &ct->orig) ?:
	      orthros_read_rec(mem, &orthros_table_ct_reply, addr, &ct->reply);
	if (err)
		return err;
	if (!more.use || ct->base.status & IPS_DYING)
		return ORTHROS_REFUSED;
	left = more.timeout - (u32)r->now;
	if (left <= 0)
		return ORTHROS_REFUSED;
	ct->net = more.net;
	ct->left = orthros_src_ms(&r->c, left);
	ct->udp_stream = more.udp_stream ? orthros_src_ms(&r->c, r->now - more.udp_stream) : -1;
	if (more.master)
		return refuse(r, ct, "announced by another connection", "");
	if (ct->base.status & (IPS_OFFLOAD | IPS_HW_OFFLOAD))
		return refuse(r, ct, "in a flowtable", "");
	if (more.secmark)
		return refuse(r, ct, "mark of a security module", "");
	if (ct->base.status & ~(u64)KNOWN)
		return refuse(r, ct, "what this kernel does not know", "");
	if ((ct->orig.l3num != AF_INET && ct->orig.l3num != AF_INET6) ||
	    ct->reply.l3num != ct->orig.l3num || ct->reply.protonum != ct->orig.protonum)
		return orthros_bad(-EINVAL, "conntrack: a connection of family %u",
				   ct->orig.l3num);
	return read_ext(r, ct, more.ext) ?: read_proto(r, ct, addr);
}

static int read_node(const struct reader *r, u64 addr)
{
	struct orthros_obj *obj;
	struct ct ct = {};
	bool isnew;
	int err;

	err = read_conn(r, addr, &ct);
	if (err)
		return err == ORTHROS_REFUSED ? 0 : err;
	/* A running source changes it on and on. */
	if (!r->img->frozen)
		return 0;
	obj = orthros_obj_get(r->img, &ct_type, addr, 0, sizeof(ct), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (isnew)
		memcpy(obj->rec, &ct, sizeof(ct));
	return 0;
}

static int read_chain(const struct reader *r, u64 node)
{
	struct orthros_loop loop = {};
	struct orthros_ct_node v;
	u32 left = CHAIN_MAX;
	u64 at;
	int err = 0;

	/* An odd one ends the chain. */
	for (; !err && !(node & 1); node = v.next) {
		if (!left-- || orthros_loop_closed(&loop, node))
			return orthros_bad(-ELOOP, "conntrack: chain does not end");
		/* The node is the first thing in what has it. */
		err = orthros_read_rec(&r->img->src->mem, &orthros_table_ct_node, node, &v);
		at = node - v.off;
		/* Each is there twice. */
		if (!err && !v.dir)
			err = read_node(r, at - v.ct_off);
	}
	return err;
}

static int read_chains(const struct reader *r, const u64 *heads, u32 nr)
{
	char text[ORTHROS_TEXT_LEN];
	int err = 0;
	u32 i;

	for (i = 0; i < nr && !err; i++) {
		if (heads[i] & 1)
			continue;
		err = read_chain(r, heads[i]);
		if (!err || err == -ENOMEM || (r->img->frozen && !r->img->crashed))
			continue;
		/*
		 * Connections come and go in a running source; of one that has failed
		 * somebody was about to change this chain.
		 */
		orthros_error_take(text, sizeof(text));
		if (r->img->crashed)
			pr_err("not as it was: conntrack: %s: %pe\n", text, ERR_PTR(err));
		err = 0;
	}
	return err;
}

static int read_ct(struct orthros_image *img)
{
	struct reader r = { .img = img };
	u32 first, nr, size;
	u64 buckets, *heads;
	int err;

	err = orthros_file_consts(img, &r.c) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_ct_env, 0, &r.env) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_ct_ids, 0, &r.ids) ?:
	      orthros_src_u64(img->src, r.env.jiffies, &r.now) ?:
	      orthros_src_u64(img->src, r.env.buckets, &buckets) ?:
	      orthros_src_read(img->src, r.env.size, &size, sizeof(size));
	if (err)
		return err;
	if (size > BUCKETS_MAX)
		return orthros_bad(-EINVAL, "conntrack: %u buckets", size);
	heads = kmalloc_array(BUCKETS_CHUNK, sizeof(*heads), GFP_KERNEL);
	if (!heads)
		return -ENOMEM;
	for (first = 0; first < size && !err; first += nr) {
		nr = min(BUCKETS_CHUNK, size - first);
		err = orthros_src_read(img->src, buckets + first * sizeof(u64), heads,
				       nr * sizeof(u64)) ?:
		      read_chains(&r, heads, nr);
	}
	kfree(heads);
	return err;
}

/* ---- building ----------------------------------------------------------- */

static void set_tuple(struct nf_conntrack_tuple *t, const struct orthros_ct_tuple *rec)
{
	memset(t, 0, sizeof(*t));
	t->src.l3num = rec->l3num;
	memcpy(&t->src.u3, rec->src, sizeof(t->src.u3));
	memcpy(&t->dst.u3, rec->dst, sizeof(t->dst.u3));
	t->src.u.all = (__force __be16)rec->src_id;
	t->dst.u.all = (__force __be16)rec->dst_id;
	t->dst.protonum = rec->protonum;
}

static bool is_icmp(u8 protonum)
{
	return protonum == IPPROTO_ICMP || protonum == IPPROTO_ICMPV6;
}

/* Translate to what it was translated to, which nobody else has. */
static int set_nat(struct nf_conn *ct, const struct ct *rec, enum nf_nat_manip_type type)
{
	const bool src = type == NF_NAT_MANIP_SRC;
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED,
	};

	if (!(rec->base.status & (src ? IPS_SRC_NAT_DONE : IPS_DST_NAT_DONE)))
		return 0;
	memcpy(&range.min_addr, src ? rec->reply.dst : rec->reply.src, sizeof(range.min_addr));
	range.max_addr = range.min_addr;
	/* What ICMP has behind it is no number of a connection. */
	if (src && !is_icmp(rec->orig.protonum))
		range.min_proto.all = (__force __be16)rec->reply.dst_id;
	else
		range.min_proto.all = (__force __be16)rec->reply.src_id;
	range.max_proto = range.min_proto;
	return nf_nat_setup_info(ct, &range, type) == NF_ACCEPT ? 0 : -EUCLEAN;
}

static int set_nats(struct nf_conn *ct, const struct ct *rec)
{
	struct nf_conntrack_tuple reply;
	struct nf_conn_nat *nat;
	int err;

	set_tuple(&reply, &rec->reply);
	reply.dst.dir = IP_CT_DIR_REPLY;
	if (rec->has_nat) {
		nat = nf_ct_nat_ext_add(ct);
		if (!nat)
			return -ENOMEM;
		nat->masq_index = rec->nat.masq_index;
	}
	rcu_read_lock();
	err = set_nat(ct, rec, NF_NAT_MANIP_DST) ?: set_nat(ct, rec, NF_NAT_MANIP_SRC);
	rcu_read_unlock();
	if (err)
		return err;
	return nf_ct_tuple_equal(&ct->tuplehash[IP_CT_DIR_REPLY].tuple, &reply) &&
	       !((ct->status ^ rec->base.status) & IPS_NAT_MASK) ? 0 : -EUCLEAN;
}

static int set_exts(struct nf_conn *ct, const struct ct *rec)
{
	struct nf_conn_seqadj *seqadj;
	struct nf_conn_acct *acct;
	int dir;

	if (rec->has_acct) {
		acct = nf_ct_ext_add(ct, NF_CT_EXT_ACCT, GFP_KERNEL);
		if (!acct)
			return -ENOMEM;
		for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
			atomic64_set(&acct->counter[dir].packets, rec->acct.packets[dir]);
			atomic64_set(&acct->counter[dir].bytes, rec->acct.bytes[dir]);
		}
	}
	if (rec->has_seqadj) {
		seqadj = nf_ct_ext_add(ct, NF_CT_EXT_SEQADJ, GFP_KERNEL);
		if (!seqadj)
			return -ENOMEM;
		for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
			seqadj->seq[dir].correction_pos = rec->seqadj.pos[dir];
			seqadj->seq[dir].offset_before = rec->seqadj.before[dir];
			seqadj->seq[dir].offset_after = rec->seqadj.after[dir];
		}
	}
#ifdef CONFIG_NF_CONNTRACK_LABELS
	if (rec->has_labels) {
		struct nf_conn_labels *labels = nf_ct_ext_add(ct, NF_CT_EXT_LABELS, GFP_KERNEL);

		if (!labels)
			return -ENOMEM;
		memcpy(labels->bits, rec->labels.bits, sizeof(labels->bits));
	}
#endif
	nf_ct_ecache_ext_add(ct, 0, 0, GFP_KERNEL);
	return 0;
}

static void set_tcp(struct ip_ct_tcp *tcp, const struct orthros_ct_tcp *rec)
{
	int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		tcp->seen[dir].td_end = rec->seen[dir].td_end;
		tcp->seen[dir].td_maxend = rec->seen[dir].td_maxend;
		tcp->seen[dir].td_maxwin = rec->seen[dir].td_maxwin;
		tcp->seen[dir].td_maxack = rec->seen[dir].td_maxack;
		/* It is a shift. */
		tcp->seen[dir].td_scale = min_t(u8, rec->seen[dir].td_scale, TCP_MAX_WSCALE);
		tcp->seen[dir].flags = rec->seen[dir].flags;
	}
	tcp->state = min_t(u8, rec->state, TCP_CONNTRACK_MAX - 1);
	tcp->last_dir = rec->last_dir & 1;
	tcp->retrans = rec->retrans;
	tcp->last_index = rec->last_index;
	tcp->last_seq = rec->last_seq;
	tcp->last_ack = rec->last_ack;
	tcp->last_end = rec->last_end;
	tcp->last_win = rec->last_win;
	tcp->last_wscale = min_t(u8, rec->last_wscale, TCP_MAX_WSCALE);
	tcp->last_flags = rec->last_flags;
}

static void set_proto(struct nf_conn *ct, const struct ct *rec)
{
	int dir;

	memset(&ct->proto, 0, sizeof(ct->proto));
	switch (rec->orig.protonum) {
	case IPPROTO_TCP:
		set_tcp(&ct->proto.tcp, &rec->tcp);
		break;
	case IPPROTO_UDP:
		if (rec->udp_stream >= 0)
			ct->proto.udp.stream_ts = jiffies - orthros_dst_jiffies(rec->udp_stream);
		break;
	case IPPROTO_SCTP:
		ct->proto.sctp.state = min_t(u32, rec->sctp.state, SCTP_CONNTRACK_MAX - 1);
		for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
			ct->proto.sctp.vtag[dir] = (__force __be32)rec->sctp.vtag[dir];
			ct->proto.sctp.init[dir] = rec->sctp.init[dir];
		}
		ct->proto.sctp.last_dir = rec->sctp.last_dir & 1;
		ct->proto.sctp.flags = rec->sctp.flags;
		break;
	case IPPROTO_GRE:
		ct->proto.gre.stream_timeout = orthros_dst_jiffies(rec->gre.stream_timeout);
		ct->proto.gre.timeout = orthros_dst_jiffies(rec->gre.timeout);
		break;
	}
}

/* As ctnetlink makes what conntrackd asks for. */
static int build_one(struct net *net, const struct ct *rec)
{
	struct nf_conntrack_tuple orig, reply;
	struct nf_conntrack_zone zone;
	struct nf_conn *ct;
	int err;

	nf_ct_zone_init(&zone, rec->base.zone, rec->base.zone_dir, rec->base.zone_flags);
	set_tuple(&orig, &rec->orig);
	set_tuple(&reply, &rec->reply);
	reply.dst.dir = IP_CT_DIR_REPLY;
	if (rec->has_nat || rec->base.status & IPS_NAT_DONE_MASK)
		nf_ct_invert_tuple(&reply, &orig);
	ct = nf_conntrack_alloc(net, &zone, &orig, &reply, GFP_KERNEL);
	if (IS_ERR(ct))
		return PTR_ERR(ct);
	err = set_nats(ct, rec) ?: set_exts(ct, rec);
	if (err)
		goto out;
	ct->status |= IPS_CONFIRMED | (rec->base.status & STATUS);
	ct->timeout = nfct_time_stamp + orthros_dst_jiffies(min_t(s64, rec->left, S32_MAX));
#ifdef CONFIG_NF_CONNTRACK_MARK
	ct->mark = rec->base.mark;
#endif
	set_proto(ct, rec);
	err = nf_conntrack_hash_check_insert(ct);
	/* The table has it. */
	if (!err)
		nf_ct_put(ct);
out:
	if (err)
		nf_conntrack_free(ct);
	return err;
}

/**
 * orthros_build_conntrack() - follow the connections of a namespace
 * @net:	namespace, which has its rules
 * @data:	what was told of it
 *
 * Return: 0 or -errno.
 */
int orthros_build_conntrack(struct net *net, const struct orthros_net_data *data)
{
	struct orthros_image *img = data->img;
	struct orthros_obj *obj;
	const struct ct *rec;
	u64 ns;
	int err;

	orthros_for_each_obj(obj, img, &ct_type) {
		rec = obj->rec;
		if (!orthros_net_ns_known(img, rec->net, &ns) || ns != data->ns)
			continue;
		err = build_one(net, rec);
		if (!err)
			continue;
		if (!img->crashed)
			return orthros_fail(err, "conntrack: a connection of protocol %u",
					    rec->orig.protonum);
		pr_err("not as it was: conntrack: a connection of protocol %u: %pe\n",
		       rec->orig.protonum, ERR_PTR(err));
	}
	return 0;
}

const struct orthros_kind orthros_conntrack_kind = {
	.name	= "conntrack",
	.tables	= ORTHROS_TABLES(&orthros_table_ct_env, &orthros_table_ct_node,
				 &orthros_table_ct_orig, &orthros_table_ct_reply,
				 &orthros_table_ct_base, &orthros_table_ct_more,
				 &orthros_table_ct_tcp, &orthros_table_ct_sctp,
				 &orthros_table_ct_gre, &orthros_table_ct_ids,
				 &orthros_table_ct_ext, &orthros_table_ct_help,
				 &orthros_table_ct_helper,
				 &orthros_table_ct_nat, &orthros_table_ct_acct,
				 &orthros_table_ct_seqadj, &orthros_table_ct_labels),
	.read	= read_ct,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packet sockets, with the packets that wait in them. They are bound last, when they have
 * their filters, and so that they do not see what is done to build others.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_vlan.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <linux/virtio_net.h>
#include <linux/socket.h>
#include <linux/orthros/abi/packet.h>
#include <net/sock.h>
#include "net/packet/internal.h"
#include "packet_tables.h"
#include "sock_internal.h"

/* Key: its struct sock */
static const struct orthros_type packet_type = { .name = "packet socket" };

#define MSGS_MAX	SZ_1M
#define QUEUE_MAX	SZ_1G
#define MSG_MAX		SZ_1M
#define MC_MAX		SZ_4K
#define RING_MAX	SZ_64M

/* ---- reading ----------------------------------------------------------- */

static u32 flag_of(u64 flags, u32 bit, u32 flag)
{
	return bit && flags & BIT_ULL(bit & 63) ? flag : 0;
}

static u32 read_flags(const struct orthros_packet_view *v, const struct orthros_packet_bits *b)
{
	return (v->flags & BIT_ULL(b->origdev & 63) ? ORTHROS_PACKET_ORIGDEV : 0) |
	       flag_of(v->flags, b->auxdata, ORTHROS_PACKET_AUXDATA) |
	       flag_of(v->flags, b->tx_has_off, ORTHROS_PACKET_TX_HAS_OFF) |
	       flag_of(v->flags, b->loss, ORTHROS_PACKET_LOSS) |
	       flag_of(v->flags, b->qdisc_bypass, ORTHROS_PACKET_QDISC_BYPASS) |
	       (v->xmit && v->xmit == b->direct_xmit ? ORTHROS_PACKET_QDISC_BYPASS : 0) |
	       (v->ignore_outgoing ? ORTHROS_PACKET_IGNORE_OUTGOING : 0);
}

static int read_mclist(struct orthros_image *img, struct orthros_writer *w, u64 addr)
{
	struct orthros_packet_mc_view v;
	struct orthros_packet_rec *rec;
	u32 left = MC_MAX;
	void *to;
	int err;

	for (; addr; addr = v.next) {
		if (!left--)
			return orthros_bad(-ELOOP, "packet socket: memberships do not end");
		err = orthros_read_rec(&img->src->mem, &orthros_table_packet_mc, addr, &v);
		if (err)
			return err;
		if (v.rec.count <= 0 || v.rec.count > SZ_64K || v.rec.alen > sizeof(v.rec.addr))
			return orthros_bad(-EUCLEAN, "packet socket: %d memberships of %u bytes",
					   v.rec.count, v.rec.alen);
		to = orthros_append(w, sizeof(v.rec));
		if (!to)
			return -ENOMEM;
		memcpy(to, &v.rec, sizeof(v.rec));
		rec = w->obj->rec;
		rec->nr_mc++;
	}
	return 0;
}

static u8 read_gso(const struct orthros_packet_bits *b, u32 type)
{
	u8 gso = 0;
	int i;

	for (i = 0; i < ORTHROS_PACKET_GSO_NR; i++)
		if (type & b->gso[i])
			gso |= BIT(i);
	return gso;
}

static int read_msg(struct orthros_image *img, struct orthros_writer *w, u64 addr,
		    const struct orthros_skb_view *skb)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_packet_msg_rec *msg;
	struct orthros_packet_skb_view v;
	struct orthros_packet_cb_view cb;
	struct orthros_packet_gso_view gso;
	struct orthros_packet_bits b;
	struct orthros_packet_rec *rec;
	int err;

	err = orthros_read_rec(mem, &orthros_table_packet_skb, addr, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_packet_cb, skb->cb, &cb);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_packet_gso, skb->head + skb->end, &gso);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_packet_bits, 0, &b);
	if (err)
		return err;
	if (skb->len > MSG_MAX || cb.halen > sizeof(cb.addr))
		return orthros_bad(-EUCLEAN, "packet of %u bytes", skb->len);
	msg = orthros_append(w, sizeof(*msg) + ALIGN(skb->len, 8));
	if (!msg)
		return -ENOMEM;
	rec = w->obj->rec;
	rec->nr_msgs++;
	*msg = (struct orthros_packet_msg_rec){
		.tstamp = skb->tstamp,
		.len = skb->len,
		.origlen = cb.origlen,
		.network = (s64)(skb->head + v.network - skb->data),
		.ifindex = cb.ifindex,
		.hatype = cb.hatype,
		.protocol = v.protocol,
		.vlan_proto = v.vlan ? v.vlan_proto : 0,
		.vlan_tci = v.vlan ? v.vlan_tci : 0,
		.pkttype = cb.pkttype,
		.halen = cb.halen,
		.ip_summed = v.ip_summed,
		.gso = gso.size ? read_gso(&b, gso.type) : 0,
		.gso_size = gso.size,
		.csum_start = v.ip_summed == CHECKSUM_PARTIAL ?
			      (s64)(skb->head + v.csum_start - skb->data) : 0,
		.csum_offset = v.csum_offset,
	};
	memcpy(msg->addr, cb.addr, sizeof(msg->addr));
	return orthros_read_payload(img, skb, 0, msg + 1, skb->len);
}

static int read_msgs(struct orthros_image *img, struct orthros_writer *w, u64 sock)
{
	struct orthros_skb_view skb;
	struct orthros_sk_view *sk;
	u32 left = MSGS_MAX;
	u64 addr;
	int err;

	sk = kmalloc(sizeof(*sk), GFP_KERNEL);
	if (!sk)
		return -ENOMEM;
	err = orthros_read_rec(&img->src->mem, &orthros_table_sk, sock, sk);
	for (addr = sk->receive_first; !err && addr != sk->receive_queue; addr = skb.next) {
		err = left-- ? 0 : orthros_bad(-ELOOP, "queue of packets does not end");
		if (!err)
			err = orthros_read_rec(&img->src->mem, &orthros_table_skb, addr, &skb);
		if (!err)
			err = read_msg(img, w, addr, &skb);
	}
	kfree(sk);
	return err;
}

static int read_fanout(const struct orthros_finder *who, struct orthros_packet_view *v,
		       const struct orthros_packet_bits *b, u64 addr)
{
	struct orthros_fanout_rec *rec = &v->rec.fanout;
	struct orthros_image *img = who->img;
	struct orthros_fanout_view f;
	u64 member = 0;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_packet_fanout, v->fanout, &f);
	if (err)
		return err;
	if (f.rec.type == PACKET_FANOUT_CBPF || f.rec.type == PACKET_FANOUT_EBPF) {
		/* The kernel has not kept what it was given. */
		if (f.filter)
			return orthros_refused(who, "PACKET_FANOUT_DATA");
		f.rec.next = 0;
	}
	if (!flag_of(v->flags, b->running, 1))
		return orthros_refused(who, "packet socket in a fanout group, its device down");
	if (f.nr > f.rec.max || f.rec.max > PACKET_FANOUT_MAX)
		return orthros_bad(-EUCLEAN, "fanout group of %u sockets", f.nr);
	*rec = f.rec;
	rec->group = v->fanout;
	for (; rec->place < f.nr && member != addr; rec->place++) {
		err = orthros_src_u64(img->src, f.members + rec->place * sizeof(u64), &member);
		if (err)
			return err;
	}
	if (member != addr)
		return img->frozen ? orthros_bad(-EUCLEAN, "packet socket is in no fanout group") :
				     -EAGAIN;
	rec->place--;
	return 0;
}

/* The program sees it, so it is there as a whole, whoever has which part. */
static int read_ring(const struct orthros_finder *who, struct orthros_packet_view *v, int nr)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_ring_rec *rec = &v->rec.ring[nr];
	struct orthros_ring_view ring, ring3;
	u32 freezes = rec->freezes;
	bool blocks = !nr && v->rec.tp_version == TPACKET_V3;
	u64 size;
	int err;

	err = orthros_read_rec(mem, &orthros_table_packet_ring, v->ring[nr], &ring);
	if (!err && blocks)
		err = orthros_read_rec(mem, &orthros_table_packet_ring3, v->ring[nr], &ring3);
	if (err)
		return err;
	if (!ring.blocks) {
		memset(rec, 0, sizeof(*rec));
		return 0;
	}
	*rec = ring.rec;
	rec->block_size = ring.pages * PAGE_SIZE;
	rec->frame_nr = ring.frame_max + 1;
	size = (u64)ring.pages * PAGE_SIZE * rec->block_nr;
	if (!size || rec->block_nr > RING_MAX / PAGE_SIZE || ring.pages > RING_MAX / PAGE_SIZE ||
	    size > RING_MAX)
		return orthros_refused(who, "packet socket with a ring of %llu bytes", size);
	if (!rec->frame_size || rec->frame_size > rec->block_size || rec->head >= rec->frame_nr)
		return who->img->frozen ?
		       orthros_bad(-EUCLEAN, "ring of frames of %u bytes", rec->frame_size) :
		       -EAGAIN;
	v->ring[nr] = ring.blocks;
	if (!blocks)
		return 0;
	rec->freezes = freezes;
	rec->retire = ring3.rec.retire;
	rec->priv = ring3.rec.priv;
	rec->features = ring3.rec.features;
	rec->active = ring3.rec.active;
	rec->last_active = ring3.rec.last_active;
	rec->frozen = ring3.rec.frozen;
	rec->seq = ring3.rec.seq;
	rec->start = rec->active;
	rec->next = ring3.next - ring3.start;
	rec->prev = ring3.prev - ring3.start;
	if (who->img->frozen && (rec->active >= rec->block_nr || rec->next > rec->block_size ||
				 rec->prev > rec->block_size))
		return orthros_bad(-EUCLEAN, "ring of blocks, in block %u", rec->active);
	return 0;
}

static int read_blocks(struct orthros_image *img, struct orthros_writer *w,
		       const struct orthros_packet_view *v, int nr)
{
	const struct orthros_ring_rec ring = v->rec.ring[nr];
	u64 block;
	u32 i;
	void *to;
	int err;

	for (i = 0; i < ring.block_nr; i++) {
		err = orthros_src_u64(img->src, v->ring[nr] + i * sizeof(u64), &block);
		if (err)
			return err;
		to = orthros_append(w, ring.block_size);
		if (!to)
			return -ENOMEM;
		err = orthros_src_read(img->src, block, to, ring.block_size);
		if (err)
			return err;
	}
	return 0;
}

/* Read a packet socket. */
static int packet_read(const struct orthros_finder *who, struct orthros_obj *sock, u64 addr)
{
	struct orthros_writer w = {
		.used = sizeof(struct orthros_packet_rec), .max = QUEUE_MAX,
	};
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_packet_bits b;
	struct orthros_packet_view v = {};
	struct orthros_packet_rec *rec;
	bool isnew;
	int i, err;

	BUILD_BUG_ON(sizeof(struct orthros_packet_msg_rec) % 8);
	BUILD_BUG_ON(sizeof(struct orthros_packet_rec) % 8);
	if (!IS_ENABLED(CONFIG_PACKET))
		return orthros_refused(who, "packet socket, of which the other kernel has none");
	err = orthros_read_rec(mem, &orthros_table_packet, addr, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_packet_bits, 0, &b);
	if (err)
		return err;
	v.rec.vnet_hdr = v.vnet_hdr ?: flag_of(v.flags, b.vnet_hdr, sizeof(struct virtio_net_hdr));
	if (v.rec.vnet_hdr > sizeof(struct virtio_net_hdr) && !PACKET_VNET_HDR_SZ)
		return orthros_refused(who, "PACKET_VNET_HDR_SZ, unknown to the other kernel");
	err = v.fanout ? read_fanout(who, &v, &b, addr) : 0;
	for (i = 0; !err && i < ARRAY_SIZE(v.ring); i++)
		err = read_ring(who, &v, i);
	if (err)
		return err;
	w.obj = orthros_obj_get(who->img, &packet_type, addr, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(w.obj) || !isnew)
		return PTR_ERR_OR_ZERO(w.obj);
	rec = w.obj->rec;
	*rec = v.rec;
	rec->version = ORTHROS_PACKET_VERSION;
	rec->flags = read_flags(&v, &b);
	err = read_mclist(who->img, &w, v.mclist);
	/* A running source receives while we look. */
	if (err || !who->img->frozen)
		return err;
	err = read_msgs(who->img, &w, addr);
	for (i = 0; !err && i < ARRAY_SIZE(v.ring); i++)
		err = read_blocks(who->img, &w, &v, i);
	return err;
}

static u64 ring_size(const struct orthros_ring_rec *ring)
{
	return (u64)ring->block_size * ring->block_nr;
}

/**
 * orthros_packet_ring_size() - what mmap() of a socket gives
 * @img:	image
 * @sock:	struct sock
 *
 * Return: bytes of its rings, 0 if it is no packet socket that has one.
 */
u64 orthros_packet_ring_size(struct orthros_image *img, u64 sock)
{
	struct orthros_obj *obj = orthros_obj_find(img, &packet_type, sock);
	const struct orthros_packet_rec *rec = obj ? obj->rec : NULL;

	return rec ? ring_size(&rec->ring[0]) + ring_size(&rec->ring[1]) : 0;
}

/* ---- building ---------------------------------------------------------- */

#ifdef CONFIG_PACKET
static int set_options(const struct orthros_packet_rec *rec, struct socket *sock)
{
	const struct {
		int name;
		s64 value;
	} opts[] = {
		{ rec->vnet_hdr > sizeof(struct virtio_net_hdr) ? PACKET_VNET_HDR_SZ :
								  PACKET_VNET_HDR, rec->vnet_hdr },
		{ PACKET_ORIGDEV, rec->flags & ORTHROS_PACKET_ORIGDEV },
		{ PACKET_AUXDATA, rec->flags & ORTHROS_PACKET_AUXDATA },
		{ PACKET_TX_HAS_OFF, rec->flags & ORTHROS_PACKET_TX_HAS_OFF },
		{ PACKET_LOSS, rec->flags & ORTHROS_PACKET_LOSS },
		{ PACKET_QDISC_BYPASS, rec->flags & ORTHROS_PACKET_QDISC_BYPASS },
		{ PACKET_IGNORE_OUTGOING, rec->flags & ORTHROS_PACKET_IGNORE_OUTGOING ? 1 : 0 },
		{ PACKET_COPY_THRESH, rec->copy_thresh },
		{ PACKET_VERSION, rec->tp_version },
		{ PACKET_RESERVE, rec->reserve },
		{ PACKET_TIMESTAMP, rec->tstamp },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(opts); i++) {
		if (!opts[i].value)
			continue;
		err = orthros_setsockopt_int(sock, SOL_PACKET, opts[i].name, opts[i].value);
		if (err)
			return orthros_fail(err, "packet socket: option %d", opts[i].name);
	}
	return 0;
}

static const u32 gso_types[ORTHROS_PACKET_GSO_NR] = {
	[ORTHROS_PACKET_GSO_TCPV4] = SKB_GSO_TCPV4,
	[ORTHROS_PACKET_GSO_TCPV6] = SKB_GSO_TCPV6,
	[ORTHROS_PACKET_GSO_TCP_ECN] = SKB_GSO_TCP_ECN,
	[ORTHROS_PACKET_GSO_UDP_L4] = SKB_GSO_UDP_L4,
};

/* What PACKET_VNET_HDR tells of it. */
static void set_offload(struct sk_buff *skb, const struct orthros_packet_msg_rec *msg)
{
	int i;

	if (msg->ip_summed == CHECKSUM_PARTIAL) {
		skb->csum_start = skb->data - skb->head + msg->csum_start;
		skb->csum_offset = msg->csum_offset;
	}
	if (!msg->gso_size)
		return;
	skb_shinfo(skb)->gso_size = msg->gso_size;
	for (i = 0; i < ORTHROS_PACKET_GSO_NR; i++)
		if (msg->gso & BIT(i))
			skb_shinfo(skb)->gso_type |= gso_types[i];
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(msg->len, msg->gso_size);
}

static int add_msg(struct sock *sk, const struct orthros_packet_msg_rec *msg)
{
	/* As packet_rcv() leaves it; it has a length where the family will be. */
	struct sockaddr_ll *ll;
	struct sk_buff *skb = alloc_skb(msg->len, GFP_KERNEL);

	if (!skb)
		return -ENOMEM;
	skb_put_data(skb, msg + 1, msg->len);
	/* A datagram has none before its data. */
	skb_reset_mac_header(skb);
	skb->network_header = skb->data - skb->head + msg->network;
	skb->protocol = (__force __be16)msg->protocol;
	skb->pkt_type = msg->pkttype;
	skb->ip_summed = msg->ip_summed;
	set_offload(skb, msg);
	skb->tstamp = msg->tstamp;
	if (msg->vlan_proto)
		__vlan_hwaccel_put_tag(skb, (__force __be16)msg->vlan_proto, msg->vlan_tci);
	ll = (void *)skb->cb;
	ll->sll_hatype = msg->hatype;
	ll->sll_pkttype = msg->pkttype;
	ll->sll_ifindex = msg->ifindex;
	ll->sll_halen = msg->halen;
	memcpy(ll->sll_addr, msg->addr, sizeof(msg->addr));
	memcpy(skb->cb, &msg->origlen, sizeof(msg->origlen));
	/* Limits were kept when it came. */
	skb_set_owner_r(skb, sk);
	skb_queue_tail(&sk->sk_receive_queue, skb);
	return 0;
}

static int make_ring(const struct orthros_packet_rec *rec, int nr, struct socket *sock)
{
	const struct orthros_ring_rec *ring = &rec->ring[nr];
	struct tpacket_req3 req = {
		.tp_block_size = ring->block_size, .tp_block_nr = ring->block_nr,
		.tp_frame_size = ring->frame_size, .tp_frame_nr = ring->frame_nr,
		.tp_retire_blk_tov = ring->retire, .tp_sizeof_priv = ring->priv,
		.tp_feature_req_word = ring->features,
	};

	if (!ring->block_nr)
		return 0;
	return orthros_setsockopt(sock, SOL_PACKET, nr ? PACKET_TX_RING : PACKET_RX_RING, &req,
				  rec->tp_version == TPACKET_V3 ? sizeof(req) :
								  sizeof(struct tpacket_req));
}

/* Frames that were on their way are gone, or have come. */
static void free_sending(const struct orthros_packet_rec *rec, void *frame)
{
	struct tpacket_hdr *h = frame;
	struct tpacket2_hdr *h2 = frame;
	struct tpacket3_hdr *h3 = frame;

	if (rec->tp_version == TPACKET_V1 && h->tp_status == TP_STATUS_SENDING)
		h->tp_status = TP_STATUS_AVAILABLE;
	else if (rec->tp_version == TPACKET_V2 && h2->tp_status == TP_STATUS_SENDING)
		h2->tp_status = TP_STATUS_AVAILABLE;
	else if (rec->tp_version == TPACKET_V3 && h3->tp_status == TP_STATUS_SENDING)
		h3->tp_status = TP_STATUS_AVAILABLE;
}

static void fill_ring(const struct orthros_packet_rec *rec, int nr, struct packet_sock *po,
		      const void *data)
{
	const struct orthros_ring_rec *ring = &rec->ring[nr];
	struct packet_ring_buffer *rb = nr ? &po->tx_ring : &po->rx_ring;
	struct tpacket_kbdq_core *pkc = &rb->prb_bdqc;
	u32 i, at;

	/* A timer looks at blocks. */
	spin_lock_bh(&po->sk.sk_receive_queue.lock);
	for (i = 0; i < ring->block_nr; i++, data += ring->block_size) {
		memcpy(rb->pg_vec[i].buffer, data, ring->block_size);
		for (at = 0; nr && at + ring->frame_size <= ring->block_size;
		     at += ring->frame_size)
			free_sending(rec, rb->pg_vec[i].buffer + at);
	}
	rb->head = ring->head;
	if (!nr && rec->tp_version == TPACKET_V3) {
		pkc->kactive_blk_num = ring->active;
		pkc->last_kactive_blk_num = ring->last_active;
		pkc->reset_pending_on_curr_blk = ring->frozen;
		pkc->knxt_seq_num = ring->seq;
		pkc->pkblk_start = rb->pg_vec[ring->start].buffer;
		pkc->pkblk_end = pkc->pkblk_start + ring->block_size;
		pkc->nxt_offset = pkc->pkblk_start + ring->next;
		pkc->prev = pkc->pkblk_start + ring->prev;
		po->stats.stats3.tp_freeze_q_cnt = ring->freezes;
	}
	spin_unlock_bh(&po->sk.sk_receive_queue.lock);
}

static int fill_queue(const struct orthros_obj *obj, struct sock *sk)
{
	const struct orthros_packet_rec *rec = obj->rec;
	const struct orthros_packet_mc_rec *mc = (const void *)(rec + 1);
	const void *at = mc + rec->nr_mc;
	int err = 0;
	u32 i;

	for (i = 0; i < rec->nr_msgs && !err; i++) {
		const struct orthros_packet_msg_rec *msg = at;

		at += sizeof(*msg) + ALIGN(msg->len, 8);
		err = add_msg(sk, msg);
	}
	for (i = 0; i < ARRAY_SIZE(rec->ring) && !err; i++) {
		fill_ring(rec, i, pkt_sk(sk), at);
		at += ring_size(&rec->ring[i]);
	}
	return err;
}

static int packet_build(struct orthros_image *img, struct orthros_obj *sobj, struct socket *sock)
{
	struct orthros_obj *obj = orthros_obj_find(img, &packet_type, sobj->src);
	int err;

	if (!obj)
		return -ENOENT;
	err = set_options(obj->rec, sock) ?: make_ring(obj->rec, 0, sock) ?:
	      make_ring(obj->rec, 1, sock) ?: fill_queue(obj, sock->sk);
	return err ? orthros_fail(err, "packet socket") : 0;
}

static int join(const struct orthros_packet_mc_rec *mc, struct socket *sock)
{
	/* struct packet_mreq, with room for longer addresses */
	struct {
		int ifindex;
		unsigned short type;
		unsigned short alen;
		unsigned char addr[32];
	} mreq = { .ifindex = mc->ifindex, .type = mc->type, .alen = mc->alen };
	int i, err = 0;

	memcpy(mreq.addr, mc->addr, sizeof(mreq.addr));
	for (i = 0; i < mc->count && !err; i++)
		err = orthros_setsockopt(sock, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq,
					 sizeof(mreq));
	return err;
}

static int bind_packet(const struct orthros_packet_rec *rec, struct socket *sock)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET, .sll_ifindex = rec->ifindex,
		.sll_protocol = (__force __be16)rec->protocol,
	};

	if (rec->ifindex >= 0 && (rec->ifindex || rec->protocol))
		return kernel_bind(sock, (struct sockaddr *)&ll, sizeof(ll));
	/* Its device has gone: it gets nothing, and says so. */
	if (rec->ifindex < 0) {
		pkt_sk(sock->sk)->ifindex = -1;
		pkt_sk(sock->sk)->num = (__force __be16)rec->protocol;
	}
	return 0;
}

static int tie_packet(const struct orthros_obj *obj, const struct orthros_sock_rec *srec,
		      struct socket *sock)
{
	const struct orthros_packet_rec *rec = obj->rec;
	const struct orthros_packet_mc_rec *mc = (const void *)(rec + 1);
	struct packet_sock *po = pkt_sk(sock->sk);
	u32 i;
	int err;

	err = bind_packet(rec, sock);
	for (i = 0; i < rec->nr_mc && !err; i++)
		err = join(&mc[i], sock);
	if (err)
		return orthros_fail(err, "packet socket of device %d", rec->ifindex);
	/* A device that is down makes it an error, which may have been told already. */
	sock->sk->sk_err = srec->error;
	spin_lock_bh(&sock->sk->sk_receive_queue.lock);
	po->stats.stats1.tp_packets += rec->packets;
	spin_unlock_bh(&sock->sk->sk_receive_queue.lock);
	atomic_add(rec->drops, &po->tp_drops);
	return 0;
}

static int join_fanout(const struct orthros_fanout_rec *rec, struct socket *sock)
{
	struct fanout_args args = {
		.id = rec->id, .type_flags = rec->type | rec->flags << 8,
		.max_num_members = rec->max,
	};
	struct packet_sock *po = pkt_sk(sock->sk);
	int err;

	err = orthros_setsockopt(sock, SOL_PACKET, PACKET_FANOUT, &args, sizeof(args));
	if (err)
		return orthros_fail(err, "packet socket: fanout group %u", rec->id);
	if (rec->type == PACKET_FANOUT_LB)
		atomic_set(&po->fanout->rr_cur, rec->next);
	return 0;
}

/* In the order of their places: who gets which packet does not change. */
static int tie_fanouts(struct orthros_image *img)
{
	struct orthros_packet_rec *rec;
	struct orthros_obj *obj, *sobj;
	u32 place, next;
	int err;

	for (place = 0; place != U32_MAX; place = next) {
		next = U32_MAX;
		orthros_for_each_obj(obj, img, &packet_type) {
			rec = obj->rec;
			sobj = orthros_obj_find(img, &orthros_sock_type, obj->src);
			if (!rec->fanout.group || !sobj || !sobj->dst)
				continue;
			if (rec->fanout.place > place)
				next = min(next, rec->fanout.place);
			if (rec->fanout.place != place)
				continue;
			err = join_fanout(&rec->fanout, sobj->dst);
			if (err)
				return err;
		}
	}
	return 0;
}

static int tie_packets(struct orthros_image *img)
{
	struct orthros_obj *obj, *sobj;
	int err;

	orthros_for_each_obj(obj, img, &packet_type) {
		sobj = orthros_obj_find(img, &orthros_sock_type, obj->src);
		if (!sobj || !sobj->dst)
			continue;
		err = tie_packet(obj, sobj->rec, sobj->dst);
		if (err)
			return err;
	}
	return tie_fanouts(img);
}
#endif /* CONFIG_PACKET */

static const struct orthros_sock_ops packet_sock_ops = {
	.family	= AF_PACKET,
	.read	= packet_read,
#ifdef CONFIG_PACKET
	.build	= packet_build,
#endif
};

static const struct orthros_mark packet_marks[] = {
	{ ORTHROS_MARK_SOCK, "packet_ops", "packet socket", &packet_sock_ops },
	{}
};

const struct orthros_kind orthros_packet_kind = {
	.name	= "packet socket",
	.tables	= ORTHROS_TABLES(&orthros_table_packet_bits, &orthros_table_packet,
				 &orthros_table_packet_mc, &orthros_table_packet_skb,
				 &orthros_table_packet_cb, &orthros_table_packet_gso,
				 &orthros_table_packet_fanout, &orthros_table_packet_ring,
				 &orthros_table_packet_ring3),
	.marks	= packet_marks,
#ifdef CONFIG_PACKET
	.tie	= tie_packets,
#endif
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of packet sockets. A kernel may be built without them.
 */
#include "packet_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define BIT(f, name) ORTHROS_ROW(struct orthros_packet_bits, f, ENUM, OPT, "PACKET_SOCK_" name)

static struct orthros_row packet_bits_rows[] = {
	BIT(origdev, "ORIGDEV"),
	BIT(auxdata, "AUXDATA"),
	BIT(tx_has_off, "TX_HAS_OFF"),
	BIT(loss, "TP_LOSS"),
	BIT(qdisc_bypass, "QDISC_BYPASS"),
	BIT(vnet_hdr, "HAS_VNET_HDR"),
	BIT(running, "RUNNING"),
	ORTHROS_ROW(struct orthros_packet_bits, gso[ORTHROS_PACKET_GSO_TCPV4], ENUM, 0,
		    "SKB_GSO_TCPV4"),
	ORTHROS_ROW(struct orthros_packet_bits, gso[ORTHROS_PACKET_GSO_TCPV6], ENUM, 0,
		    "SKB_GSO_TCPV6"),
	ORTHROS_ROW(struct orthros_packet_bits, gso[ORTHROS_PACKET_GSO_TCP_ECN], ENUM, 0,
		    "SKB_GSO_TCP_ECN"),
	ORTHROS_ROW(struct orthros_packet_bits, gso[ORTHROS_PACKET_GSO_UDP_L4], ENUM, 0,
		    "SKB_GSO_UDP_L4"),
	ORTHROS_ROW(struct orthros_packet_bits, direct_xmit, SYM, OPT, "packet_direct_xmit"),
};

ORTHROS_TABLE(packet_bits, struct orthros_packet_bits);

#define P(f, ...) ORTHROS_ROW(struct orthros_packet_view, f, VALUE, OPT, __VA_ARGS__)

static struct orthros_row packet_rows[] = {
	P(rec.ifindex, "packet_sock.ifindex"),
	P(rec.protocol, "packet_sock.num"),
	P(rec.copy_thresh, "packet_sock.copy_thresh"),
	P(rec.tp_version, "packet_sock.tp_version"),
	P(rec.reserve, "packet_sock.tp_reserve"),
	P(rec.tstamp, "packet_sock.tp_tstamp"),
	P(rec.packets, "packet_sock.stats.stats1.tp_packets"),
	P(rec.drops, "packet_sock.tp_drops.counter"),
	P(flags, "packet_sock.flags"),
	P(xmit, "packet_sock.xmit"),
	P(fanout, "packet_sock.fanout"),
	P(rec.ring[0].freezes, "packet_sock.stats.stats3.tp_freeze_q_cnt"),
	ORTHROS_ROW(struct orthros_packet_view, ring[0], ADDR, OPT, "packet_sock.rx_ring"),
	ORTHROS_ROW(struct orthros_packet_view, ring[1], ADDR, OPT, "packet_sock.tx_ring"),
	P(mclist, "packet_sock.mclist"),
	P(vnet_hdr, "packet_sock.vnet_hdr_sz"),
	P(ignore_outgoing, "packet_sock.prot_hook.ignore_outgoing"),
};

ORTHROS_TABLE(packet, struct orthros_packet_view);

#define MC(f, k, path) \
	ORTHROS_ROW(struct orthros_packet_mc_view, f, k, OPT, "packet_mclist." path)

static struct orthros_row packet_mc_rows[] = {
	MC(rec.ifindex, VALUE, "ifindex"),
	MC(rec.count, VALUE, "count"),
	MC(rec.type, VALUE, "type"),
	MC(rec.alen, VALUE, "alen"),
	MC(rec.addr, BYTES, "addr"),
	MC(next, VALUE, "next"),
};

ORTHROS_TABLE(packet_mc, struct orthros_packet_mc_view);

#define SKB(f, ...) ORTHROS_ROW(struct orthros_packet_skb_view, f, VALUE, 0, __VA_ARGS__)

/* That there is a tag was a bit of its own until v6.2. */
static struct orthros_row packet_skb_rows[] = {
	SKB(network, "sk_buff.network_header"),
	SKB(protocol, "sk_buff.protocol"),
	SKB(vlan_proto, "sk_buff.vlan_proto"),
	SKB(vlan_tci, "sk_buff.vlan_tci"),
	SKB(vlan, "sk_buff.vlan_present", "sk_buff.vlan_proto"),
	SKB(ip_summed, "sk_buff.ip_summed"),
	SKB(csum_start, "sk_buff.csum_start"),
	SKB(csum_offset, "sk_buff.csum_offset"),
};

ORTHROS_TABLE(packet_skb, struct orthros_packet_skb_view);

static struct orthros_row packet_gso_rows[] = {
	ORTHROS_ROW(struct orthros_packet_gso_view, type, VALUE, 0, "skb_shared_info.gso_type"),
	ORTHROS_ROW(struct orthros_packet_gso_view, size, VALUE, 0, "skb_shared_info.gso_size"),
};

ORTHROS_TABLE(packet_gso, struct orthros_packet_gso_view);

#define RING(f, path) \
	ORTHROS_ROW(struct orthros_ring_view, f, VALUE, OPT, "packet_ring_buffer." path)

static struct orthros_row packet_ring_rows[] = {
	RING(blocks, "pg_vec"),
	RING(pages, "pg_vec_pages"),
	RING(rec.block_nr, "pg_vec_len"),
	RING(rec.frame_size, "frame_size"),
	RING(frame_max, "frame_max"),
	RING(rec.head, "head"),
};

ORTHROS_TABLE(packet_ring, struct orthros_ring_view);

/* Of blocks: what else there is. */
static struct orthros_row packet_ring3_rows[] = {
	RING(rec.retire, "prb_bdqc.retire_blk_tov"),
	RING(rec.priv, "prb_bdqc.blk_sizeof_priv"),
	RING(rec.features, "prb_bdqc.feature_req_word"),
	RING(rec.active, "prb_bdqc.kactive_blk_num"),
	RING(rec.last_active, "prb_bdqc.last_kactive_blk_num"),
	RING(rec.frozen, "prb_bdqc.reset_pending_on_curr_blk"),
	RING(rec.seq, "prb_bdqc.knxt_seq_num"),
	RING(start, "prb_bdqc.pkblk_start"),
	RING(next, "prb_bdqc.nxt_offset"),
	RING(prev, "prb_bdqc.prev"),
};

ORTHROS_TABLE(packet_ring3, struct orthros_ring_view);

#define FAN(f, k, path) \
	ORTHROS_ROW(struct orthros_fanout_view, f, k, OPT, "packet_fanout." path)

static struct orthros_row packet_fanout_rows[] = {
	FAN(rec.id, VALUE, "id"),
	FAN(rec.type, VALUE, "type"),
	FAN(rec.flags, VALUE, "flags"),
	FAN(rec.max, VALUE, "max_num_members"),
	FAN(rec.next, VALUE, "rr_cur.counter"),
	FAN(filter, VALUE, "bpf_prog"),
	FAN(members, ADDR, "arr"),
	FAN(nr, VALUE, "num_members"),
};

ORTHROS_TABLE(packet_fanout, struct orthros_fanout_view);

#define CB(f, k, path) \
	ORTHROS_ROW(struct orthros_packet_cb_view, f, k, OPT, "packet_skb_cb.sa." path)

static struct orthros_row packet_cb_rows[] = {
	CB(origlen, VALUE, "origlen"),
	CB(ifindex, VALUE, "ll.sll_ifindex"),
	CB(hatype, VALUE, "ll.sll_hatype"),
	CB(pkttype, VALUE, "ll.sll_pkttype"),
	CB(halen, VALUE, "ll.sll_halen"),
	CB(addr, BYTES, "ll.sll_addr"),
};

ORTHROS_TABLE(packet_cb, struct orthros_packet_cb_view);

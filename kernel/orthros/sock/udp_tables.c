// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of UDP sockets.
 */
#include "udp_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define UDP(f, k, flg, ...) ORTHROS_ROW(struct orthros_udp_view, f, k, flg, __VA_ARGS__)

static struct orthros_row udp_rows[] = {
	UDP(reader_queue, ADDR, 0, "udp_sock.reader_queue"),
	UDP(reader_first, VALUE, 0, "udp_sock.reader_queue.next"),
	UDP(flags, VALUE, 0, "udp_sock.udp_flags"),
	UDP(pending, VALUE, 0, "udp_sock.pending"),
	UDP(gso_size, VALUE, 0, "udp_sock.gso_size"),
	UDP(encap, VALUE, 0, "udp_sock.encap_type"),
};

ORTHROS_TABLE(udp, struct orthros_udp_view);

#define BITS(f, k, flg, ...) ORTHROS_ROW(struct orthros_udp_bits, f, k, flg, __VA_ARGS__)

static struct orthros_row udp_bits_rows[] = {
	BITS(cork, ENUM, 0, "UDP_FLAGS_CORK"),
	BITS(no_check6_tx, ENUM, 0, "UDP_FLAGS_NO_CHECK6_TX"),
	BITS(no_check6_rx, ENUM, 0, "UDP_FLAGS_NO_CHECK6_RX"),
	BITS(gro, ENUM, 0, "UDP_FLAGS_GRO_ENABLED"),
};

ORTHROS_TABLE(udp_bits, struct orthros_udp_bits);

#define SKB(f, k, ...) ORTHROS_ROW(struct orthros_udp_skb_view, f, k, 0, __VA_ARGS__)

static struct orthros_row udp_skb_rows[] = {
	SKB(head, VALUE, "sk_buff.head"),
	SKB(cb, ADDR, "sk_buff.cb"),
	SKB(network, VALUE, "sk_buff.network_header"),
	SKB(transport, VALUE, "sk_buff.transport_header"),
	SKB(protocol, VALUE, "sk_buff.protocol"),
	SKB(end, VALUE, "sk_buff.end"),
	SKB(mark, VALUE, "sk_buff.mark"),
};

ORTHROS_TABLE(udp_skb, struct orthros_udp_skb_view);

#define GSO(f, k, ...) ORTHROS_ROW(struct orthros_udp_gso_view, f, k, 0, __VA_ARGS__)

static struct orthros_row udp_gso_rows[] = {
	GSO(type, VALUE, "skb_shared_info.gso_type"),
	GSO(bit, ENUM, "SKB_GSO_UDP_L4"),
	GSO(size, VALUE, "skb_shared_info.gso_size"),
};

ORTHROS_TABLE(udp_gso, struct orthros_udp_gso_view);

static struct orthros_row ip_cb_rows[] = {
	ORTHROS_ROW(struct orthros_ip_cb_view, iif6, VALUE, OPT, "inet6_skb_parm.iif"),
};

ORTHROS_TABLE(ip_cb, struct orthros_ip_cb_view);

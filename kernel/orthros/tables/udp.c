// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of UDP sockets.
 */
#include "udp.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define UDP(f, k, flg, ...) ORTHROS_ROW(struct orthros_udp_view, f, k, flg, __VA_ARGS__)

/* The bit fields became bits of inet_flags in v6.7. */
static struct orthros_row udp_rows[] = {
	UDP(reader_queue, ADDR, 0, "udp_sock.reader_queue"),
	UDP(reader_first, VALUE, 0, "udp_sock.reader_queue.next"),
	UDP(flags, VALUE, 0, "udp_sock.udp_flags"),
	UDP(pinet6, VALUE, OPT, "udp_sock.inet.pinet6"),
	UDP(inet_flags, VALUE, OPT, "udp_sock.inet.inet_flags"),
	UDP(has_flags, SIZEOF, OPT, "inet_sock.inet_flags"),
	UDP(cmsg_flags, VALUE, OPT, "udp_sock.inet.cmsg_flags"),
	UDP(pending, VALUE, 0, "udp_sock.pending"),
	UDP(mc_index, VALUE, 0, "udp_sock.inet.mc_index"),
	UDP(uc_index, VALUE, 0, "udp_sock.inet.uc_index"),
	UDP(mc_addr, VALUE, 0, "udp_sock.inet.mc_addr"),
	UDP(gso_size, VALUE, 0, "udp_sock.gso_size"),
	UDP(encap, VALUE, 0, "udp_sock.encap_type"),
	UDP(no_check, VALUE, 0, "udp_sock.inet.sk.sk_no_check_tx"),
	UDP(mc_ttl, VALUE, 0, "udp_sock.inet.mc_ttl"),
	UDP(recverr, VALUE, OPT, "udp_sock.inet.recverr"),
	UDP(mc_loop, VALUE, OPT, "udp_sock.inet.mc_loop"),
	UDP(mc_all, VALUE, OPT, "udp_sock.inet.mc_all"),
};

ORTHROS_TABLE(udp, struct orthros_udp_view);

#define UDP6(f, ...) ORTHROS_ROW(struct orthros_udp6_view, f, VALUE, OPT, __VA_ARGS__)

static struct orthros_row udp6_rows[] = {
	UDP6(mcast_oif, "ipv6_pinfo.mcast_oif"),
	UDP6(ucast_oif, "ipv6_pinfo.ucast_oif"),
	UDP6(mcast_hops, "ipv6_pinfo.mcast_hops"),
	UDP6(rxinfo, "ipv6_pinfo.rxopt.bits.rxinfo"),
	UDP6(rxhlim, "ipv6_pinfo.rxopt.bits.rxhlim"),
	UDP6(rxtclass, "ipv6_pinfo.rxopt.bits.rxtclass"),
	UDP6(other, "ipv6_pinfo.rxopt.bits.rxorigdstaddr"),
	UDP6(recverr, "ipv6_pinfo.recverr"),
	UDP6(mc_loop, "ipv6_pinfo.mc_loop"),
	UDP6(mc_all, "ipv6_pinfo.mc_all"),
};

ORTHROS_TABLE(udp6, struct orthros_udp6_view);

#define BITS(f, k, flg, ...) ORTHROS_ROW(struct orthros_udp_bits, f, k, flg, __VA_ARGS__)

static struct orthros_row udp_bits_rows[] = {
	BITS(cork, ENUM, 0, "UDP_FLAGS_CORK"),
	BITS(no_check6_tx, ENUM, 0, "UDP_FLAGS_NO_CHECK6_TX"),
	BITS(no_check6_rx, ENUM, 0, "UDP_FLAGS_NO_CHECK6_RX"),
	BITS(gro, ENUM, 0, "UDP_FLAGS_GRO_ENABLED"),
	BITS(m_pktinfo, CONST, 0, "IP_CMSG_PKTINFO"),
	BITS(m_ttl, CONST, 0, "IP_CMSG_TTL"),
	BITS(m_tos, CONST, 0, "IP_CMSG_TOS"),
	BITS(m_other, CONST, 0, "IP_CMSG_RECVOPTS"),
	BITS(m_origdst, CONST, 0, "IP_CMSG_ORIGDSTADDR"),
	BITS(m_checksum, CONST, 0, "IP_CMSG_CHECKSUM"),
	BITS(m_fragsize, CONST, 0, "IP_CMSG_RECVFRAGSIZE"),
	BITS(recverr, ENUM, OPT, "INET_FLAGS_RECVERR"),
	BITS(mc_loop, ENUM, OPT, "INET_FLAGS_MC_LOOP"),
	BITS(mc_all, ENUM, OPT, "INET_FLAGS_MC_ALL"),
	BITS(recverr6, ENUM, OPT, "INET_FLAGS_RECVERR6"),
	BITS(mc_loop6, ENUM, OPT, "INET_FLAGS_MC6_LOOP"),
	BITS(mc_all6, ENUM, OPT, "INET_FLAGS_MC6_ALL"),
};

ORTHROS_TABLE(udp_bits, struct orthros_udp_bits);

#define SKB(f, k, ...) ORTHROS_ROW(struct orthros_udp_skb_view, f, k, 0, __VA_ARGS__)

static struct orthros_row udp_skb_rows[] = {
	SKB(head, VALUE, "sk_buff.head"),
	SKB(cb, ADDR, "sk_buff.cb"),
	SKB(network, VALUE, "sk_buff.network_header"),
	SKB(transport, VALUE, "sk_buff.transport_header"),
	SKB(protocol, VALUE, "sk_buff.protocol"),
};

ORTHROS_TABLE(udp_skb, struct orthros_udp_skb_view);

static struct orthros_row ip_cb_rows[] = {
	ORTHROS_ROW(struct orthros_ip_cb_view, iif6, VALUE, OPT, "inet6_skb_parm.iif"),
};

ORTHROS_TABLE(ip_cb, struct orthros_ip_cb_view);

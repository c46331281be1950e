// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of socket options that are set again one by one.
 *
 * Single members of IPv4's and IPv6's sockets became bits of inet_flags in
 * v6.7: for these there is a row here and one in sock_opt_bits.
 */
#include "opt_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define VAL(opt, ...) \
	ORTHROS_ROW(struct orthros_opt_view, val[ORTHROS_OPT_##opt], VALUE, OPT, __VA_ARGS__)
#define BIT(opt, name) \
	ORTHROS_ROW(struct orthros_opt_bits, bit[ORTHROS_OPT_##opt], ENUM, OPT, \
		    "INET_FLAGS_" name)
#define MASK(opt, name) \
	ORTHROS_ROW(struct orthros_opt_bits, mask[ORTHROS_OPT_##opt], CONST, 0, name)

static struct orthros_row sock_opt_sk_rows[] = {
	VAL(NO_CHECK, "sock.sk_no_check_tx"),
	VAL(BUSY_POLL, "sock.sk_ll_usec"),
	VAL(PREFER_BUSY_POLL, "sock.sk_prefer_busy_poll"),
	VAL(BUSY_POLL_BUDGET, "sock.sk_busy_poll_budget"),
	VAL(MAX_PACING_RATE, "sock.sk_max_pacing_rate"),
	VAL(INCOMING_CPU, "sock.__sk_common.skc_incoming_cpu"),
	VAL(TXREHASH, "sock.sk_txrehash"),
	VAL(TIMESTAMPING, "sock.sk_tsflags"),
	VAL(TSKEY, "sock.sk_tskey.counter"),
	VAL(ZCKEY, "sock.sk_zckey.counter"),
	VAL(RESERVE_MEM, "sock.sk_reserved_mem"),
	VAL(TXTIME_CLOCK, "sock.sk_clockid"),
	VAL(TXTIME_DEADLINE, "sock.sk_txtime_deadline_mode"),
	VAL(TXTIME_ERRORS, "sock.sk_txtime_report_errors"),
};

ORTHROS_TABLE(sock_opt_sk, struct orthros_opt_view);

static struct orthros_row sock_opt_inet_rows[] = {
	VAL(RECVERR, "inet_sock.recverr"),
	VAL(RECVERR_RFC4884, "inet_sock.recverr_rfc4884"),
	VAL(MC_LOOP, "inet_sock.mc_loop"),
	VAL(MC_ALL, "inet_sock.mc_all"),
	VAL(NODEFRAG, "inet_sock.nodefrag"),
	VAL(HDRINCL, "inet_sock.hdrincl"),
	VAL(MC_TTL, "inet_sock.mc_ttl"),
	VAL(UNICAST_IF, "inet_sock.uc_index"),
};

ORTHROS_TABLE(sock_opt_inet, struct orthros_opt_view);

#define NP "ipv6_pinfo."

static struct orthros_row sock_opt_inet6_rows[] = {
	VAL(RECVPKTINFO6, NP "rxopt.bits.rxinfo"),
	VAL(OLD_PKTINFO6, NP "rxopt.bits.rxoinfo"),
	VAL(RECVHOPLIMIT6, NP "rxopt.bits.rxhlim"),
	VAL(OLD_HOPLIMIT6, NP "rxopt.bits.rxohlim"),
	VAL(RECVRTHDR6, NP "rxopt.bits.srcrt"),
	VAL(OLD_RTHDR6, NP "rxopt.bits.osrcrt"),
	VAL(RECVHOPOPTS6, NP "rxopt.bits.hopopts"),
	VAL(OLD_HOPOPTS6, NP "rxopt.bits.ohopopts"),
	VAL(RECVDSTOPTS6, NP "rxopt.bits.dstopts"),
	VAL(OLD_DSTOPTS6, NP "rxopt.bits.odstopts"),
	VAL(FLOWINFO6, NP "rxopt.bits.rxflow"),
	VAL(RECVTCLASS6, NP "rxopt.bits.rxtclass"),
	VAL(RECVPATHMTU6, NP "rxopt.bits.rxpmtu"),
	VAL(ORIGDSTADDR6, NP "rxopt.bits.rxorigdstaddr"),
	VAL(RECVFRAGSIZE6, NP "rxopt.bits.recvfragsize"),
	VAL(RECVERR6, NP "recverr"),
	VAL(RFC4884_6, NP "recverr_rfc4884"),
	VAL(MC_LOOP6, NP "mc_loop"),
	VAL(MC_ALL6, NP "mc_all"),
	VAL(FLOWINFO_SEND6, NP "sndflow"),
	VAL(DONTFRAG6, NP "dontfrag"),
	VAL(RTALERT_ISOLATE6, NP "rtalert_isolate"),
	VAL(AUTOFLOWLABEL6, NP "autoflowlabel"),
	VAL(AUTOFLOWLABEL_SET6, NP "autoflowlabel_set"),
	VAL(MC_HOPS6, NP "mcast_hops"),
	VAL(UNICAST_IF6, NP "ucast_oif"),
	VAL(MC_IF6, NP "mcast_oif"),
	VAL(FRAG_SIZE6, NP "frag_size"),
	VAL(SRCPREFS6, NP "srcprefs"),
	VAL(MIN_HOPCOUNT6, NP "min_hopcount"),
};

ORTHROS_TABLE(sock_opt_inet6, struct orthros_opt_view);

static struct orthros_row sock_opt_tcp_rows[] = {
	VAL(TCP_SAVE_SYN, "tcp_sock.save_syn"),
	VAL(TCP_INQ, "tcp_sock.recvmsg_inq"),
	VAL(TCP_TX_DELAY, "tcp_sock.tcp_tx_delay"),
	VAL(TCP_FASTOPEN_CONNECT, "tcp_sock.fastopen_connect"),
	VAL(TCP_FASTOPEN_NO_COOKIE, "tcp_sock.fastopen_no_cookie"),
};

ORTHROS_TABLE(sock_opt_tcp, struct orthros_opt_view);

static struct orthros_row sock_opt_bits_rows[] = {
	MASK(PKTINFO, "IP_CMSG_PKTINFO"),
	MASK(RECVTTL, "IP_CMSG_TTL"),
	MASK(RECVTOS, "IP_CMSG_TOS"),
	MASK(RECVOPTS, "IP_CMSG_RECVOPTS"),
	MASK(RETOPTS, "IP_CMSG_RETOPTS"),
	MASK(PASSSEC, "IP_CMSG_PASSSEC"),
	MASK(ORIGDSTADDR, "IP_CMSG_ORIGDSTADDR"),
	MASK(CHECKSUM, "IP_CMSG_CHECKSUM"),
	MASK(RECVFRAGSIZE, "IP_CMSG_RECVFRAGSIZE"),
	BIT(RECVERR, "RECVERR"),
	BIT(RECVERR_RFC4884, "RECVERR_RFC4884"),
	BIT(MC_LOOP, "MC_LOOP"),
	BIT(MC_ALL, "MC_ALL"),
	BIT(NODEFRAG, "NODEFRAG"),
	BIT(HDRINCL, "HDRINCL"),
	BIT(RECVERR6, "RECVERR6"),
	BIT(RFC4884_6, "RECVERR6_RFC4884"),
	BIT(MC_LOOP6, "MC6_LOOP"),
	BIT(MC_ALL6, "MC6_ALL"),
	BIT(FLOWINFO_SEND6, "SNDFLOW"),
	BIT(DONTFRAG6, "DONTFRAG"),
	BIT(RTALERT_ISOLATE6, "RTALERT_ISOLATE"),
	BIT(AUTOFLOWLABEL6, "AUTOFLOWLABEL"),
	BIT(AUTOFLOWLABEL_SET6, "AUTOFLOWLABEL_SET"),
};

ORTHROS_TABLE(sock_opt_bits, struct orthros_opt_bits);

#define INET(f, k, ...) ORTHROS_ROW(struct orthros_opt_inet, f, k, __VA_ARGS__)

static struct orthros_row sock_opt_more_rows[] = {
	INET(flags, VALUE, OPT, "inet_sock.inet_flags"),
	INET(has_flags, SIZEOF, OPT, "inet_sock.inet_flags"),
	INET(cmsg_flags, VALUE, OPT, "inet_sock.cmsg_flags"),
	INET(mc_addr, VALUE, 0, "inet_sock.mc_addr"),
	INET(mc_index, VALUE, 0, "inet_sock.mc_index"),
	/* A pair of numbers before v6.8, and one that is laid out alike since. */
	INET(port_range, BYTES, OPT, "inet_sock.local_port_range"),
	/* In ipv6_pinfo until an update of v6.12. */
	INET(fl_list, VALUE, OPT, "inet_sock.ipv6_fl_list"),
};

ORTHROS_TABLE(sock_opt_more, struct orthros_opt_inet);

#define INET6(f, k, ...) ORTHROS_ROW(struct orthros_opt_inet6, f, k, OPT, __VA_ARGS__)

static struct orthros_row sock_opt_more6_rows[] = {
	INET6(ac_list, VALUE, NP "ipv6_ac_list"),
	INET6(fl_list, VALUE, NP "ipv6_fl_list"),
	INET6(repflow, VALUE, NP "repflow"),
	INET6(repflow_bit, ENUM, "INET_FLAGS_REPFLOW"),
	INET6(pktinfo, BYTES, NP "sticky_pktinfo"),
};

ORTHROS_TABLE(sock_opt_more6, struct orthros_opt_inet6);

static struct orthros_row fl_socklist_rows[] = {
	ORTHROS_ROW(struct orthros_fl_view, next, VALUE, OPT, "ipv6_fl_socklist.next"),
	ORTHROS_ROW(struct orthros_fl_view, fl, VALUE, OPT, "ipv6_fl_socklist.fl"),
};

ORTHROS_TABLE(fl_socklist, struct orthros_fl_view);

#define FL(f, k, flg, name) \
	ORTHROS_ROW(struct orthros_flowlabel_view, f, k, OPT | (flg), "ip6_flowlabel." name)

static struct orthros_row flowlabel_rows[] = {
	FL(rec.label, VALUE, 0, "label"),
	FL(rec.share, VALUE, 0, "share"),
	FL(rec.dst, BYTES, 0, "dst"),
	FL(opt, VALUE, 0, "opt"),
	FL(linger, VALUE, 0, "linger"),
	FL(expires, VALUE, 0, "expires"),
	FL(owner, VALUE, 0, "owner.pid"),
};

ORTHROS_TABLE(flowlabel, struct orthros_flowlabel_view);

static struct orthros_row sk_filter_rows[] = {
	ORTHROS_ROW(struct orthros_sk_filter_view, filter, VALUE, 0, "sock.sk_filter"),
	ORTHROS_ROW(struct orthros_sk_filter_view, group, VALUE, 0, "sock.sk_reuseport_cb"),
	ORTHROS_ROW(struct orthros_sk_filter_view, prog, VALUE, ORTHROS_ROW_NULLABLE,
		    "sock.sk_filter->prog"),
	ORTHROS_ROW(struct orthros_sk_filter_view, reuseport, VALUE, ORTHROS_ROW_NULLABLE,
		    "sock.sk_reuseport_cb->prog"),
};

ORTHROS_TABLE(sk_filter, struct orthros_sk_filter_view);

static struct orthros_row bpf_prog_rows[] = {
	ORTHROS_ROW(struct orthros_bpf_prog_view, insns, VALUE, ORTHROS_ROW_NULLABLE,
		    "bpf_prog.orig_prog->filter"),
	ORTHROS_ROW(struct orthros_bpf_prog_view, len, VALUE, ORTHROS_ROW_NULLABLE,
		    "bpf_prog.orig_prog->len"),
};

ORTHROS_TABLE(bpf_prog, struct orthros_bpf_prog_view);

#define MC(f, k, ...) \
	ORTHROS_ROW(struct orthros_mcast_view, f, k, OPT | ORTHROS_ROW_NULLABLE, __VA_ARGS__)

static struct orthros_row mcast4_rows[] = {
	MC(next, VALUE, "ip_mc_socklist.next_rcu"),
	MC(group, BYTES, "ip_mc_socklist.multi.imr_multiaddr"),
	MC(addr, BYTES, "ip_mc_socklist.multi.imr_address"),
	MC(ifindex, VALUE, "ip_mc_socklist.multi.imr_ifindex"),
	MC(mode, VALUE, "ip_mc_socklist.sfmode"),
	MC(list, VALUE, "ip_mc_socklist.sflist"),
	MC(count, VALUE, "ip_mc_socklist.sflist->sl_count"),
	MC(sources, ADDR, "ip_mc_socklist.sflist->sl_addr"),
};

ORTHROS_TABLE(mcast4, struct orthros_mcast_view);

static struct orthros_row mcast6_rows[] = {
	MC(next, VALUE, "ipv6_mc_socklist.next"),
	MC(group, BYTES, "ipv6_mc_socklist.addr"),
	MC(ifindex, VALUE, "ipv6_mc_socklist.ifindex"),
	MC(mode, VALUE, "ipv6_mc_socklist.sfmode"),
	MC(list, VALUE, "ipv6_mc_socklist.sflist"),
	MC(count, VALUE, "ipv6_mc_socklist.sflist->sl_count"),
	MC(sources, ADDR, "ipv6_mc_socklist.sflist->sl_addr"),
};

ORTHROS_TABLE(mcast6, struct orthros_mcast_view);

#define SYN(f, k, name) \
	ORTHROS_ROW(struct orthros_saved_syn_view, f, k, 0, "saved_syn." name)

static struct orthros_row saved_syn_rows[] = {
	SYN(data, ADDR, "data"),
	SYN(mac, VALUE, "mac_hdrlen"),
	SYN(network, VALUE, "network_hdrlen"),
	SYN(tcp, VALUE, "tcp_hdrlen"),
};

ORTHROS_TABLE(saved_syn, struct orthros_saved_syn_view);

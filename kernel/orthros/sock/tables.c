// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of sockets and network devices.
 */
#include "tables.h"

#define SOCKET(f, k, flg, ...) ORTHROS_ROW(struct orthros_socket_view, f, k, flg, __VA_ARGS__)

static struct orthros_row socket_rows[] = {
	SOCKET(sk, VALUE, 0, "socket.sk"),
	SOCKET(ops, VALUE, 0, "socket.ops"),
	SOCKET(file, VALUE, 0, "socket.file"),
	SOCKET(flags, VALUE, 0, "socket.flags"),
	SOCKET(bit_passcred, CONST, 0, "SOCK_PASSCRED"),
	SOCKET(bit_passsec, CONST, 0, "SOCK_PASSSEC"),
	SOCKET(bit_passpidfd, CONST, ORTHROS_ROW_OPTIONAL, "SOCK_PASSPIDFD"),
	SOCKET(type, VALUE, 0, "socket.type"),
	SOCKET(state, VALUE, 0, "socket.state"),
};

ORTHROS_TABLE(socket, struct orthros_socket_view);

#define SK(f, k, flg, ...) ORTHROS_ROW(struct orthros_sk_view, f, k, flg, __VA_ARGS__)

static struct orthros_row sk_rows[] = {
	SK(net, VALUE, 0, "sock.__sk_common.skc_net.net"),
	SK(socket, VALUE, 0, "sock.sk_socket"),
	SK(flags, VALUE, 0, "sock.__sk_common.skc_flags"),
	SK(user_data, VALUE, 0, "sock.sk_user_data"),
	SK(receive_queue, ADDR, 0, "sock.sk_receive_queue"),
	SK(receive_first, VALUE, 0, "sock.sk_receive_queue.next"),
	SK(peer_pid, VALUE, 0, "sock.sk_peer_pid"),
	SK(peer_cred, VALUE, 0, "sock.sk_peer_cred"),
	SK(rcvtimeo, VALUE, 0, "sock.sk_rcvtimeo"),
	SK(sndtimeo, VALUE, 0, "sock.sk_sndtimeo"),
	SK(linger, VALUE, 0, "sock.sk_lingertime"),
	SK(receive_len, VALUE, 0, "sock.sk_receive_queue.qlen"),
	SK(error_len, VALUE, 0, "sock.sk_error_queue.qlen"),
	SK(error_queue, ADDR, 0, "sock.sk_error_queue"),
	SK(error_first, VALUE, 0, "sock.sk_error_queue.next"),
	SK(sndbuf, VALUE, 0, "sock.sk_sndbuf"),
	SK(rcvbuf, VALUE, 0, "sock.sk_rcvbuf"),
	SK(rcvlowat, VALUE, 0, "sock.sk_rcvlowat"),
	SK(peek_off, VALUE, 0, "sock.sk_peek_off"),
	SK(err, VALUE, 0, "sock.sk_err"),
	SK(bound_dev_if, VALUE, 0, "sock.__sk_common.skc_bound_dev_if"),
	SK(priority, VALUE, 0, "sock.sk_priority"),
	SK(mark, VALUE, 0, "sock.sk_mark"),
	SK(uid, VALUE, 0, "sock.sk_uid.val"),
	SK(ack_backlog, VALUE, 0, "sock.sk_ack_backlog"),
	SK(max_ack_backlog, VALUE, 0, "sock.sk_max_ack_backlog"),
	SK(family, VALUE, 0, "sock.__sk_common.skc_family"),
	SK(type, VALUE, 0, "sock.sk_type"),
	SK(protocol, VALUE, 0, "sock.sk_protocol"),
	SK(state, VALUE, 0, "sock.__sk_common.skc_state"),
	SK(reuse, VALUE, 0, "sock.__sk_common.skc_reuse"),
	SK(reuseport, VALUE, 0, "sock.__sk_common.skc_reuseport"),
	SK(v6only, VALUE, 0, "sock.__sk_common.skc_ipv6only"),
	SK(shutdown, VALUE, 0, "sock.sk_shutdown"),
	SK(userlocks, VALUE, 0, "sock.sk_userlocks"),
};

ORTHROS_TABLE(sk, struct orthros_sk_view);

#define SKF(f, n) ORTHROS_ROW(struct orthros_sk_flags, f, ENUM, 0, "sock_flags." n)

static struct orthros_row sk_flags_rows[] = {
	SKF(dead, "SOCK_DEAD"),
	SKF(done, "SOCK_DONE"),
	SKF(urginline, "SOCK_URGINLINE"),
	SKF(fasync, "SOCK_FASYNC"),
	SKF(keepopen, "SOCK_KEEPOPEN"),
	SKF(linger, "SOCK_LINGER"),
	SKF(destroy, "SOCK_DESTROY"),
	SKF(broadcast, "SOCK_BROADCAST"),
	SKF(timestamp, "SOCK_TIMESTAMP"),
	SKF(zapped, "SOCK_ZAPPED"),
	SKF(use_write_queue, "SOCK_USE_WRITE_QUEUE"),
	SKF(dbg, "SOCK_DBG"),
	SKF(rcvtstamp, "SOCK_RCVTSTAMP"),
	SKF(rcvtstampns, "SOCK_RCVTSTAMPNS"),
	SKF(localroute, "SOCK_LOCALROUTE"),
	SKF(tstamp_new, "SOCK_TSTAMP_NEW"),
	SKF(rcu_free, "SOCK_RCU_FREE"),
	SKF(select_err_queue, "SOCK_SELECT_ERR_QUEUE"),
	SKF(rxq_ovfl, "SOCK_RXQ_OVFL"),
	SKF(rcvmark, "SOCK_RCVMARK"),
	SKF(wifi_status, "SOCK_WIFI_STATUS"),
	SKF(nofcs, "SOCK_NOFCS"),
	SKF(zerocopy, "SOCK_ZEROCOPY"),
	SKF(filter_locked, "SOCK_FILTER_LOCKED"),
	SKF(timestamping_rx, "SOCK_TIMESTAMPING_RX_SOFTWARE"),
	SKF(txtime, "SOCK_TXTIME"),
};

ORTHROS_TABLE(sk_flags, struct orthros_sk_flags);

#define INET(f, k, flg, ...) ORTHROS_ROW(struct orthros_inet_view, f, k, flg, __VA_ARGS__)
#define OPT ORTHROS_ROW_OPTIONAL

/* The bit fields became bits of inet_flags in v6.7. */
static struct orthros_row inet_rows[] = {
	INET(pinet6, VALUE, OPT, "inet_sock.pinet6"),
	INET(opt, VALUE, 0, "inet_sock.inet_opt"),
	INET(mc_list, VALUE, 0, "inet_sock.mc_list"),
	INET(flags, VALUE, OPT, "inet_sock.inet_flags"),
	INET(has_flags, SIZEOF, OPT, "inet_sock.inet_flags"),
	INET(bit_freebind, ENUM, OPT, "INET_FLAGS_FREEBIND"),
	INET(bit_transparent, ENUM, OPT, "INET_FLAGS_TRANSPARENT"),
	INET(bit_bind_no_port, ENUM, OPT, "INET_FLAGS_BIND_ADDRESS_NO_PORT"),
	INET(freebind, VALUE, OPT, "inet_sock.freebind"),
	INET(transparent, VALUE, OPT, "inet_sock.transparent"),
	INET(bind_no_port, VALUE, OPT, "inet_sock.bind_address_no_port"),
	INET(num, VALUE, 0, "inet_sock.sk.__sk_common.skc_num"),
	INET(dport, VALUE, 0, "inet_sock.sk.__sk_common.skc_dport"),
	INET(local4, BYTES, 0, "inet_sock.sk.__sk_common.skc_rcv_saddr"),
	INET(remote4, BYTES, 0, "inet_sock.sk.__sk_common.skc_daddr"),
	INET(local6, BYTES, OPT, "inet_sock.sk.__sk_common.skc_v6_rcv_saddr"),
	INET(remote6, BYTES, OPT, "inet_sock.sk.__sk_common.skc_v6_daddr"),
	INET(ttl, VALUE, 0, "inet_sock.uc_ttl"),
	INET(tos, VALUE, 0, "inet_sock.tos"),
	INET(min_ttl, VALUE, 0, "inet_sock.min_ttl"),
	INET(pmtudisc, VALUE, 0, "inet_sock.pmtudisc"),
};

ORTHROS_TABLE(inet, struct orthros_inet_view);

#define INET6(f, ...) ORTHROS_ROW(struct orthros_inet6_view, f, VALUE, OPT, __VA_ARGS__)

static struct orthros_row inet6_rows[] = {
	INET6(opt, "ipv6_pinfo.opt"),
	INET6(mc_list, "ipv6_pinfo.ipv6_mc_list"),
	INET6(flow_label, "ipv6_pinfo.flow_label"),
	INET6(hop_limit, "ipv6_pinfo.hop_limit"),
	INET6(tclass, "ipv6_pinfo.tclass"),
	INET6(pmtudisc, "ipv6_pinfo.pmtudisc"),
};

ORTHROS_TABLE(inet6, struct orthros_inet6_view);

#define TCP(f, k, flg, ...) ORTHROS_ROW(struct orthros_tcp_view, f, k, flg, __VA_ARGS__)
#define REQQ "tcp_sock.inet_conn.icsk_accept_queue."

static struct orthros_row tcp_rows[] = {
	TCP(bind_hash, VALUE, 0, "tcp_sock.inet_conn.icsk_bind_hash"),
	TCP(fastreuse, VALUE, ORTHROS_ROW_NULLABLE, "tcp_sock.inet_conn.icsk_bind_hash->fastreuse"),
	TCP(fastreuseport, VALUE, ORTHROS_ROW_NULLABLE,
	    "tcp_sock.inet_conn.icsk_bind_hash->fastreuseport"),
	TCP(accept_head, VALUE, 0, REQQ "rskq_accept_head"),
	TCP(ulp_ops, VALUE, 0, "tcp_sock.inet_conn.icsk_ulp_ops"),
	TCP(md5, VALUE, OPT, "tcp_sock.md5sig_info"),
	TCP(ao, VALUE, OPT, "tcp_sock.ao_info"),
	TCP(qlen, VALUE, 0, REQQ "qlen.counter"),
	TCP(fastopen_max, VALUE, 0, REQQ "fastopenq.max_qlen"),
	TCP(fastopen_qlen, VALUE, 0, REQQ "fastopenq.qlen"),
	TCP(fastopen_key, VALUE, 0, REQQ "fastopenq.ctx"),
	TCP(saved_syn, VALUE, 0, "tcp_sock.saved_syn"),
	TCP(defer_accept, VALUE, 0, REQQ "rskq_defer_accept"),
	TCP(syn_retries, VALUE, 0, "tcp_sock.inet_conn.icsk_syn_retries"),
	TCP(keepalive_probes, VALUE, 0, "tcp_sock.keepalive_probes"),
	TCP(nonagle, VALUE, 0, "tcp_sock.nonagle"),
	TCP(repair, VALUE, 0, "tcp_sock.repair"),
	TCP(repair_queue, VALUE, 0, "tcp_sock.repair_queue"),
	TCP(write_seq, VALUE, 0, "tcp_sock.write_seq"),
	TCP(rcv_nxt, VALUE, 0, "tcp_sock.rcv_nxt"),
	TCP(copied_seq, VALUE, 0, "tcp_sock.copied_seq"),
	TCP(thin_lto, VALUE, 0, "tcp_sock.thin_lto"),
	TCP(user_timeout, VALUE, 0, "tcp_sock.inet_conn.icsk_user_timeout"),
	TCP(keepalive_time, VALUE, 0, "tcp_sock.keepalive_time"),
	TCP(keepalive_intvl, VALUE, 0, "tcp_sock.keepalive_intvl"),
	TCP(linger2, VALUE, 0, "tcp_sock.linger2"),
	TCP(user_mss, VALUE, 0, "tcp_sock.rx_opt.user_mss"),
	TCP(notsent_lowat, VALUE, 0, "tcp_sock.notsent_lowat"),
	TCP(window_clamp, VALUE, 0, "tcp_sock.window_clamp"),
	TCP(congestion, STRING, 0, "tcp_sock.inet_conn.icsk_ca_ops->name"),
};

ORTHROS_TABLE(tcp, struct orthros_tcp_view);

#define KEYS(f, k, name) \
	ORTHROS_ROW(struct orthros_fastopen_rec, f, k, 0, "tcp_fastopen_context." name)

static struct orthros_row fastopen_keys_rows[] = {
	KEYS(nr, VALUE, "num"),
	KEYS(keys, BYTES, "key"),
};

ORTHROS_TABLE(fastopen_keys, struct orthros_fastopen_rec);

#define UNIX(f, k, flg, ...) ORTHROS_ROW(struct orthros_unix_view, f, k, flg, __VA_ARGS__)

static struct orthros_row unix_rows[] = {
	UNIX(addr, VALUE, 0, "unix_sock.addr"),
	UNIX(mnt, VALUE, 0, "unix_sock.path.mnt"),
	UNIX(dentry, VALUE, 0, "unix_sock.path.dentry"),
	UNIX(peer, VALUE, 0, "unix_sock.peer"),
	UNIX(oob_skb, VALUE, OPT, "unix_sock.oob_skb"),
	UNIX(bind_pprev, VALUE, 0, "unix_sock.sk.__sk_common.skc_bind_node.pprev"),
	UNIX(hash, VALUE, 0, "unix_sock.sk.__sk_common.skc_hash"),
	UNIX(hash_mod, CONST, 0, "UNIX_HASH_MOD"),
};

ORTHROS_TABLE(unix, struct orthros_unix_view);

static struct orthros_row unix_addr_rows[] = {
	ORTHROS_ROW(struct orthros_unix_addr_view, name, ADDR, 0, "unix_address.name"),
	ORTHROS_ROW(struct orthros_unix_addr_view, len, VALUE, 0, "unix_address.len"),
};

ORTHROS_TABLE(unix_addr, struct orthros_unix_addr_view);

#define SKB(f, k, ...) ORTHROS_ROW(struct orthros_skb_view, f, k, 0, __VA_ARGS__)

static struct orthros_row skb_rows[] = {
	SKB(next, VALUE, "sk_buff.next"),
	SKB(sk, VALUE, "sk_buff.sk"),
	SKB(data, VALUE, "sk_buff.data"),
	SKB(head, VALUE, "sk_buff.head"),
	SKB(cb, ADDR, "sk_buff.cb"),
	SKB(tstamp, VALUE, "sk_buff.tstamp"),
	SKB(rb_off, OFFSET, "sk_buff.rbnode"),
	SKB(end, VALUE, "sk_buff.end"),
	SKB(len, VALUE, "sk_buff.len"),
	SKB(data_len, VALUE, "sk_buff.data_len"),
};

ORTHROS_TABLE(skb, struct orthros_skb_view);

#define UNIXCB(f, ...) ORTHROS_ROW(struct orthros_unixcb_view, f, VALUE, 0, __VA_ARGS__)

static struct orthros_row unixcb_rows[] = {
	UNIXCB(pid, "unix_skb_parms.pid"),
	UNIXCB(fp, "unix_skb_parms.fp"),
	UNIXCB(uid, "unix_skb_parms.uid.val"),
	UNIXCB(gid, "unix_skb_parms.gid.val"),
	UNIXCB(consumed, "unix_skb_parms.consumed"),
};

ORTHROS_TABLE(unixcb, struct orthros_unixcb_view);

static struct orthros_row scm_rows[] = {
	ORTHROS_ROW(struct orthros_scm_view, files, ADDR, 0, "scm_fp_list.fp"),
	ORTHROS_ROW(struct orthros_scm_view, count, VALUE, 0, "scm_fp_list.count"),
};

ORTHROS_TABLE(scm, struct orthros_scm_view);

#define SHARED(f, k, ...) ORTHROS_ROW(struct orthros_skb_shared_view, f, k, 0, __VA_ARGS__)

/* A fragment was a struct bio_vec until v6.9. */
static struct orthros_row skb_shared_rows[] = {
	SHARED(frag_list, VALUE, "skb_shared_info.frag_list"),
	SHARED(frag_size, SIZEOF, "skb_shared_info.frags[0]"),
	SHARED(nr_frags, VALUE, "skb_shared_info.nr_frags"),
};

ORTHROS_TABLE(skb_shared, struct orthros_skb_shared_view);

#define FRAG(f, ...) ORTHROS_ROW(struct orthros_skb_frag_view, f, VALUE, 0, __VA_ARGS__)

/* The first one; the address is moved on for the others. */
static struct orthros_row skb_frag_rows[] = {
	FRAG(page, "skb_shared_info.frags[0].netmem", "skb_shared_info.frags[0].bv_page"),
	FRAG(offset, "skb_shared_info.frags[0].offset", "skb_shared_info.frags[0].bv_offset"),
	FRAG(len, "skb_shared_info.frags[0].len", "skb_shared_info.frags[0].bv_len"),
};

ORTHROS_TABLE(skb_frag, struct orthros_skb_frag_view);

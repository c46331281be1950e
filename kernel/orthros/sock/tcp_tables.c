// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of TCP connections.
 */
#include "tcp_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL

static struct orthros_row tcp_global_rows[] = {
	ORTHROS_ROW(struct orthros_tcp_global_view, jiffies, SYM, 0, "jiffies_64"),
	ORTHROS_ROW(struct orthros_tcp_global_view, hash, SYM, 0, "tcp_hashinfo"),
};

ORTHROS_TABLE(tcp_global, struct orthros_tcp_global_view);

#define CONN(f, k, ...) ORTHROS_ROW(struct orthros_tcp_conn_rec, f, k, 0, __VA_ARGS__)
#define TP "tcp_sock."
#define COMMON "tcp_sock.inet_conn.icsk_inet.sk.__sk_common."
#define ACK "tcp_sock.inet_conn.icsk_ack."

static struct orthros_row tcp_conn_rows[] = {
	CONN(state, VALUE, COMMON "skc_state"),
	CONN(rcv_nxt, VALUE, TP "rcv_nxt"),
	CONN(copied_seq, VALUE, TP "copied_seq"),
	CONN(rcv_wup, VALUE, TP "rcv_wup"),
	CONN(rcv_wnd, VALUE, TP "rcv_wnd"),
	CONN(rcv_ssthresh, VALUE, TP "rcv_ssthresh"),
	CONN(snd_una, VALUE, TP "snd_una"),
	CONN(snd_nxt, VALUE, TP "snd_nxt"),
	CONN(write_seq, VALUE, TP "write_seq"),
	CONN(snd_wnd, VALUE, TP "snd_wnd"),
	CONN(snd_wl1, VALUE, TP "snd_wl1"),
	CONN(max_window, VALUE, TP "max_window"),
	CONN(snd_sml, VALUE, TP "snd_sml"),
	CONN(pushed_seq, VALUE, TP "pushed_seq"),
	CONN(snd_up, VALUE, TP "snd_up"),
	CONN(urg_seq, VALUE, TP "urg_seq"),
	CONN(urg_data, VALUE, TP "urg_data"),
	CONN(tsoffset, VALUE, TP "tsoffset"),
	CONN(ts_recent, VALUE, TP "rx_opt.ts_recent"),
	CONN(ts_recent_stamp, VALUE, TP "rx_opt.ts_recent_stamp"),
	CONN(mss_clamp, VALUE, TP "rx_opt.mss_clamp"),
	CONN(advmss, VALUE, TP "advmss"),
	CONN(rcv_mss, VALUE, ACK "rcv_mss"),
	CONN(wscale_ok, VALUE, TP "rx_opt.wscale_ok"),
	CONN(snd_wscale, VALUE, TP "rx_opt.snd_wscale"),
	CONN(rcv_wscale, VALUE, TP "rx_opt.rcv_wscale"),
	CONN(sack_ok, VALUE, TP "rx_opt.sack_ok"),
	CONN(tstamp_ok, VALUE, TP "rx_opt.tstamp_ok"),
	CONN(ecn, VALUE, TP "ecn_flags"),
	CONN(quick, VALUE, ACK "quick"),
	CONN(pingpong, VALUE, ACK "pingpong"),
	CONN(ack_pending, VALUE, ACK "pending"),
	CONN(nr_sacks, VALUE, TP "rx_opt.num_sacks"),
	CONN(srtt_us, VALUE, TP "srtt_us"),
	CONN(mdev_us, VALUE, TP "mdev_us"),
	CONN(mdev_max_us, VALUE, TP "mdev_max_us"),
	CONN(rttvar_us, VALUE, TP "rttvar_us"),
	CONN(rtt_seq, VALUE, TP "rtt_seq"),
	CONN(rtt_min_us, VALUE, TP "rtt_min.s[0].v"),
	CONN(rto, VALUE, TP "inet_conn.icsk_rto"),
	CONN(snd_cwnd, VALUE, TP "snd_cwnd"),
	CONN(snd_ssthresh, VALUE, TP "snd_ssthresh"),
	CONN(snd_cwnd_cnt, VALUE, TP "snd_cwnd_cnt"),
	CONN(snd_cwnd_clamp, VALUE, TP "snd_cwnd_clamp"),
	CONN(prior_cwnd, VALUE, TP "prior_cwnd"),
	CONN(reordering, VALUE, TP "reordering"),
	CONN(rcvq_space, VALUE, TP "rcvq_space.space"),
	CONN(segs_in, VALUE, TP "segs_in"),
	CONN(segs_out, VALUE, TP "segs_out"),
	CONN(data_segs_in, VALUE, TP "data_segs_in"),
	CONN(data_segs_out, VALUE, TP "data_segs_out"),
	CONN(delivered, VALUE, TP "delivered"),
	CONN(delivered_ce, VALUE, TP "delivered_ce"),
	CONN(total_retrans, VALUE, TP "total_retrans"),
	CONN(lost, VALUE, TP "lost"),
	CONN(dsack_dups, VALUE, TP "dsack_dups"),
	CONN(reord_seen, VALUE, TP "reord_seen"),
	CONN(rcv_ooopack, VALUE, TP "rcv_ooopack"),
	CONN(bytes_sent, VALUE, TP "bytes_sent"),
	CONN(bytes_acked, VALUE, TP "bytes_acked"),
	CONN(bytes_received, VALUE, TP "bytes_received"),
	CONN(bytes_retrans, VALUE, TP "bytes_retrans"),
	CONN(sacks, BYTES, TP "selective_acks"),
};

ORTHROS_TABLE(tcp_conn, struct orthros_tcp_conn_rec);

#define QUEUES(f, k, flg, ...) ORTHROS_ROW(struct orthros_tcp_queues_view, f, k, flg, __VA_ARGS__)

/* Microseconds are a choice since v6.7. */
static struct orthros_row tcp_queues_rows[] = {
	QUEUES(rtx_root, VALUE, 0, TP "inet_conn.icsk_inet.sk.tcp_rtx_queue.rb_node"),
	QUEUES(ooo_root, VALUE, 0, TP "out_of_order_queue.rb_node"),
	QUEUES(write_head, ADDR, 0, TP "inet_conn.icsk_inet.sk.sk_write_queue"),
	QUEUES(write_first, VALUE, 0, TP "inet_conn.icsk_inet.sk.sk_write_queue.next"),
	QUEUES(fastopen, VALUE, 0, TP "fastopen_rsk"),
	QUEUES(lrcvtime, VALUE, 0, ACK "lrcvtime"),
	QUEUES(rcv_tstamp, VALUE, 0, TP "rcv_tstamp"),
	QUEUES(lsndtime, VALUE, 0, TP "lsndtime"),
	QUEUES(usec_ts, VALUE, OPT, TP "tcp_usec_ts"),
};

ORTHROS_TABLE(tcp_queues, struct orthros_tcp_queues_view);

static struct orthros_row tcp_cb_rows[] = {
	ORTHROS_ROW(struct orthros_tcp_cb_view, seq, VALUE, 0, "tcp_skb_cb.seq"),
	ORTHROS_ROW(struct orthros_tcp_cb_view, end_seq, VALUE, 0, "tcp_skb_cb.end_seq"),
	ORTHROS_ROW(struct orthros_tcp_cb_view, flags, VALUE, 0, "tcp_skb_cb.tcp_flags"),
};

ORTHROS_TABLE(tcp_cb, struct orthros_tcp_cb_view);

static struct orthros_row tcp_hash_rows[] = {
	ORTHROS_ROW(struct orthros_tcp_hash_view, buckets, VALUE, 0, "inet_hashinfo.ehash"),
	ORTHROS_ROW(struct orthros_tcp_hash_view, mask, VALUE, 0, "inet_hashinfo.ehash_mask"),
	ORTHROS_ROW(struct orthros_tcp_hash_view, bucket_size, SIZEOF, 0, "inet_ehash_bucket"),
};

ORTHROS_TABLE(tcp_hash, struct orthros_tcp_hash_view);

#define HASHED(f, k, ...) ORTHROS_ROW(struct orthros_tcp_hashed_view, f, k, 0, __VA_ARGS__)

static struct orthros_row tcp_hashed_rows[] = {
	HASHED(next, VALUE, "sock_common.skc_nulls_node.next"),
	HASHED(net, VALUE, "sock_common.skc_net.net"),
	HASHED(flags, VALUE, "sock_common.skc_flags"),
	HASHED(node_off, OFFSET, "sock_common.skc_nulls_node"),
	HASHED(family, VALUE, "sock_common.skc_family"),
	HASHED(state, VALUE, "sock_common.skc_state"),
};

ORTHROS_TABLE(tcp_hashed, struct orthros_tcp_hashed_view);

static struct orthros_row tcp_accept_rows[] = {
	ORTHROS_ROW(struct orthros_tcp_accept_view, next, VALUE, 0, "request_sock.dl_next"),
	ORTHROS_ROW(struct orthros_tcp_accept_view, sk, VALUE, 0, "request_sock.sk"),
};

ORTHROS_TABLE(tcp_accept, struct orthros_tcp_accept_view);

#define WAIT(f, k, flg, ...) ORTHROS_ROW(struct orthros_tcp_wait_rec, f, k, flg, __VA_ARGS__)
#define TW "tcp_timewait_sock."
#define TWC "tcp_timewait_sock.tw_sk.__tw_common."

/* IPv6 addresses; those of IPv4 are read over them. */
static struct orthros_row tcp_wait_rows[] = {
	WAIT(family, VALUE, 0, TWC "skc_family"),
	WAIT(substate, VALUE, 0, TW "tw_sk.tw_substate"),
	WAIT(rcv_wscale, VALUE, 0, TW "tw_sk.tw_rcv_wscale"),
	WAIT(v6only, VALUE, 0, TWC "skc_ipv6only"),
	WAIT(reuse, VALUE, 0, TWC "skc_reuse"),
	WAIT(reuseport, VALUE, 0, TWC "skc_reuseport"),
	WAIT(tos, VALUE, 0, TW "tw_sk.tw_tos"),
	/* A macro for tw_tos. */
	WAIT(tclass, VALUE, 0, TW "tw_sk.tw_tos"),
	WAIT(port, VALUE, 0, TWC "skc_num"),
	WAIT(dport, VALUE, 0, TWC "skc_dport"),
	WAIT(addr, BYTES, OPT, TWC "skc_v6_rcv_saddr"),
	WAIT(daddr, BYTES, OPT, TWC "skc_v6_daddr"),
	WAIT(rcv_nxt, VALUE, 0, TWC "skc_tw_rcv_nxt"),
	WAIT(snd_nxt, VALUE, 0, TWC "skc_tw_snd_nxt"),
	WAIT(rcv_wnd, VALUE, 0, TW "tw_rcv_wnd"),
	WAIT(tsoffset, VALUE, 0, TW "tw_ts_offset"),
	WAIT(ts_recent, VALUE, 0, TW "tw_ts_recent"),
	WAIT(ts_recent_stamp, VALUE, 0, TW "tw_ts_recent_stamp"),
	WAIT(mark, VALUE, 0, TW "tw_sk.tw_mark"),
	WAIT(priority, VALUE, 0, TW "tw_sk.tw_priority"),
};

ORTHROS_TABLE(tcp_wait, struct orthros_tcp_wait_rec);

static struct orthros_row tcp_wait_more_rows[] = {
	ORTHROS_ROW(struct orthros_tcp_wait_view, expires, VALUE, 0, TW "tw_sk.tw_timer.expires"),
	ORTHROS_ROW(struct orthros_tcp_wait_view, usec_ts, VALUE, OPT, TW "tw_sk.tw_usec_ts"),
	ORTHROS_ROW(struct orthros_tcp_wait_view, bound_dev_if, VALUE, 0, TWC "skc_bound_dev_if"),
	ORTHROS_ROW(struct orthros_tcp_wait_view, addr, BYTES, 0, TWC "skc_rcv_saddr"),
	ORTHROS_ROW(struct orthros_tcp_wait_view, daddr, BYTES, 0, TWC "skc_daddr"),
};

ORTHROS_TABLE(tcp_wait_more, struct orthros_tcp_wait_view);

#define REQ(f, k, flg, ...) ORTHROS_ROW(struct orthros_tcp_req_rec, f, k, flg, __VA_ARGS__)
#define REQS "tcp_request_sock."
#define REQI "tcp_request_sock.req."
#define REQC "tcp_request_sock.req.req.__req_common."

static struct orthros_row tcp_req_rows[] = {
	REQ(family, VALUE, 0, REQC "skc_family"),
	REQ(listener, VALUE, 0, REQC "skc_listener"),
	REQ(addr, BYTES, OPT, REQC "skc_v6_rcv_saddr"),
	REQ(daddr, BYTES, OPT, REQC "skc_v6_daddr"),
	REQ(port, VALUE, 0, REQC "skc_num"),
	REQ(dport, VALUE, 0, REQC "skc_dport"),
	REQ(mss, VALUE, 0, REQI "req.mss"),
	REQ(snd_wscale, VALUE, 0, REQI "snd_wscale"),
	REQ(rcv_wscale, VALUE, 0, REQI "rcv_wscale"),
	REQ(wscale_ok, VALUE, 0, REQI "wscale_ok"),
	REQ(tstamp_ok, VALUE, 0, REQI "tstamp_ok"),
	REQ(sack_ok, VALUE, 0, REQI "sack_ok"),
	REQ(ecn_ok, VALUE, 0, REQI "ecn_ok"),
	REQ(acked, VALUE, 0, REQI "acked"),
	REQ(num_timeout, VALUE, 0, REQI "req.num_timeout"),
	REQ(rcv_isn, VALUE, 0, REQS "rcv_isn"),
	REQ(snt_isn, VALUE, 0, REQS "snt_isn"),
	REQ(rcv_nxt, VALUE, 0, REQS "rcv_nxt"),
	REQ(ts_off, VALUE, 0, REQS "ts_off"),
	REQ(ts_recent, VALUE, 0, REQI "req.ts_recent"),
	REQ(rcv_wnd, VALUE, 0, REQC "skc_rcv_wnd"),
	REQ(window_clamp, VALUE, 0, REQC "skc_window_clamp"),
	REQ(mark, VALUE, 0, REQI "ir_mark"),
	REQ(txhash, VALUE, 0, REQS "txhash"),
	REQ(snt_synack_us, VALUE, 0, REQS "snt_synack"),
};

ORTHROS_TABLE(tcp_req, struct orthros_tcp_req_rec);

static struct orthros_row tcp_req_more_rows[] = {
	ORTHROS_ROW(struct orthros_tcp_req_view, sk, VALUE, 0, REQI "req.sk"),
	ORTHROS_ROW(struct orthros_tcp_req_view, iif, VALUE, 0, REQC "skc_bound_dev_if"),
	ORTHROS_ROW(struct orthros_tcp_req_view, usec_ts, VALUE, OPT, REQS "req_usec_ts"),
	ORTHROS_ROW(struct orthros_tcp_req_view, tfo, VALUE, 0, REQS "tfo_listener"),
	ORTHROS_ROW(struct orthros_tcp_req_view, addr, BYTES, 0, REQC "skc_rcv_saddr"),
	ORTHROS_ROW(struct orthros_tcp_req_view, daddr, BYTES, 0, REQC "skc_daddr"),
};

ORTHROS_TABLE(tcp_req_more, struct orthros_tcp_req_view);

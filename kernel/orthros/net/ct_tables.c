// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of connections that conntrack follows.
 */
#include "ct_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL

static struct orthros_row ct_env_rows[] = {
	ORTHROS_ROW(struct orthros_ct_env, buckets, SYM, 0, "nf_conntrack_hash"),
	ORTHROS_ROW(struct orthros_ct_env, size, SYM, 0, "nf_conntrack_htable_size"),
	ORTHROS_ROW(struct orthros_ct_env, jiffies, SYM, 0, "jiffies_64"),
};

ORTHROS_TABLE(ct_env, struct orthros_ct_env);

#define NODE(f, k, ...) ORTHROS_ROW(struct orthros_ct_node, f, k, 0, __VA_ARGS__)

static struct orthros_row ct_node_rows[] = {
	NODE(next, VALUE, "nf_conntrack_tuple_hash.hnnode.next"),
	NODE(dir, VALUE, "nf_conntrack_tuple_hash.tuple.dst.dir"),
	NODE(off, OFFSET, "nf_conntrack_tuple_hash.hnnode"),
	NODE(ct_off, OFFSET, "nf_conn.tuplehash"),
};

ORTHROS_TABLE(ct_node, struct orthros_ct_node);

#define TUPLE(dir, f, k, path) \
	ORTHROS_ROW(struct orthros_ct_tuple, f, k, 0, "nf_conn.tuplehash[" #dir "].tuple." path)

static struct orthros_row ct_orig_rows[] = {
	TUPLE(0, src, BYTES, "src.u3"),
	TUPLE(0, src_id, VALUE, "src.u.all"),
	TUPLE(0, l3num, VALUE, "src.l3num"),
	TUPLE(0, dst, BYTES, "dst.u3"),
	TUPLE(0, dst_id, VALUE, "dst.u.all"),
	TUPLE(0, protonum, VALUE, "dst.protonum"),
};

ORTHROS_TABLE(ct_orig, struct orthros_ct_tuple);

static struct orthros_row ct_reply_rows[] = {
	TUPLE(1, src, BYTES, "src.u3"),
	TUPLE(1, src_id, VALUE, "src.u.all"),
	TUPLE(1, l3num, VALUE, "src.l3num"),
	TUPLE(1, dst, BYTES, "dst.u3"),
	TUPLE(1, dst_id, VALUE, "dst.u.all"),
	TUPLE(1, protonum, VALUE, "dst.protonum"),
};

ORTHROS_TABLE(ct_reply, struct orthros_ct_tuple);

#define BASE(f, k, flg, ...) ORTHROS_ROW(struct orthros_ct_base, f, k, flg, __VA_ARGS__)

static struct orthros_row ct_base_rows[] = {
	BASE(status, VALUE, 0, "nf_conn.status"),
	BASE(mark, VALUE, OPT, "nf_conn.mark"),
	BASE(zone, VALUE, OPT, "nf_conn.zone.id"),
	BASE(zone_flags, VALUE, OPT, "nf_conn.zone.flags"),
	BASE(zone_dir, VALUE, OPT, "nf_conn.zone.dir"),
};

ORTHROS_TABLE(ct_base, struct orthros_ct_base);

#define MORE(f, k, flg, ...) ORTHROS_ROW(struct orthros_ct_more, f, k, flg, __VA_ARGS__)

static struct orthros_row ct_more_rows[] = {
	MORE(net, VALUE, 0, "nf_conn.ct_net.net"),
	MORE(ext, VALUE, 0, "nf_conn.ext"),
	MORE(master, VALUE, 0, "nf_conn.master"),
	MORE(timeout, VALUE, 0, "nf_conn.timeout"),
	MORE(use, VALUE, 0, "nf_conn.ct_general.use.refs.counter"),
	MORE(secmark, VALUE, OPT, "nf_conn.secmark"),
	MORE(udp_stream, VALUE, 0, "nf_conn.proto.udp.stream_ts"),
};

ORTHROS_TABLE(ct_more, struct orthros_ct_more);

#define TCP(f, ...) ORTHROS_ROW(struct orthros_ct_tcp, f, VALUE, 0, __VA_ARGS__)
#define P "nf_conn.proto.tcp."
#define SEEN(n, f) TCP(seen[n].f, P "seen[" #n "]." #f)

static struct orthros_row ct_tcp_rows[] = {
	SEEN(0, td_end),
	SEEN(0, td_maxend),
	SEEN(0, td_maxwin),
	SEEN(0, td_maxack),
	SEEN(0, td_scale),
	SEEN(0, flags),
	SEEN(1, td_end),
	SEEN(1, td_maxend),
	SEEN(1, td_maxwin),
	SEEN(1, td_maxack),
	SEEN(1, td_scale),
	SEEN(1, flags),
	TCP(state, P "state"),
	TCP(last_dir, P "last_dir"),
	TCP(retrans, P "retrans"),
	TCP(last_index, P "last_index"),
	TCP(last_seq, P "last_seq"),
	TCP(last_ack, P "last_ack"),
	TCP(last_end, P "last_end"),
	TCP(last_win, P "last_win"),
	TCP(last_wscale, P "last_wscale"),
	TCP(last_flags, P "last_flags"),
};

ORTHROS_TABLE(ct_tcp, struct orthros_ct_tcp);

#define SCTP(f, path) \
	ORTHROS_ROW(struct orthros_ct_sctp, f, VALUE, 0, "nf_conn.proto.sctp." path)

static struct orthros_row ct_sctp_rows[] = {
	SCTP(vtag[0], "vtag[0]"),
	SCTP(vtag[1], "vtag[1]"),
	SCTP(init[0], "init[0]"),
	SCTP(init[1], "init[1]"),
	SCTP(state, "state"),
	SCTP(last_dir, "last_dir"),
	SCTP(flags, "flags"),
};

ORTHROS_TABLE(ct_sctp, struct orthros_ct_sctp);

#define GRE(f) ORTHROS_ROW(struct orthros_ct_gre, f, VALUE, 0, "nf_conn.proto.gre." #f)

static struct orthros_row ct_gre_rows[] = {
	GRE(stream_timeout),
	GRE(timeout),
};

ORTHROS_TABLE(ct_gre, struct orthros_ct_gre);

#define ID(f, flg, id) ORTHROS_ROW(struct orthros_ct_ids, f, ENUM, flg, "NF_CT_EXT_" #id)

/* Not every kernel is configured to have them all. */
static struct orthros_row ct_ids_rows[] = {
	ID(help, 0, HELPER),
	ID(nat, OPT, NAT),
	ID(seqadj, 0, SEQADJ),
	ID(acct, 0, ACCT),
	ID(labels, OPT, LABELS),
	ID(tstamp, OPT, TSTAMP),
	ID(timeout, OPT, TIMEOUT),
	ID(synproxy, OPT, SYNPROXY),
	ID(act_ct, OPT, ACT_CT),
};

ORTHROS_TABLE(ct_ids, struct orthros_ct_ids);

static struct orthros_row ct_ext_rows[] = {
	ORTHROS_ROW(struct orthros_ct_ext, off, BYTES, 0, "nf_ct_ext.offset"),
};

ORTHROS_TABLE(ct_ext, struct orthros_ct_ext);

static struct orthros_row ct_help_rows[] = {
	ORTHROS_ROW(struct orthros_ct_help, helper, VALUE, 0, "nf_conn_help.helper"),
};

ORTHROS_TABLE(ct_help, struct orthros_ct_help);

static struct orthros_row ct_helper_rows[] = {
	ORTHROS_ROW(struct orthros_ct_helper, name, STRING, 0, "nf_conntrack_helper.name"),
};

ORTHROS_TABLE(ct_helper, struct orthros_ct_helper);

static struct orthros_row ct_nat_rows[] = {
	ORTHROS_ROW(struct orthros_ct_nat, masq_index, VALUE, OPT, "nf_conn_nat.masq_index"),
};

ORTHROS_TABLE(ct_nat, struct orthros_ct_nat);

#define ACCT(f, ...) ORTHROS_ROW(struct orthros_ct_acct, f, VALUE, 0, __VA_ARGS__)

static struct orthros_row ct_acct_rows[] = {
	ACCT(packets[0], "nf_conn_acct.counter[0].packets.counter"),
	ACCT(bytes[0], "nf_conn_acct.counter[0].bytes.counter"),
	ACCT(packets[1], "nf_conn_acct.counter[1].packets.counter"),
	ACCT(bytes[1], "nf_conn_acct.counter[1].bytes.counter"),
};

ORTHROS_TABLE(ct_acct, struct orthros_ct_acct);

#define SEQADJ(f, path) \
	ORTHROS_ROW(struct orthros_ct_seqadj, f, VALUE, 0, "nf_conn_seqadj." path)

static struct orthros_row ct_seqadj_rows[] = {
	SEQADJ(pos[0], "seq[0].correction_pos"),
	SEQADJ(before[0], "seq[0].offset_before"),
	SEQADJ(after[0], "seq[0].offset_after"),
	SEQADJ(pos[1], "seq[1].correction_pos"),
	SEQADJ(before[1], "seq[1].offset_before"),
	SEQADJ(after[1], "seq[1].offset_after"),
};

ORTHROS_TABLE(ct_seqadj, struct orthros_ct_seqadj);

static struct orthros_row ct_labels_rows[] = {
	ORTHROS_ROW(struct orthros_ct_labels, bits, BYTES, 0, "nf_conn_labels.bits"),
};

ORTHROS_TABLE(ct_labels, struct orthros_ct_labels);

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the readers of sockets and network devices see of a source kernel, see
 * tables.c.
 */
#ifndef _ORTHROS_TABLES_NET_H
#define _ORTHROS_TABLES_NET_H

#include <linux/orthros/abi/sock.h>
#include "../core/table.h"

/*
 * struct orthros_socket_view - a struct socket
 * @sk:		struct sock
 * @ops:	which protocol it speaks
 * @flags:	SOCK_PASSCRED, ...
 * @bit_passcred: number of SOCK_PASSCRED
 * @bit_passsec: number of SOCK_PASSSEC
 * @bit_passpidfd: number of SOCK_PASSPIDFD, 0 if there is none
 * @type:	SOCK_*
 * @state:	SS_*
 */
struct orthros_socket_view {
	u64 sk;
	u64 ops;
	u64 file;
	u64 flags;
	u32 bit_passcred;
	u32 bit_passsec;
	u32 bit_passpidfd;
	s16 type;
	u8 state;
};

/*
 * struct orthros_sk_view - a struct sock, what all families have
 */
struct orthros_sk_view {
	u64 net;
	u64 socket;
	u64 flags;
	u64 user_data;
	u64 receive_queue;
	u64 receive_first;
	u64 peer_pid;
	u64 peer_cred;
	s64 rcvtimeo;
	s64 sndtimeo;
	u64 linger;
	u32 receive_len;
	u32 error_len;
	u64 error_queue;
	u64 error_first;
	s32 sndbuf;
	s32 rcvbuf;
	s32 rcvlowat;
	s32 peek_off;
	s32 err;
	s32 bound_dev_if;
	u32 priority;
	u32 mark;
	u32 uid;
	u32 ack_backlog;
	u32 max_ack_backlog;
	u16 family;
	u16 type;
	u16 protocol;
	u8 state;
	u8 reuse;
	u8 reuseport;
	u8 v6only;
	u8 shutdown;
	u8 userlocks;
};

/*
 * struct orthros_sk_flags - numbers of the bits in sk_flags
 */
struct orthros_sk_flags {
	u32 dead;
	u32 done;
	u32 urginline;
	u32 fasync;
	u32 keepopen;
	u32 linger;
	u32 destroy;
	u32 broadcast;
	u32 timestamp;
	u32 zapped;
	u32 use_write_queue;
	u32 dbg;
	u32 rcvtstamp;
	u32 rcvtstampns;
	u32 localroute;
	u32 tstamp_new;
	u32 rcu_free;
	u32 select_err_queue;
	u32 rxq_ovfl;
	u32 rcvmark;
	u32 wifi_status;
	u32 nofcs;
	u32 zerocopy;
	u32 filter_locked;
	u32 timestamping_rx;
	u32 txtime;
};

/*
 * struct orthros_inet_view - a struct inet_sock
 * @flags:	all of them since Linux 6.7, single members before
 */
struct orthros_inet_view {
	u64 pinet6;
	u64 opt;
	u64 mc_list;
	u64 flags;
	u32 bit_freebind;
	u32 bit_transparent;
	u32 bit_bind_no_port;
	u8 freebind;
	u8 transparent;
	u8 bind_no_port;
	u8 has_flags;
	u16 num;
	u16 dport;
	u8 local4[4];
	u8 remote4[4];
	u8 local6[16];
	u8 remote6[16];
	s16 ttl;
	u8 tos;
	u8 min_ttl;
	u8 pmtudisc;
};

/*
 * struct orthros_inet6_view - a struct ipv6_pinfo
 */
struct orthros_inet6_view {
	u64 opt;
	u64 mc_list;
	u32 flow_label;
	s16 hop_limit;
	u8 tclass;
	u8 pmtudisc;
};

/*
 * struct orthros_tcp_view - a struct tcp_sock
 */
struct orthros_tcp_view {
	u64 bind_hash;
	u64 accept_head;
	u64 ulp_ops;
	u64 md5;
	u64 ao;
	s32 qlen;
	s32 fastopen_max;
	s32 fastopen_qlen;
	u64 fastopen_key;
	u64 saved_syn;
	u8 defer_accept;
	u8 syn_retries;
	u8 keepalive_probes;
	u8 nonagle;
	u8 repair;
	u8 repair_queue;
	u8 thin_lto;
	u32 write_seq;
	u32 rcv_nxt;
	u32 copied_seq;
	u32 user_timeout;
	u32 keepalive_time;
	u32 keepalive_intvl;
	s32 linger2;
	u16 user_mss;
	u32 notsent_lowat;
	u32 window_clamp;
	s8 fastreuse;
	s8 fastreuseport;
	char congestion[16];
};

/*
 * struct orthros_unix_view - a struct unix_sock
 * @bind_pprev:	not NULL: a path leads to it
 * @hash:	beyond @hash_mod: an abstract name leads to it
 */
struct orthros_unix_view {
	u64 addr;
	u64 mnt;
	u64 dentry;
	u64 peer;
	u64 oob_skb;
	u64 bind_pprev;
	u32 hash;
	u32 hash_mod;
};

/**
 * struct orthros_unix_addr_view - a struct unix_address
 * @name:	address of the struct sockaddr_un
 * @len:	its bytes
 */
struct orthros_unix_addr_view {
	u64 name;
	s32 len;
};

/*
 * struct orthros_skb_view - a struct sk_buff in the queue of a socket
 * @cb:		address of what the protocol keeps in it
 * @tstamp:	when it came, 0 if nobody wanted to know
 * @rb_off:	offset of the node that a tree has it by
 */
struct orthros_skb_view {
	u64 next;
	u64 sk;
	u64 data;
	u64 head;
	u64 cb;
	s64 tstamp;
	u32 rb_off;
	u32 end;
	u32 len;
	u32 data_len;
};

/*
 * struct orthros_unixcb_view - a struct unix_skb_parms
 * @fp:		passed files
 * @consumed:	bytes that were read already
 */
struct orthros_unixcb_view {
	u64 pid;
	u64 fp;
	u32 uid;
	u32 gid;
	u32 consumed;
};

/**
 * struct orthros_scm_view - a struct scm_fp_list
 * @files:	address of its array of files
 * @count:	entries in use
 */
struct orthros_scm_view {
	u64 files;
	s16 count;
};

/**
 * struct orthros_skb_shared_view - a struct skb_shared_info
 * @frag_list:	struct sk_buff that the payload goes on in
 * @frag_size:	bytes of one entry of the array of fragments
 * @nr_frags:	entries in use
 */
struct orthros_skb_shared_view {
	u64 frag_list;
	u32 frag_size;
	u8 nr_frags;
};

/*
 * struct orthros_skb_frag_view - a skb_frag_t
 */
struct orthros_skb_frag_view {
	u64 page;
	u32 offset;
	u32 len;
};

extern struct orthros_table orthros_table_socket;
extern struct orthros_table orthros_table_sk;
extern struct orthros_table orthros_table_sk_flags;
extern struct orthros_table orthros_table_inet;
extern struct orthros_table orthros_table_inet6;
extern struct orthros_table orthros_table_tcp;
extern struct orthros_table orthros_table_fastopen_keys;
extern struct orthros_table orthros_table_unix;
extern struct orthros_table orthros_table_unix_addr;
extern struct orthros_table orthros_table_skb;
extern struct orthros_table orthros_table_unixcb;
extern struct orthros_table orthros_table_scm;
extern struct orthros_table orthros_table_skb_shared;
extern struct orthros_table orthros_table_skb_frag;

#endif /* _ORTHROS_TABLES_NET_H */

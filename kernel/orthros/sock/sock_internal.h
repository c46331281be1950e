/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kinds of sockets share.
 */
#ifndef _ORTHROS_SOCK_INTERNAL_H
#define _ORTHROS_SOCK_INTERNAL_H

#include <linux/orthros/abi/sock.h>
#include "../core/image.h"
#include "../core/kind.h"
#include "../core/member.h"
#include "../core/report.h"
#include "../core/walk.h"
#include "../files/files.h"
#include "../fs/fs.h"
#include "compat.h"
#include "sock.h"
#include "tables.h"

struct socket;
struct socket_wq;

/**
 * struct orthros_sock_ops - the sockets of one protocol
 * @family:	address family
 * @family6:	another one, or 0
 * @read:	fills the SOCK object's record and the objects behind it. Its
 *		common part is filled already. 0, %ORTHROS_REFUSED or -errno.
 * @build:	makes a fresh socket, whose common options are set, what it was
 *
 * A protocol has a mark of %ORTHROS_MARK_SOCK for each proto_ops that tells it.
 */
struct orthros_sock_ops {
	u16 family;
	u16 family6;
	int (*read)(const struct orthros_finder *who, struct orthros_obj *sock, u64 sk);
	int (*build)(struct orthros_image *img, struct orthros_obj *obj, struct socket *sock);
};

/* inet.c */
int orthros_read_inet(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 sk,
		      const struct orthros_inet_view *v);
int orthros_read_conn_obj(const struct orthros_finder *who, const struct orthros_type *type,
			  size_t size, struct orthros_obj *sock,
			  int (*read)(const struct orthros_finder *who, struct orthros_obj *obj,
				      struct orthros_sock_rec *rec,
				      const struct orthros_sk_view *sk));
int orthros_set_inet(const struct orthros_sock_rec *rec, struct socket *sock);
int orthros_bind_inet(const struct orthros_sock_rec *rec, struct socket *sock);
void orthros_connect_inet(struct socket *sock, const u8 *daddr, u16 dport);
int orthros_inet_done(const struct orthros_sock_rec *rec, struct socket *sock);
/* A socket without a file: not accepted yet, or closed. NULL if it was refused. */
struct orthros_obj *orthros_read_bare_sock(const struct orthros_finder *who, u64 sk,
					   const struct orthros_sock_ops *ops);
/* Away with the struct socket; what sleepers would wait for instead, or NULL. */
void orthros_detach_sock(struct socket *sock, struct socket_wq *wq);
/* raw.c: raw IP sockets, and those for ping */
extern const struct orthros_sock_ops orthros_raw_ops;
/* skb.c */
int orthros_read_payload(struct orthros_image *img, const struct orthros_skb_view *skb, u32 skip,
			 void *to, u32 len);
/* TCP: tcp.c, tcp_conn.c */
extern const struct orthros_sock_ops orthros_tcp_ops;
int orthros_tie_tcp(struct orthros_image *img);
void orthros_kick_tcp(struct orthros_image *img);
int orthros_read_tcp_conn(const struct orthros_finder *who, struct orthros_obj *sock);
int orthros_build_tcp_conn(struct orthros_image *img, struct orthros_obj *obj,
			   struct socket *sock);
void orthros_reconnect_tcp(struct orthros_image *img);
/* opt.c */
int orthros_read_sk_opts(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 addr);
int orthros_read_inet_opts(const struct orthros_finder *who, struct orthros_sock_rec *rec,
			   u64 addr, u64 pinet6);
int orthros_set_opts(const struct orthros_sock_rec *rec, struct socket *sock);
int orthros_set_tcp_opts(const struct orthros_sock_rec *rec, struct socket *sock);
/* filter.c */
int orthros_read_filters(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 addr);
int orthros_set_filters(struct orthros_image *img, const struct orthros_sock_rec *rec,
			struct socket *sock);
/* errqueue.c: what recvmsg(MSG_ERRQUEUE) tells */
int orthros_read_errors(const struct orthros_finder *who, u64 addr,
			const struct orthros_sk_view *sk);
int orthros_fill_errors(struct orthros_image *img, u64 key, struct socket *sock);
/* flowlabel.c: flow labels of IPv6 */
int orthros_read_flow_labels(const struct orthros_finder *who, u64 list);
int orthros_set_flow_labels(struct orthros_image *img, const struct orthros_sock_rec *rec,
			    struct socket *sock);
/* mcast.c */
int orthros_read_mcast(const struct orthros_finder *who, u64 sock, u16 family, u64 list);
int orthros_set_mcast(struct orthros_image *img, u64 key, struct socket *sock);
int orthros_setsockopt(struct socket *sock, int level, int name, void *val, unsigned int len);
int orthros_setsockopt_int(struct socket *sock, int level, int name, int val);

#endif /* _ORTHROS_SOCK_INTERNAL_H */

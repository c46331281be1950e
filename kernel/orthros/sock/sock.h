/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets, for other areas.
 */
#ifndef _ORTHROS_SOCK_H
#define _ORTHROS_SOCK_H

#include "../core/kind.h"

struct orthros_image;
struct orthros_type;

/* By struct sock; built, it is a struct socket. */
extern const struct orthros_type orthros_sock_type;

/* packet.c: what is mapped of a packet socket that was read */
u64 orthros_packet_ring_size(struct orthros_image *img, u64 sock);

extern const struct orthros_kind orthros_sock_kind;
extern const struct orthros_kind orthros_sock_opt_kind;
extern const struct orthros_kind orthros_unix_kind;
extern const struct orthros_kind orthros_tcp_kind;
extern const struct orthros_kind orthros_tcp_hash_kind;
extern const struct orthros_kind orthros_udp_kind;
extern const struct orthros_kind orthros_netlink_kind;
extern const struct orthros_kind orthros_packet_kind;
extern const struct orthros_kind orthros_raw_kind;
extern const struct orthros_kind orthros_genl_kind;
extern const struct orthros_kind orthros_foreign_sock_kind;

#endif /* _ORTHROS_SOCK_H */

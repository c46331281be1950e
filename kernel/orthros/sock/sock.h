/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets, for other areas.
 */
#ifndef _ORTHROS_SOCK_H
#define _ORTHROS_SOCK_H

struct orthros_image;

int orthros_build_bare_socks(struct orthros_image *img);
int orthros_finish_unix(struct orthros_image *img);
int orthros_finish_tcp(struct orthros_image *img);
int orthros_read_tcp_hash(struct orthros_image *img);
void orthros_start_tcp(struct orthros_image *img);
void orthros_settle_tcp(struct orthros_image *img);
void orthros_kick_tcp(struct orthros_image *img);

#endif /* _ORTHROS_SOCK_H */

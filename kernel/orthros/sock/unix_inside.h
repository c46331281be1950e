/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_UNIX_BIND_H
#define _ORTHROS_UNIX_BIND_H

struct path;
struct sock;

int orthros_unix_bind_node(struct sock *sk, const struct path *path, const void *name, int len);

#endif /* _ORTHROS_UNIX_BIND_H */

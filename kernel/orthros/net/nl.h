/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel as a user of its own netlink families, and the sections of
 * messages that two kernels exchange.
 */
#ifndef _ORTHROS_NL_H
#define _ORTHROS_NL_H

#include <linux/netlink.h>
#include <linux/sizes.h>
#include <linux/types.h>
#include <linux/orthros/abi/netconf.h>
#include <net/netlink.h>
#include "../core/sections.h"

struct file;
struct socket;

/**
 * struct orthros_nl - a netlink socket
 * @sock:	socket
 * @file:	its file, whose credentials say what it may
 */
struct orthros_nl {
	struct socket *sock;
	struct file *file;
};

int orthros_nl_open(struct orthros_nl *nl, int protocol);
void orthros_nl_close(struct orthros_nl *nl);
int orthros_nl_request(struct orthros_nl *nl, struct nlmsghdr *nlh);
int orthros_nl_send(struct orthros_nl *nl, u16 type, u16 flags, const void *head, size_t head_len,
		    const void *attrs, size_t attrs_len);
int orthros_nl_dump(struct orthros_nl *nl, u16 type, const void *head, size_t len,
		    int (*fn)(void *ctx, const struct nlmsghdr *nlh), void *ctx);

int orthros_sections_msg(void *sections, const struct nlmsghdr *nlh);

/* The messages of a section; the data of each lie within it. */
#define orthros_for_each_msg(nlh, rem, data, len) \
	for ((nlh) = (data), (rem) = (len); nlmsg_ok(nlh, rem); (nlh) = nlmsg_next(nlh, &(rem)))

#endif /* _ORTHROS_NL_H */

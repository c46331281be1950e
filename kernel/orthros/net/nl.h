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

/**
 * struct orthros_sections - a buffer of sections that grows
 * @data:	bytes, from kvmalloc()
 * @len:	of them in use
 * @size:	of them there
 * @start:	where the section that is being written begins
 */
struct orthros_sections {
	u8 *data;
	size_t len;
	size_t size;
	size_t start;
};

void *orthros_sections_room(struct orthros_sections *s, size_t len);
int orthros_sections_begin(struct orthros_sections *s, u32 kind);
void orthros_sections_end(struct orthros_sections *s);
int orthros_sections_msg(void *sections, const struct nlmsghdr *nlh);
const void *orthros_sections_find(const void *data, size_t len, u32 kind, size_t *sec_len);

/* The messages of a section; the data of each lie within it. */
#define orthros_for_each_msg(nlh, rem, data, len) \
	for ((nlh) = (data), (rem) = (len); nlmsg_ok(nlh, rem); (nlh) = nlmsg_next(nlh, &(rem)))

#endif /* _ORTHROS_NL_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Namespaces, for other areas.
 *
 * The graph is here: which there are, of what type, who owns them, who is in which.
 * What is in one of a type is the affair of the area that has the things: it
 * registers a mark of the type's operations.
 */
#ifndef _ORTHROS_NS_H
#define _ORTHROS_NS_H

#include <linux/types.h>
#include <linux/orthros/abi/ns.h>
#include "../core/image.h"
#include "../core/kind.h"
#include "../core/report.h"

struct net;
struct ns_common;
struct nsproxy;
struct orthros_netconf_net;
struct path;
struct pid;
struct user_namespace;

extern const struct orthros_kind orthros_ns_kind;
extern const struct orthros_kind orthros_user_ns_kind;
extern const struct orthros_kind orthros_uts_kind;
extern const struct orthros_kind orthros_net_ns_kind;
extern const struct orthros_kind orthros_net_ns_end_kind;
extern const struct orthros_kind orthros_pid_ns_kind;
extern const struct orthros_kind orthros_ns_parents_kind;
extern const struct orthros_kind orthros_nsproxy_kind;

/* Key: its struct ns_common; the reference in @dst is let go of in the release. */
extern const struct orthros_type orthros_ns_type;

/**
 * struct orthros_ns_ops - how namespaces of a type are read, of %ORTHROS_MARK_NS
 * @type:	which
 * @read:	read what it has, into the record's @own. 0, %ORTHROS_REFUSED or an
 *		error. Of the initial one, too
 */
struct orthros_ns_ops {
	enum orthros_ns type;
	int (*read)(const struct orthros_finder *who, struct orthros_obj *ns);
};

/* Makes one like @obj for @owner; nobody knows of it yet. */
typedef struct ns_common *(*orthros_make_ns_t)(struct orthros_image *img,
					       struct orthros_obj *obj,
					       struct user_namespace *owner);

/* graph.c */
int orthros_read_ns(const struct orthros_finder *who, u64 addr);
int orthros_ns_owner(const struct orthros_finder *who, struct orthros_obj *ns, u64 user_ns,
		     u32 uid);
u64 orthros_initial_ns(struct orthros_image *img, enum orthros_ns type);
bool orthros_ns_possible(enum orthros_ns type);
struct orthros_ns_rec *orthros_ns_rec(struct orthros_image *img, u64 addr);
int orthros_build_ns(struct orthros_image *img, struct orthros_obj *obj, orthros_make_ns_t make);
int orthros_build_nss(struct orthros_image *img, enum orthros_ns type, orthros_make_ns_t make);
int orthros_ns_lost(struct orthros_image *img, const struct orthros_ns_rec *rec, int err);
void orthros_ns_built(struct orthros_obj *obj, struct ns_common *ns);
struct ns_common *orthros_dst_ns(struct orthros_image *img, u64 addr);
int orthros_ns_path(struct orthros_image *img, u64 addr, struct path *path);

int orthros_read_user_ns(const struct orthros_finder *who, u64 user_ns);

/* user.c: needs no image, while there is one */
struct user_namespace *orthros_dst_user_ns(u64 user_ns);

/* net.c */
int orthros_read_net_ns(const struct orthros_finder *who, u64 net, u64 *ns);
bool orthros_net_ns_known(struct orthros_image *img, u64 net, u64 *ns);
const struct orthros_netconf_net *orthros_next_net_told(struct orthros_image *img, size_t *pos,
							size_t *len);
struct net *orthros_dst_net(struct orthros_image *img, u64 ns);

/* proxy.c */
int orthros_read_nsproxy(const struct orthros_finder *who, u64 addr);
int orthros_join_ns(struct orthros_image *img, u64 nsproxy);
int orthros_enter_ns(enum orthros_ns type, struct ns_common *ns, struct nsproxy **old);
int orthros_children_in(struct ns_common *ns, struct nsproxy **old);
void orthros_leave_ns(struct nsproxy *old);

/* user.c */
int orthros_gather_user_parents(struct orthros_image *img);

/* pid.c */
int orthros_gather_pid_parents(struct orthros_image *img);
int orthros_read_pid(const struct orthros_finder *who, u64 addr);
int orthros_pid_numbers(struct orthros_image *img, u64 addr, pid_t nr, pid_t *set_tid,
			struct ns_common **ns);
struct pid *orthros_pid_of(struct orthros_image *img, u64 addr, pid_t nr);

#endif /* _ORTHROS_NS_H */

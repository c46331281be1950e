/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interfaces between the kinds of files: read.c and build.c hold
 * what is common to all, file_*.c and sock_*.c one kind each.
 */
#ifndef _ORTHROS_FILES_H
#define _ORTHROS_FILES_H

#include <linux/cred.h>
#include <linux/file.h>
#include <linux/orthros/abi/file.h>
#include <linux/orthros/abi/sock.h>
#include <linux/orthros/abi/tty.h>
#include "../core/internal.h"
#include "../core/member.h"
#include "tables.h"
#include "../sock/tables.h"

/* Result of a reader that has reported why it does not carry something. */
#define ORTHROS_REFUSED		1

/**
 * struct orthros_finder - through whom and what a file is being read
 * @img:	image that is filled
 * @pid:	process
 * @comm:	its name
 * @what:	"fd 5", "mapping 7f00..."
 */
struct orthros_finder {
	struct orthros_image *img;
	pid_t pid;
	const char *comm;
	const char *what;
};

/**
 * struct orthros_file_ops - one kind of file
 * @name:	for messages
 * @fops:	the source's file_operations that mark it, by name; NULL-terminated
 * @read:	fills the FILE object's record and the objects behind it. Its
 *		common part is filled already. 0, %ORTHROS_REFUSED or -errno.
 * @build:	makes the file, in the context of a process that has it, with
 *		the opener's ids and all capabilities
 */
struct orthros_file_ops {
	const char *name;
	const char *const *fops;
	int (*read)(const struct orthros_finder *who, struct orthros_obj *file,
		    const struct orthros_file_view *view,
		    const struct orthros_finode_view *inode);
	struct file *(*build)(struct orthros_image *img, struct orthros_obj *file);
};

extern const struct orthros_file_ops orthros_file_path_ops;
extern const struct orthros_file_ops orthros_file_pipe_ops;
extern const struct orthros_file_ops orthros_file_eventfd_ops;
extern const struct orthros_file_ops orthros_file_epoll_ops;
extern const struct orthros_file_ops orthros_file_sock_ops;
extern const struct orthros_file_ops orthros_file_tty_ops;
extern const struct orthros_file_ops orthros_file_timerfd_ops;
extern const struct orthros_file_ops orthros_file_signalfd_ops;
extern const struct orthros_file_ops orthros_file_shm_ops;
extern const struct orthros_file_ops orthros_file_inotify_ops;
extern const struct orthros_file_ops orthros_file_proc_ops;
extern const struct orthros_file_ops orthros_file_pidfd_ops;
/* By &enum orthros_file_type. */
extern const struct orthros_file_ops *const orthros_file_kinds[ORTHROS_FILE_TYPES];

__printf(2, 3)
int orthros_file_refuse(const struct orthros_finder *who, const char *fmt, ...);
int orthros_file_consts(struct orthros_image *img, struct orthros_file_consts *c);
/* True if @addr is the source's symbol @name. */
bool orthros_src_is(const struct orthros_image *img, u64 addr, const char *name);
int orthros_read_pidnr(struct orthros_image *img, u64 pid, s32 *nr);
s64 orthros_src_ms(const struct orthros_file_consts *c, s64 ticks);
long orthros_dst_jiffies(s64 ms);

/* A file by path, with the record's flags and position. */
struct file *orthros_open_path(struct orthros_image *img, const struct orthros_file_rec *rec,
			       unsigned int add_flags);
const struct cred *orthros_file_cred(const struct orthros_cred_rec *rec);
void orthros_set_inode_owner(struct inode *inode, u32 mode, u32 uid, u32 gid);
/* A file that a system call has put into the descriptor @fd: taken out again. */
struct file *orthros_take_fd(int fd);

/* A page of current's memory for the arguments of a system call, or an ERR_PTR value. */
unsigned long orthros_user_page(const void *data, size_t len);
void orthros_user_page_free(unsigned long addr);

void orthros_start_timerfds(struct orthros_image *img);

/* Not before every process is there. */
static inline bool orthros_file_is_late(const struct orthros_file_rec *rec)
{
	return rec->type == ORTHROS_FILE_TTY || rec->type == ORTHROS_FILE_PROC ||
	       rec->type == ORTHROS_FILE_PIDFD;
}

/* proc.c: below /proc/PID */
int orthros_proc_of_process(struct orthros_image *img, u64 dentry);
int orthros_read_proc_file(const struct orthros_finder *who, struct orthros_obj *obj,
			   const struct orthros_file_view *view);
int orthros_finish_proc_files(struct orthros_image *img);

/* inotify: watches and events before the commit, new events after it */
int orthros_finish_inotify(struct orthros_image *img);
void orthros_start_inotify(struct orthros_image *img);

/* lock.c: locks on files */
int orthros_read_locks(const struct orthros_finder *who, u64 flctx);
int orthros_build_locks(struct orthros_image *img, struct orthros_obj *files);
int orthros_finish_locks(struct orthros_image *img);

int orthros_build_epoll_items(struct orthros_image *img, struct orthros_obj *ep);
void orthros_release_pipes(struct orthros_image *img);

/* sockets: sock/sock.c, sock/tcp.c, sock/unix.c */
struct socket;
struct socket_wq;
int orthros_read_tcp(const struct orthros_finder *who, struct orthros_obj *sock, u64 sk);
int orthros_build_tcp(struct orthros_image *img, struct orthros_obj *obj, struct socket *sock);
/* sock/inet.c */
int orthros_read_inet(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 sk,
		      const struct orthros_inet_view *v);
int orthros_read_conn_obj(const struct orthros_finder *who, enum orthros_kind kind, size_t size,
			  struct orthros_obj *sock,
			  int (*read)(const struct orthros_finder *who, struct orthros_obj *obj,
				      struct orthros_sock_rec *rec,
				      const struct orthros_sk_view *sk));
int orthros_set_inet(const struct orthros_sock_rec *rec, struct socket *sock);
int orthros_bind_inet(const struct orthros_sock_rec *rec, struct socket *sock);
int orthros_read_unix(const struct orthros_finder *who, struct orthros_obj *sock, u64 sk);
int orthros_build_unix(struct orthros_image *img, struct orthros_sock_rec *rec,
		       struct socket *sock);
int orthros_finish_unix(struct orthros_image *img);
/* A socket without a file: not accepted yet, or closed. NULL if it was refused. */
struct orthros_obj *orthros_read_bare_sock(const struct orthros_finder *who, u64 sk);
int orthros_build_bare_socks(struct orthros_image *img);
/* Away with the struct socket; what sleepers would wait for instead, or NULL. */
void orthros_detach_sock(struct socket *sock, struct socket_wq *wq);
/* sock/skb.c */
int orthros_read_payload(struct orthros_image *img, const struct orthros_skb_view *skb, u32 skip,
			 void *to, u32 len);
int orthros_read_udp(const struct orthros_finder *who, struct orthros_obj *sock, u64 addr);
int orthros_build_udp(struct orthros_image *img, struct orthros_obj *sobj, struct socket *sock);
int orthros_read_netlink(const struct orthros_finder *who, struct orthros_obj *sock, u64 addr);
int orthros_build_netlink(struct orthros_image *img, struct orthros_obj *sobj,
			  struct socket *sock);
/* TCP connections: sock/tcp_conn.c */
int orthros_read_tcp_conn(const struct orthros_finder *who, struct orthros_obj *sock);
int orthros_build_tcp_conn(struct orthros_image *img, struct orthros_obj *obj,
			   struct socket *sock);
int orthros_finish_tcp(struct orthros_image *img);
void orthros_reconnect_tcp(struct orthros_image *img);
void orthros_kick_tcp(struct orthros_image *img);
/* What is in the table of connections and in no process's: sock/tcp_hash.c */
int orthros_read_tcp_hash(struct orthros_image *img);
void orthros_start_tcp(struct orthros_image *img);
void orthros_settle_tcp(struct orthros_image *img);
/* sock/opt.c */
int orthros_read_sk_opts(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 addr);
int orthros_read_inet_opts(const struct orthros_finder *who, struct orthros_sock_rec *rec,
			   u64 addr, u64 pinet6);
int orthros_set_opts(const struct orthros_sock_rec *rec, struct socket *sock);
int orthros_set_tcp_opts(const struct orthros_sock_rec *rec, struct socket *sock);
/* sock/filter.c */
int orthros_read_filters(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 addr);
int orthros_set_filters(struct orthros_image *img, const struct orthros_sock_rec *rec,
			struct socket *sock);
/* sock/mcast.c */
int orthros_read_mcast(const struct orthros_finder *who, u64 sock, u16 family, u64 list);
int orthros_set_mcast(struct orthros_image *img, u64 key, struct socket *sock);
int orthros_setsockopt(struct socket *sock, int level, int name, void *val, unsigned int len);
int orthros_setsockopt_int(struct socket *sock, int level, int name, int val);

/*
 * After orthros_build_files() of every process, before the commit: what ties
 * files of several processes together (connected UNIX sockets, their queues,
 * credentials of peers). 0 or -errno.
 */
int orthros_finish_files(struct orthros_image *img);
/* When every process and group is there: who gets SIGIO. 0 or -errno. */
int orthros_finish_owners(struct orthros_image *img);
void orthros_finish_ptys(struct orthros_image *img);
/* In the context of a process whose source had signal->tty, after orthros_build_ttys(). */
int orthros_set_ctty(struct orthros_image *img, struct orthros_obj *tty);

#endif /* _ORTHROS_FILES_H */

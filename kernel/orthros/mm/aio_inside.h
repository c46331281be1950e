/* SPDX-License-Identifier: GPL-2.0 */
/* What fs/aio.c does for Orthros, see aio_inside.c. */
#ifndef _ORTHROS_AIO_INSIDE_H
#define _ORTHROS_AIO_INSIDE_H

#include <linux/types.h>
#include <linux/orthros/abi/aio.h>

struct file;
struct kioctx;

#ifdef CONFIG_AIO
int orthros_aio_settle(pid_t *who);
unsigned int orthros_aio_least(void);
struct kioctx *orthros_aio_make(const struct orthros_aio_rec *rec);
struct file *orthros_aio_ring(struct kioctx *ctx);
void *orthros_aio_page(struct kioctx *ctx, u32 nr);
void orthros_aio_set(struct kioctx *ctx, const struct orthros_aio_rec *rec);
int orthros_aio_poll(struct kioctx *ctx, const struct orthros_aio_req_rec *rec,
		     struct file *file, struct file *eventfd);
#else
static inline int orthros_aio_settle(pid_t *who) { return 0; }
static inline unsigned int orthros_aio_least(void) { return 0; }
static inline struct kioctx *orthros_aio_make(const struct orthros_aio_rec *rec)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline struct file *orthros_aio_ring(struct kioctx *ctx) { return NULL; }

static inline void *orthros_aio_page(struct kioctx *ctx, u32 nr) { return NULL; }
static inline void orthros_aio_set(struct kioctx *ctx, const struct orthros_aio_rec *rec) { }
static inline int orthros_aio_poll(struct kioctx *ctx, const struct orthros_aio_req_rec *rec,
				   struct file *file, struct file *eventfd)
{
	return -EOPNOTSUPP;
}
#endif

#endif /* _ORTHROS_AIO_INSIDE_H */

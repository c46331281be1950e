/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_INOTIFY_SET_H
#define _ORTHROS_INOTIFY_SET_H

#include <linux/orthros/abi/inotify.h>

struct file;
struct inode;

int orthros_inotify_event(struct file *file, const struct orthros_inotify_event_rec *rec);
void orthros_inotify_setup(struct file *file, const struct orthros_inotify_rec *rec);
void orthros_inotify_hold(struct file *file);
int orthros_inotify_watch(struct file *file, struct inode *inode,
			  const struct orthros_watch_rec *rec);
void orthros_inotify_start(struct file *file, const struct orthros_inotify_rec *rec,
			   const struct orthros_watch_rec *watch);

#endif /* _ORTHROS_INOTIFY_SET_H */

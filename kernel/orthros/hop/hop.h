/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two sides of a hop share.
 */
#ifndef _ORTHROS_HOP_H
#define _ORTHROS_HOP_H

#include <linux/types.h>

struct orthros_kind;
struct orthros_src;
struct restart_block;

/* boundary.c */
void orthros_set_freezing(bool on);
bool orthros_is_freezing(void);
u32 orthros_only_freezing(void);

/* restart.c */
long orthros_call_restart(struct restart_block *block);

/* peer.c */
__printf(2, 3) int orthros_update_error(int err, const char *fmt, ...);
int orthros_core_error(int err);
int orthros_describe(bool frozen);
u32 orthros_state_of_peer(void);
int orthros_peer_ready(void);

/* monitor.c */
extern const struct orthros_kind orthros_monitor_kind;
void orthros_monitor_share(void);
int orthros_watch(const struct orthros_src *src);
void orthros_watch_end(void);
const char *orthros_found(void);
u64 orthros_found_task(void);

/* vmcore.c */
extern const struct orthros_kind orthros_evidence_kind;
extern const struct orthros_kind orthros_vmcore_kind;

/* rearm.c */
void orthros_rearm_inherit(bool crashed);
void orthros_rearm(void);

/* freeze.c */
int orthros_freeze(void);
void orthros_thaw(void);

/* quiesce.c */
void orthros_prepare_devices(void);
void orthros_unprepare_devices(void);
int orthros_quiesce_devices(void);
void orthros_resume_devices(bool touched);

/* devices.c */
extern const struct orthros_kind orthros_device_kind;
extern const struct orthros_kind orthros_console_kind;
extern const struct orthros_kind orthros_cpu_kind;

#endif /* _ORTHROS_HOP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What belongs to no process, for other areas.
 */
#ifndef _ORTHROS_MACHINE_H
#define _ORTHROS_MACHINE_H

#include "../core/kind.h"

struct orthros_type;

/**
 * struct orthros_tracer_rec - PR_SET_PTRACER
 * @pid:	process that may be traced
 * @tracer:	by whom, -1 for anybody
 */
struct orthros_tracer_rec {
	s32 pid;
	s32 tracer;
};

/* security.c. Key: the task_struct of the process */
extern const struct orthros_type orthros_tracer_type;

extern const struct orthros_kind orthros_machine_kind;
extern const struct orthros_kind orthros_clock_kind;
extern const struct orthros_kind orthros_limits_kind;
extern const struct orthros_kind orthros_sequence_kind;
extern const struct orthros_kind orthros_unowned_kind;
extern const struct orthros_kind orthros_security_kind;
extern const struct orthros_kind orthros_sysctl_kind;
extern const struct orthros_kind orthros_late_sysctl_kind;
extern const struct orthros_kind orthros_sysfs_kind;
extern const struct orthros_kind orthros_procfs_kind;
extern const struct orthros_kind orthros_module_kind;
extern const struct orthros_kind orthros_irq_kind;

/* sysctl.c: those that want the network's devices */
int orthros_dump_net_sysctls(struct orthros_sections *s);
int orthros_check_net_sysctls(struct orthros_image *img, const void *told, size_t len);
int orthros_build_net_sysctls(const void *told, size_t len);

/* clock.c: in the commit, when the platform is this kernel's */
void orthros_set_clocks(struct orthros_image *img);

/* irq.c: CPUs go to a second kernel, and come back */
void orthros_keep_irqs(void);
void orthros_return_irqs(bool back);

#endif /* _ORTHROS_MACHINE_H */

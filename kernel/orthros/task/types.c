// SPDX-License-Identifier: GPL-2.0-only
/* The sorts of objects that make a process. */
#include <linux/sizes.h>
#include "task_internal.h"

const struct orthros_type orthros_task_type = { .name = "task", .cost = SZ_32K };
const struct orthros_type orthros_signal_type = { .name = "signal struct", .cost = SZ_2K };
const struct orthros_type orthros_sighand_type = { .name = "signal handlers", .cost = SZ_4K };
const struct orthros_type orthros_cred_type = { .name = "credentials", .cost = 512 };
const struct orthros_type orthros_sigpending_type = { .name = "pending signals" };
const struct orthros_type orthros_usage_type = { .name = "use of a process that is gone" };
const struct orthros_type orthros_unborn_type = { .name = "task that never ran" };
const struct orthros_type orthros_exec_type = { .name = "program that is begun" };
const struct orthros_type orthros_ports_type = { .name = "I/O ports" };
/* Key: its task_struct */
const struct orthros_type orthros_fpu_type = { .name = "FPU state" };

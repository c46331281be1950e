/* SPDX-License-Identifier: GPL-2.0 */
/* The control interface as the test drivers use it. */
#ifndef ORTHROS_CTL_H
#define ORTHROS_CTL_H

#include <stdbool.h>
#include <stddef.h>

#define ORTHROS_SYSFS	"/sys/kernel/orthros/"

int ctl_read(const char *attr, char *text, size_t size);
int ctl_write(const char *attr, const char *text);
bool ctl_wait_ready(int seconds);
bool ctl_wait_settled(int seconds);
void ctl_diag(const char *attr);
void ctl_provoke_at(const char *fault, long long *at);
void ctl_provoke(const char *fault);
void ktap_plan(int n);
void ktap_result(bool ok, const char *name, const char *detail);
int ktap_end(void);

#endif /* ORTHROS_CTL_H */

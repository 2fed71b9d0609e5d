import type { Settings } from '../../program/settings.ts';

/** The slice that the agent with its jobs and Docker's containers run in, where they are limited. */
export const JOBS_SLICE = 'buildkite.slice';

/**
 * The unit of that slice.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html
 * @param cpus of the instance
 */
export function jobsSlice(settings: Settings, cpus: number): string {
  return `[Unit]
Description=Jobs of Buildkite

[Slice]
MemoryHigh=${settings.required('RESOURCE_LIMITS_MEMORY_HIGH')}
MemoryMax=${settings.required('RESOURCE_LIMITS_MEMORY_MAX')}
MemorySwapMax=${settings.required('RESOURCE_LIMITS_MEMORY_SWAP_MAX')}
CPUWeight=${settings.required('RESOURCE_LIMITS_CPU_WEIGHT')}
CPUQuota=${cpuQuota(settings.required('RESOURCE_LIMITS_CPU_QUOTA'), cpus)}
IOWeight=${settings.required('RESOURCE_LIMITS_IO_WEIGHT')}
`;
}

/** systemd counts 100% for each CPU, people for all of them. More than 100% can be meant the first way only. */
function cpuQuota(quota: string, cpus: number): string {
  const percent = Number.parseInt(quota, 10);
  return `${percent > 100 ? percent : percent * cpus}%`;
}

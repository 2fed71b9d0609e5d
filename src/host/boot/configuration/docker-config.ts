import type { Settings } from '../../program/settings.ts';
import { poolsOutside } from './address-pools.ts';
import { AGENT_USER } from '../../program/paths.ts';
import { JOBS_SLICE } from './resource-limits.ts';

export interface DockerFacts {
  /** Where Docker keeps its data; undefined for its own choice. */
  readonly dataRoot: string | undefined;
  /** The daemon.json that is there. */
  readonly existing?: string | undefined;
  /** IPv4 ranges of the VPC. */
  readonly vpcRanges: readonly string[];
  /** Printed by `dockerd --version`. */
  readonly daemonVersion: string;
}

/** The first version of Docker whose ip6tables isn't experimental. https://docs.docker.com/engine/release-notes/27/ */
const STABLE_IP6TABLES_SINCE = 27;

/**
 * Docker's daemon.json. https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file and
 * https://docs.docker.com/engine/daemon/ipv6/
 * @throws Error for dual stack if there is no version of Docker to go by
 */
export function dockerConfig(
  settings: Settings,
  { dataRoot, vpcRanges, existing, daemonVersion }: DockerFacts,
): string {
  const dualStack = settings.text('DOCKER_NETWORKING_PROTOCOL') === 'dualstack';
  const experimental =
    settings.flag('DOCKER_EXPERIMENTAL') || (dualStack && isIp6tablesExperimental(daemonVersion));
  const config = {
    ...DEFAULTS,
    ...ownSettings(existing),
    ...(dataRoot !== undefined && { 'data-root': dataRoot }),
    ...(experimental && { experimental: true }),
    ...(settings.flag('DOCKER_USERNS_REMAP') && { 'userns-remap': AGENT_USER }),
    ...(settings.flag('BUILDKITE_RESOURCE_LIMITS') && { 'cgroup-parent': JOBS_SLICE }),
    ...network(settings, vpcRanges, dualStack),
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** What holds where the instance has nothing of its own. */
const DEFAULTS = {
  'log-driver': 'json-file',
  'log-opts': { 'max-size': '50m', 'max-file': '3' },
  'live-restore': true,
};

/** Settings of an image or a bootstrap script, such as mirrors and runtimes. What the stack's parameters set wins. */
function ownSettings(existing: string | undefined): Readonly<Record<string, unknown>> {
  if (existing === undefined || existing.trim() === '') return {};
  let found: unknown;
  try {
    found = JSON.parse(existing);
  } catch (error) {
    throw new Error(`/etc/docker/daemon.json isn't valid JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw new Error('/etc/docker/daemon.json has no JSON object');
  }
  return found as Record<string, unknown>;
}

/** Pools large enough for a build with many networks. */
function network(settings: Settings, vpcRanges: readonly string[], dualStack: boolean) {
  const fixed = settings.text('DOCKER_FIXED_CIDR_V4');
  return {
    ...(fixed !== '' && { 'fixed-cidr': fixed }),
    ...(dualStack && {
      ipv6: true,
      ip6tables: true,
      'fixed-cidr-v6': settings.required('DOCKER_FIXED_CIDR_V6'),
    }),
    'default-address-pools': [
      ...poolsOutside({ base: settings.required('DOCKER_IPV4_ADDRESS_POOL_1'), size: 20 }, vpcRanges),
      ...poolsOutside({ base: settings.required('DOCKER_IPV4_ADDRESS_POOL_2'), size: 24 }, vpcRanges),
      ...(dualStack ? [{ base: settings.required('DOCKER_IPV6_ADDRESS_POOL'), size: 112 }] : []),
    ],
  };
}

/** Earlier versions refuse to start with ip6tables unless experimental features are on. */
function isIp6tablesExperimental(daemonVersion: string): boolean {
  const major = /\b(\d+)\.\d+/.exec(daemonVersion)?.[1];
  if (major === undefined) throw new Error(`dockerd printed no version of Docker: "${daemonVersion}"`);
  return Number(major) < STABLE_IP6TABLES_SINCE;
}

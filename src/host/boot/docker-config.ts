import type { Settings } from '../settings.ts';

/** Docker's daemon.json. https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file */
export function dockerConfig(settings: Settings, dataRoot: string | undefined): string {
  const config = {
    ...(dataRoot !== undefined && { 'data-root': dataRoot }),
    ...(settings.flag('DOCKER_EXPERIMENTAL') && { experimental: true }),
    // Large enough for a build with many networks, and clear of the stack's own VPC (10.0.0.0/16).
    'default-address-pools': [
      { base: '172.16.0.0/12', size: 20 },
      { base: '192.168.0.0/16', size: 24 },
    ],
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '50m', 'max-file': '3' },
    'live-restore': true,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

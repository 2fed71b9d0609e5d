import { LOGS } from '../../program/paths.ts';

/** Which file goes to which of the stack's log groups; each instance has a stream of its id. */
export function cloudWatchConfig(logGroupPrefix: string, instanceId: string, systemLog: string): string {
  const files = [
    ['agent', `${LOGS}/agent.log`],
    ['boot', `${LOGS}/boot.log`],
    ['boot', '/var/log/cloud-init-output.log'],
    ['system', systemLog],
    ['docker', `${LOGS}/docker.log`],
    ['lifecycle', `${LOGS}/lifecycle.log`],
  ] as const;
  const config = {
    agent: {
      logfile: '/opt/aws/amazon-cloudwatch-agent/logs/amazon-cloudwatch-agent.log',
      metrics_collection_interval: 60,
    },
    logs: {
      logs_collected: {
        files: {
          collect_list: files.map(([group, file_path]) => ({
            file_path,
            log_group_name: `${logGroupPrefix}/${group}`,
            log_stream_name: instanceId,
            timezone: 'UTC',
          })),
        },
      },
      force_flush_interval: 5,
    },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

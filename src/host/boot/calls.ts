import { CloudFormationClient, SignalResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ConfigurationCalls } from './configuration/configure.ts';
import { secretStore } from '../../secrets/job/secret-store.ts';
import { groupCalls } from '../lifecycle/group.ts';
import type { Metadata } from '../lifecycle/metadata.ts';
import { clientSettings } from '../program/aws.ts';
import type { Settings } from '../program/settings.ts';

/** What a boot asks of AWS. */
export interface BootCalls extends ConfigurationCalls {
  instanceId(): Promise<string>;
  /** Where the group takes the instance: `InService`, `Warmed:Stopped`, ...; undefined outside a group. */
  targetState(instanceId: string): Promise<string | undefined>;
  signal(instanceId: string, status: 'SUCCESS' | 'FAILURE'): Promise<void>;
  markUnhealthy(instanceId: string): Promise<void>;
  /** Tells the group how the boot ended, or that it still goes on. */
  reportToGroup(instanceId: string, boot: 'CONTINUE' | 'ABANDON' | 'heartbeat'): Promise<void>;
  /** Puts the last lines into the boot log group, at once. */
  shipLog(instanceId: string, lines: readonly string[]): Promise<void>;
}

/** The same on AWS. */
export function bootCalls(settings: Settings, metadata: Metadata): BootCalls {
  const region = settings.required('BK_STACK_REGION');
  const shared = clientSettings(region, 8);
  return {
    instanceId: () => metadata.required('meta-data/instance-id'),
    async targetState(instanceId) {
      const said = await metadata.get('meta-data/autoscaling/target-lifecycle-state');
      // An instance that is in no group has none. One that is may not have it yet, and must not be mistaken.
      return said?.trim() ?? (await groupCalls(region, instanceId).lifecycleState());
    },
    async vpcRanges() {
      const mac = await metadata.required('meta-data/mac');
      const ranges = await metadata.required(
        `meta-data/network/interfaces/macs/${mac.trim()}/vpc-ipv4-cidr-blocks`,
      );
      return ranges.split('\n').filter((range) => range !== '');
    },
    parameter,
    async fetch(url) {
      const [, scheme = '', rest = ''] =
        /^(https|s3|ssm):\/\/?(.*)$/.exec(url.replace(/^ssm:/, 'ssm:/')) ?? [];
      switch (scheme) {
        case 'https': {
          const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
          if (!response.ok) throw new Error(`${url} answers ${response.status}`);
          return response.text();
        }
        case 's3':
          return object(rest.slice(0, rest.indexOf('/')), rest.slice(rest.indexOf('/') + 1));
        case 'ssm':
          return parameter(rest.startsWith('/') ? rest : `/${rest}`);
        default:
          throw new Error(`${url} is neither https, s3 nor ssm`);
      }
    },
    async signal(instanceId, status) {
      await new CloudFormationClient(shared).send(
        new SignalResourceCommand({
          StackName: settings.required('BK_STACK_NAME'),
          LogicalResourceId: settings.required('BK_STACK_SIGNAL_RESOURCE'),
          UniqueId: instanceId,
          Status: status,
        }),
      );
    },
    async markUnhealthy(instanceId) {
      await groupCalls(region, instanceId).markUnhealthy();
    },
    async reportToGroup(instanceId, boot) {
      const group = groupCalls(region, instanceId);
      await (boot === 'heartbeat' ? group.heartbeatLaunch() : group.completeLaunch(boot));
    },
    async shipLog(instanceId, lines) {
      const client = new CloudWatchLogsClient(shared);
      const target = {
        logGroupName: `${settings.required('BK_STACK_LOG_GROUP_PREFIX')}/boot`,
        logStreamName: instanceId,
      };
      await client.send(new CreateLogStreamCommand(target)).catch((error: unknown) => {
        if ((error as Error).name !== 'ResourceAlreadyExistsException') throw error;
      });
      const timestamp = Date.now();
      const logEvents = lines.slice(-200).map((message) => ({ timestamp, message }));
      await client.send(new PutLogEventsCommand({ ...target, logEvents }));
    },
  };

  async function parameter(Name: string): Promise<string> {
    const { Parameter } = await new SSMClient(shared).send(
      new GetParameterCommand({ Name, WithDecryption: true }),
    );
    if (Parameter?.Value === undefined) throw new Error(`The SSM parameter ${Name} has no value`);
    return Parameter.Value;
  }

  async function object(bucket: string, key: string): Promise<string> {
    const text = await secretStore({ bucket, client: shared }).get(key);
    if (text === undefined) throw new Error(`There is no s3://${bucket}/${key}`);
    return text;
  }
}

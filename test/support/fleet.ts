import { buildkite } from '../../src/sandbox/buildkite/index.ts';
import { parseFault, setFaults } from '../../src/sandbox/faults/index.ts';
import { publicImageId } from '../../src/sandbox/services/ec2/catalogue/images.ts';
import { AwsError } from '../../src/sandbox/kernel/errors.ts';
import type { Scope, Service } from '../../src/sandbox/kernel/world.ts';
import { autoscaling } from '../../src/sandbox/services/autoscaling/index.ts';
import { cloudwatch } from '../../src/sandbox/services/cloudwatch/index.ts';
import { machines } from '../../src/sandbox/machines/index.ts';
import { ec2 } from '../../src/sandbox/services/ec2/index.ts';
import { iam } from '../../src/sandbox/services/iam/index.ts';
import { TestWorld } from './world.ts';

/** An answer whose members the test knows. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Answer = any;

export const AL2023 = publicImageId(
  'us-east-1',
  '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
);

/** A world of EC2, Auto Scaling and Buildkite, and a CloudFormation that only takes signals. */
export class Fleet {
  readonly signals: { StackName?: string; LogicalResourceId?: string; UniqueId?: string; Status?: string }[] =
    [];
  readonly world: TestWorld;
  readonly scope: Scope;

  /** @param faults what goes wrong, as `--fail` takes it */
  constructor(...faults: string[]) {
    const cloudformation: Service = {
      name: 'cloudformation',
      signingNames: [],
      sdk: () => Promise.resolve({}),
      operations: {
        SignalResource: (signal: object) => {
          this.signals.push(signal);
          return {};
        },
      },
    };
    this.world = new TestWorld([ec2, machines, autoscaling, buildkite, cloudwatch, iam, cloudformation]);
    this.scope = this.world.scope('us-east-1');
    setFaults(this.world, faults.map(parseFault));
  }

  ec2(operation: string, input: object = {}): Promise<Answer> {
    return this.world.call(this.scope, 'ec2', operation, input);
  }

  autoscaling(operation: string, input: object = {}): Promise<Answer> {
    return this.world.call(this.scope, 'autoscaling', operation, input);
  }

  /** Of the group `agents`. */
  on(operation: string, input: object = {}): Promise<Answer> {
    return this.autoscaling(operation, { AutoScalingGroupName: 'agents', ...input });
  }

  pass(seconds: number): Promise<void> {
    return this.world.pass(seconds);
  }

  /** The default VPC's subnets of the zones with these letters. */
  async subnets(letters = 'abc'): Promise<string[]> {
    const zones = Array.from(letters, (letter) => this.scope.region + letter);
    const { Subnets } = await this.ec2('DescribeSubnets', {
      Filters: [{ Name: 'availability-zone', Values: zones }],
    });
    return Subnets.map(({ SubnetId }: Answer) => SubnetId);
  }

  /** Makes a launch template of t3.large on Amazon Linux 2023, and gives its id. */
  async template(data: object = {}): Promise<string> {
    const { LaunchTemplate } = await this.ec2('CreateLaunchTemplate', {
      LaunchTemplateName: `template-${this.world.ids.suffix(4)}`,
      LaunchTemplateData: { ImageId: AL2023, InstanceType: 't3.large', ...data },
    });
    return LaunchTemplate.LaunchTemplateId;
  }

  /** Makes a group called `agents` of such a template over three zones. */
  async group(settings: object = {}, data: object = {}): Promise<void> {
    await this.autoscaling('CreateAutoScalingGroup', {
      AutoScalingGroupName: 'agents',
      MinSize: 0,
      MaxSize: 10,
      LaunchTemplate: { LaunchTemplateId: await this.template(data), Version: '$Latest' },
      VPCZoneIdentifier: (await this.subnets()).join(','),
      ...settings,
    });
  }

  async described(name = 'agents'): Promise<Answer> {
    const { AutoScalingGroups } = await this.autoscaling('DescribeAutoScalingGroups', {
      AutoScalingGroupNames: [name],
    });
    return AutoScalingGroups[0];
  }

  /** How many instances of the group are in each state: `{ InService: 2 }`. */
  async states(): Promise<Record<string, number>> {
    return tally((await this.described()).Instances, 'LifecycleState');
  }

  async instanceIds(): Promise<string[]> {
    return (await this.described()).Instances.map(({ InstanceId }: Answer) => InstanceId);
  }

  async activities(): Promise<Answer[]> {
    return (await this.on('DescribeScalingActivities')).Activities;
  }
}

/** How often each value of a member occurs. */
export function tally(items: readonly Answer[], member: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item[member]] = (counts[item[member]] ?? 0) + 1;
  return counts;
}

/** The error that a call is refused with, as `Code: message`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('the call was not refused');
}

/** The line of user data that starts the host program, by which an instance serves our lifecycle hooks. */
export const HOST_PROGRAM = '/opt/bk-stack/node /opt/bk-stack/host.mjs bootstrap';

/** User data in base64, as RunInstances takes it. */
export function userData(...lines: string[]): string {
  return Buffer.from(['#!/bin/bash', ...lines, ''].join('\n')).toString('base64');
}

import { AL2023 } from './fleet.ts';

export const QUEUE = 'q';

/** In what a template for a test differs from others. */
export interface InstanceTemplateOptions {
  /** Parameters with their defaults; those that are numbers have the type Number. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly conditions?: object;
  /** Lines of the user data after the token's, as Fn::Sub reads them. */
  readonly userData: readonly string[];
  /** Attributes of the group, such as its UpdatePolicy. */
  readonly group?: object;
  readonly groupProperties?: object;
  /** Attributes of the hooks, such as their Condition. */
  readonly hooks?: object;
  /** What the last resource waits for; it can be made to fail by an empty Remark. */
  readonly last: readonly string[];
}

/** The parts of bk-stack's template that instances have to do with, and a resource that can be made to fail. */
export function instanceTemplate(options: InstanceTemplateOptions): string {
  const {
    parameters,
    conditions = {},
    userData,
    group = {},
    groupProperties = {},
    hooks = {},
    last,
  } = options;
  return JSON.stringify({
    Parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, Default]) => [
        name,
        { Type: typeof Default === 'number' ? 'Number' : 'String', Default },
      ]),
    ),
    Conditions: { Warm: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'WarmPoolSize' }, '0'] }] }, ...conditions },
    Resources: {
      LaunchTemplate: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: {
          LaunchTemplateData: {
            ImageId: AL2023,
            InstanceType: 't3.large',
            UserData: {
              'Fn::Base64': {
                'Fn::Sub': [
                  '#!/bin/bash',
                  `export BUILDKITE_QUEUE="${QUEUE}"`,
                  'export BUILDKITE_AGENT_TOKEN="bkct_x"',
                  'export BUILDKITE_AGENTS_PER_INSTANCE="${AgentsPerInstance}"',
                  ...userData,
                ].join('\n'),
              },
            },
          },
        },
      },
      Group: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        ...group,
        Properties: {
          MinSize: { Ref: 'MinSize' },
          MaxSize: { Ref: 'MaxSize' },
          AvailabilityZones: { 'Fn::GetAZs': '' },
          NewInstancesProtectedFromScaleIn: { Ref: 'InstanceScaleInProtection' },
          LaunchTemplate: {
            LaunchTemplateId: { Ref: 'LaunchTemplate' },
            Version: { 'Fn::GetAtt': ['LaunchTemplate', 'LatestVersionNumber'] },
          },
          ...groupProperties,
        },
      },
      Launching: hook('bk-stack-launching', 'LAUNCHING', 'ABANDON', 780, hooks),
      Terminating: hook('bk-stack-terminating', 'TERMINATING', 'CONTINUE', 900, hooks),
      WarmPool: {
        Type: 'AWS::AutoScaling::WarmPool',
        Condition: 'Warm',
        DependsOn: ['Launching', 'Terminating'],
        Properties: {
          AutoScalingGroupName: { Ref: 'Group' },
          MinSize: { Ref: 'WarmPoolSize' },
          MaxGroupPreparedCapacity: { Ref: 'WarmPoolSize' },
          PoolState: 'Stopped',
        },
      },
      Last: {
        Type: 'AWS::SSM::Parameter',
        DependsOn: last,
        Properties: { Name: '/remark', Type: 'String', Value: { Ref: 'Remark' } },
      },
    },
    Outputs: { AutoScalingGroupName: { Value: { Ref: 'Group' } } },
  });
}

function hook(
  name: string,
  transition: string,
  DefaultResult: string,
  HeartbeatTimeout: number,
  attributes: object,
): object {
  return {
    Type: 'AWS::AutoScaling::LifecycleHook',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    ...attributes,
    Properties: {
      AutoScalingGroupName: { Ref: 'Group' },
      LifecycleHookName: name,
      LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
      HeartbeatTimeout,
      DefaultResult,
    },
  };
}

import { AL2023 } from './fleet.ts';

/** What the official template has of a stack, as far as bk-stack reads it: the scaler lies in a stack of its own. */
export function officialTemplates(bucket: string, scalerKey: string): { parent: string; scaler: string } {
  const parent = {
    Description: 'Buildkite stack v6.40.0',
    Parameters: {
      BuildkiteAgentTokenParameterStorePath: { Type: 'String' },
      BuildkiteQueue: { Type: 'String' },
      BuildkiteAgentTags: { Type: 'String', Default: '' },
    },
    Resources: {
      AgentLaunchTemplate: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: {
          LaunchTemplateData: {
            ImageId: AL2023,
            InstanceType: 't3.large',
            UserData: {
              'Fn::Base64': {
                'Fn::Sub': [
                  '#!/bin/bash',
                  'export BUILDKITE_QUEUE="${BuildkiteQueue}"',
                  'export BUILDKITE_AGENT_TOKEN="bkct_x"',
                  'export BUILDKITE_AGENTS_PER_INSTANCE="1"',
                ].join('\n'),
              },
            },
          },
        },
      },
      AgentAutoScaleGroup: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        Properties: {
          MinSize: 1,
          MaxSize: 4,
          NewInstancesProtectedFromScaleIn: true,
          VPCZoneIdentifier: { Ref: 'AWS::NoValue' },
          AvailabilityZones: { 'Fn::GetAZs': '' },
          MixedInstancesPolicy: {
            LaunchTemplate: {
              LaunchTemplateSpecification: {
                LaunchTemplateId: { Ref: 'AgentLaunchTemplate' },
                Version: { 'Fn::GetAtt': ['AgentLaunchTemplate', 'LatestVersionNumber'] },
              },
              Overrides: [{ InstanceType: 't3.large' }],
            },
          },
          LifecycleHookSpecificationList: [
            {
              LifecycleHookName: 'instance-terminating',
              LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
              HeartbeatTimeout: 3600,
              DefaultResult: 'CONTINUE',
            },
          ],
        },
      },
      ManagedSecretsBucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: 'official-secrets',
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
            ],
          },
          VersioningConfiguration: { Status: 'Enabled' },
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
        },
      },
      Autoscaling: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: { TemplateURL: `https://${bucket}.s3.amazonaws.com/scaler.json` },
      },
    },
    Outputs: {
      AutoScalingGroupName: { Value: { Ref: 'AgentAutoScaleGroup' } },
      ManagedSecretsBucket: { Value: { Ref: 'ManagedSecretsBucket' } },
    },
  };
  const scaler = {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'lambda.amazonaws.com' },
                Action: 'sts:AssumeRole',
              },
            ],
          },
        },
      },
      AutoscalingFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Code: { S3Bucket: bucket, S3Key: scalerKey },
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        },
      },
      AutoscalingFunctionTimer: {
        Type: 'AWS::Events::Rule',
        Properties: {
          ScheduleExpression: 'rate(1 minute)',
          Targets: [{ Id: 'scaler', Arn: { 'Fn::GetAtt': ['AutoscalingFunction', 'Arn'] } }],
        },
      },
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: { Ref: 'AutoscalingFunction' },
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['AutoscalingFunctionTimer', 'Arn'] },
        },
      },
    },
  };
  return { parent: JSON.stringify(parent), scaler: JSON.stringify(scaler) };
}

/** The log groups that its stacks share. */
export const OFFICIAL_LOGS = [
  ...['buildkite-agent', 'elastic-stack', 'cloud-init', 'cloud-init/output'],
  ...['system', 'docker-daemon', 'lifecycled'],
].map((name) => `/buildkite/${name}`);

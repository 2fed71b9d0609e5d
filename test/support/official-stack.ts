import { AL2023 } from './fleet.ts';

/**
 * What the official template (v5 and v6) has of a stack, as far as bk-stack reads it. Its group has no lifecycle hooks, protects
 * its instances from scale-in, and is replaced by another one when its launch template changes; the scaler lies in a nested stack.
 * https://github.com/buildkite/elastic-ci-stack-for-aws/blob/main/templates/aws-stack.yml
 */
export function officialTemplates(bucket: string, scalerKey: string): { parent: string; scaler: string } {
  const parent = {
    Description: 'Buildkite stack v6.40.0',
    Parameters: {
      BuildkiteAgentTokenParameterStorePath: { Type: 'String' },
      BuildkiteQueue: { Type: 'String' },
      BuildkiteAgentTags: { Type: 'String', Default: '' },
      InstanceTypes: { Type: 'String', Default: 't3.large' },
      MinSize: { Type: 'Number', Default: 1 },
      MaxSize: { Type: 'Number', Default: 4 },
      ScaleInIdlePeriod: { Type: 'Number', Default: 600 },
      ScalerEventSchedulePeriod: { Type: 'String', Default: '1 minute' },
    },
    Resources: {
      AgentLaunchTemplate: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: {
          LaunchTemplateData: {
            ImageId: AL2023,
            InstanceType: { Ref: 'InstanceTypes' },
            UserData: {
              'Fn::Base64': {
                'Fn::Sub': [
                  '#!/bin/bash',
                  'export BUILDKITE_QUEUE="${BuildkiteQueue}"',
                  'export BUILDKITE_AGENT_TOKEN="bkct_x"',
                  'export BUILDKITE_AGENTS_PER_INSTANCE="1"',
                  'export BUILDKITE_SCALE_IN_IDLE_PERIOD="${ScaleInIdlePeriod}"',
                  '/usr/local/bin/bk-install-elastic-stack.sh',
                ].join('\n'),
              },
            },
          },
        },
      },
      AgentAutoScaleGroup: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        UpdatePolicy: { AutoScalingReplacingUpdate: { WillReplace: true } },
        Properties: {
          MinSize: { Ref: 'MinSize' },
          MaxSize: { Ref: 'MaxSize' },
          NewInstancesProtectedFromScaleIn: true,
          VPCZoneIdentifier: { Ref: 'AWS::NoValue' },
          AvailabilityZones: { 'Fn::GetAZs': '' },
          MixedInstancesPolicy: {
            LaunchTemplate: {
              LaunchTemplateSpecification: {
                LaunchTemplateId: { Ref: 'AgentLaunchTemplate' },
                Version: { 'Fn::GetAtt': ['AgentLaunchTemplate', 'LatestVersionNumber'] },
              },
              Overrides: [{ InstanceType: { Ref: 'InstanceTypes' } }],
            },
          },
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
        Properties: {
          TemplateURL: `https://${bucket}.s3.amazonaws.com/scaler.json`,
          Parameters: { EventSchedulePeriod: { Ref: 'ScalerEventSchedulePeriod' } },
        },
      },
    },
    Outputs: {
      AutoScalingGroupName: { Value: { Ref: 'AgentAutoScaleGroup' } },
      ManagedSecretsBucket: { Value: { Ref: 'ManagedSecretsBucket' } },
    },
  };
  const scaler = {
    Parameters: { EventSchedulePeriod: { Type: 'String' } },
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
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
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
          ScheduleExpression: { 'Fn::Sub': 'rate(${EventSchedulePeriod})' },
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

import { expect } from 'chai';
import { actionsOf } from '../../../src/doctor/permissions/actions.ts';

describe('what IAM asks for when an operation is called', () => {
  for (const [call, actions] of [
    // Most have the names of the operation and of the package of the SDK.
    ['cloudformation:DescribeStacks', ['cloudformation:DescribeStacks']],
    ['lambda:GetFunctionConfiguration', ['lambda:GetFunctionConfiguration']],
    // Some packages are called otherwise.
    ['auto-scaling:PutLifecycleHook', ['autoscaling:PutLifecycleHook']],
    ['cloudwatch-logs:FilterLogEvents', ['logs:FilterLogEvents']],
    ['cloudwatch:GetMetricData', ['cloudwatch:GetMetricData']],
    ['eventbridge:DisableRule', ['events:DisableRule']],
    ['service-quotas:GetServiceQuota', ['servicequotas:GetServiceQuota']],
    ['service-quotas:GetAWSDefaultServiceQuota', ['servicequotas:GetAWSDefaultServiceQuota']],
    // Some of S3's operations are.
    ['s3:HeadBucket', ['s3:ListBucket']],
    ['s3:HeadObject', ['s3:GetObject']],
    ['s3:GetObject', ['s3:GetObject', 's3:GetObjectVersion']],
    ['s3:PutObject', ['s3:PutObject']],
    ['s3:DeleteObject', ['s3:DeleteObject', 's3:DeleteObjectVersion']],
    ['s3:DeleteObjects', ['s3:DeleteObject', 's3:DeleteObjectVersion']],
    ['s3:GetBucketEncryption', ['s3:GetEncryptionConfiguration']],
    ['s3:PutBucketEncryption', ['s3:PutEncryptionConfiguration']],
    ['s3:GetPublicAccessBlock', ['s3:GetBucketPublicAccessBlock']],
    ['s3:PutPublicAccessBlock', ['s3:PutBucketPublicAccessBlock']],
    ['s3:ListObjectVersions', ['s3:ListBucketVersions']],
    ['s3:ListObjectsV2', ['s3:ListBucket']],
    // Everybody may ask who he is.
    ['sts:GetCallerIdentity', []],
  ] as const) {
    it(`is ${actions.join(' and ') || 'nothing'} for ${call}`, () => {
      expect(actionsOf(call)).to.eql(actions);
    });
  }
});

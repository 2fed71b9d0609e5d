/** The prefixes of IAM's actions, where they are not the name of the SDK's package. */
const PREFIXES: Readonly<Record<string, string>> = {
  'auto-scaling': 'autoscaling',
  'cloudwatch-logs': 'logs',
  eventbridge: 'events',
  'service-quotas': 'servicequotas',
};

/**
 * Operations whose permission has another name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  's3:HeadBucket': ['s3:ListBucket'],
  's3:HeadObject': ['s3:GetObject'],
  's3:GetObject': ['s3:GetObject', 's3:GetObjectVersion'],
  's3:DeleteObject': ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  's3:DeleteObjects': ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  's3:GetBucketEncryption': ['s3:GetEncryptionConfiguration'],
  's3:PutBucketEncryption': ['s3:PutEncryptionConfiguration'],
  's3:GetPublicAccessBlock': ['s3:GetBucketPublicAccessBlock'],
  's3:PutPublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:ListObjectVersions': ['s3:ListBucketVersions'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  'service-quotas:GetAWSDefaultServiceQuota': ['servicequotas:GetAWSDefaultServiceQuota'],
  // Everybody may ask who he is: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  'sts:GetCallerIdentity': [],
};

/** What IAM asks for when an operation is called, by the SDK's name of it: `s3:HeadBucket` needs `s3:ListBucket`. */
export function actionsOf(call: string): readonly string[] {
  const [service = '', operation = ''] = call.split(':');
  return OTHERWISE[call] ?? [`${PREFIXES[service] ?? service}:${operation}`];
}

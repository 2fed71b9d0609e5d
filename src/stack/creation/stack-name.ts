import { UsageError } from '../../errors.ts';
import { AS_GIVEN } from '../../shell/printed.ts';

/** What S3 keeps for itself at the start of a bucket's name, and CloudFormation names our buckets after the stack. */
const RESERVED_FOR_BUCKETS = ['xn--', 'sthree-', 'amzn-s3-demo-'];

/**
 * Why a stack cannot have this name, or undefined if it can: CloudFormation's rule, and what S3 asks of the buckets that
 * are named after the stack.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function stackNameFault(name: string): string | undefined {
  if (name.length > 128) return 'a stack name has at most 128 characters';
  if (!/^[A-Za-z]/.test(name)) return 'a stack name begins with a letter';
  const strange = /[^A-Za-z0-9-]/.exec(name)?.[0];
  if (strange !== undefined) return `a stack name has letters, digits and hyphens, and no "${strange}"`;
  const reserved = RESERVED_FOR_BUCKETS.find((start) => name.toLowerCase().startsWith(start));
  if (reserved !== undefined) {
    return `the stack's buckets are named after it, and S3 takes no names that begin with "${reserved}"`;
  }
  return undefined;
}

/**
 * The name, if a stack can have it.
 * @throws UsageError that says what is allowed, with a name near to it that is.
 */
export function checkStackName(name: string): string {
  const fault = stackNameFault(name);
  if (fault === undefined) return name;
  const near = name
    .normalize('NFD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^[^A-Za-z]+|-+$/g, '')
    .slice(0, 128);
  throw new UsageError(`"${name}" cannot be a stack's name: ${fault}`, {
    hint: `For example: bk-stack create ${stackNameFault(near) === undefined ? near : 'my-stack'} ${AS_GIVEN}`,
  });
}

import { buildkite } from '../buildkite/index.ts';
import { cloudformation } from '../cloudformation/index.ts';
import type { Service } from '../kernel/service.ts';
import { autoscaling } from './autoscaling/index.ts';
import { ec2 } from './ec2/index.ts';
import { kms } from './kms/index.ts';
import { s3 } from './s3/index.ts';

/** Every service that the sandbox has. */
export const services: readonly Service[] = [autoscaling, buildkite, cloudformation, ec2, kms, s3];

import { buildkite } from '../buildkite/index.ts';
import { cloudformation } from '../cloudformation/index.ts';
import type { Service } from '../kernel/world.ts';
import { autoscaling } from './autoscaling/index.ts';
import { cloudwatch } from './cloudwatch/index.ts';
import { ec2 } from './ec2/index.ts';
import { ecr } from './ecr/index.ts';
import { eventbridge } from './eventbridge/index.ts';
import { iam } from './iam/index.ts';
import { kms } from './kms/index.ts';
import { lambda } from './lambda/index.ts';
import { logs } from './logs/index.ts';
import { s3 } from './s3/index.ts';
import { secretsmanager } from './secretsmanager/index.ts';
import { servicequotas } from './servicequotas/index.ts';
import { sns } from './sns/index.ts';
import { sqs } from './sqs/index.ts';
import { ssm } from './ssm/index.ts';
import { sts } from './sts/index.ts';

/** Every service that the sandbox has. */
export const services: readonly Service[] = [
  autoscaling,
  buildkite,
  cloudformation,
  cloudwatch,
  ec2,
  ecr,
  eventbridge,
  iam,
  kms,
  lambda,
  logs,
  s3,
  secretsmanager,
  servicequotas,
  sns,
  sqs,
  ssm,
  sts,
];

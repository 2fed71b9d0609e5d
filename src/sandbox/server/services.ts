import { machines } from '../machines/index.ts';
import { buildkite } from '../buildkite/index.ts';
import { cloudformation } from '../cloudformation/index.ts';
import type { Service } from '../kernel/world.ts';
import { autoscaling } from '../services/autoscaling/index.ts';
import { cloudwatch } from '../services/cloudwatch/index.ts';
import { ec2 } from '../services/ec2/index.ts';
import { ecr } from '../services/ecr/index.ts';
import { eventbridge } from '../services/eventbridge/index.ts';
import { iam } from '../services/iam/index.ts';
import { kms } from '../services/kms/index.ts';
import { lambda } from '../services/lambda/index.ts';
import { logs } from '../services/logs/index.ts';
import { s3 } from '../services/s3/index.ts';
import { secretsmanager } from '../services/secretsmanager/index.ts';
import { servicequotas } from '../services/servicequotas/index.ts';
import { sns } from '../services/sns/index.ts';
import { sqs } from '../services/sqs/index.ts';
import { ssm } from '../services/ssm/index.ts';
import { sts } from '../services/sts/index.ts';

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
  machines,
  s3,
  secretsmanager,
  servicequotas,
  sns,
  sqs,
  ssm,
  sts,
];

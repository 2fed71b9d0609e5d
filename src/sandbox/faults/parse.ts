import { UsageError } from '../../errors.ts';
import type { ApiEffect, Fault } from './fault.ts';

/** What can be asked for, as it is shown when something else was. */
export const FAULT_FORMS = [
  'resource:<type or logical id>[=<reason>]',
  'boot[=<rate>]',
  'capacity:<instance type|spot|on-demand|*>[/<spot|on-demand>][@<zone>]',
  'api:<service>.<operation|*>=<error code|5xx status|reset|slow:<seconds>>[@<rate>]',
  'credentials',
  'token',
] as const;

const MARKETS = ['spot', 'on-demand'] as const;

/**
 * Reads one `--fail` specification.
 *
 *     resource:AWS::S3::Bucket=no more buckets   CloudFormation fails to make it, by type or by logical id
 *     boot=0.5                                   half of the instances never signal and never register an agent
 *     capacity:spot                              no room for spot instances, for a type, or for any (*)
 *     capacity:m7i.large/spot@us-east-1a         no room in one pool: a type, bought one way, in one zone
 *     api:cloudformation.DescribeStackEvents=Throttling@0.3
 *     api:s3.*=503   api:ec2.*=reset   api:ssm.GetParameter=slow:5
 *     credentials                                every request's credentials have expired
 *     token                                      Buildkite refuses every agent token
 *
 * A rate is between 0 and 1 and is 1 when left out. Seconds are of real time.
 * @throws UsageError that says what is allowed
 */
export function parseFault(specification: string): Fault {
  const [, kind = '', rest = ''] = /^([a-z]*)(.*)$/s.exec(specification.trim()) ?? [];
  switch (kind) {
    case 'resource':
      return resourceFault(specification, rest);
    case 'boot':
      return bootFault(specification, rest);
    case 'capacity':
      return capacityFault(specification, rest);
    case 'api':
      return apiFault(specification, rest);
    case 'credentials':
    case 'token':
      if (rest !== '') throw refused(specification, `"${kind}" takes nothing after it`);
      return { kind };
    default:
      throw refused(specification, 'there is no such fault');
  }
}

function resourceFault(specification: string, rest: string): Fault {
  const [, target, reason] = /^:([A-Za-z0-9:_]+)(?:=(.+))?$/s.exec(rest) ?? [];
  if (target === undefined) {
    throw refused(specification, 'it has to name a resource type or a logical id: resource:AWS::S3::Bucket');
  }
  return {
    kind: 'resource',
    target,
    reason: reason ?? 'The sandbox was told to refuse this resource (--fail)',
  };
}

function bootFault(specification: string, rest: string): Fault {
  if (rest === '') return { kind: 'boot', rate: 1 };
  if (!rest.startsWith('='))
    throw refused(specification, 'the share of boots that fail follows a "=": boot=0.5');
  return { kind: 'boot', rate: rateOf(specification, rest.slice(1)) };
}

function capacityFault(specification: string, rest: string): Fault {
  const [, what, way, zone] =
    /^:(\*|spot|on-demand|[a-z][a-z0-9-]*\.[a-z0-9-]+)(?:\/(spot|on-demand))?(?:@([a-z0-9-]+))?$/.exec(
      rest,
    ) ?? [];
  if (what === undefined) {
    throw refused(
      specification,
      'it has to name an instance type, "spot", "on-demand" or "*", and may name a zone: capacity:m7i.large/spot@us-east-1a',
    );
  }
  const market = MARKETS.find((each) => each === what || each === way);
  if (MARKETS.some((each) => each === what) && way !== undefined) {
    throw refused(specification, `"${what}" says already how instances are bought`);
  }
  return {
    kind: 'capacity',
    ...(what.includes('.') && { instanceType: what }),
    ...(market !== undefined && { market }),
    ...(zone !== undefined && { zone }),
  };
}

function apiFault(specification: string, rest: string): Fault {
  const [, service, operation, effect, rate] =
    /^:([a-z0-9-]+)\.(\*|[A-Za-z][A-Za-z0-9]*)=([^@]+)(?:@(.*))?$/s.exec(rest) ?? [];
  if (service === undefined || operation === undefined || effect === undefined) {
    throw refused(
      specification,
      'it has to name a service, an operation and what happens: api:cloudformation.CreateStack=Throttling',
    );
  }
  return {
    kind: 'api',
    service: service.replaceAll('-', ''),
    operation,
    effect: effectOf(specification, effect),
    rate: rate === undefined ? 1 : rateOf(specification, rate),
  };
}

function effectOf(specification: string, effect: string): ApiEffect {
  if (effect === 'reset') return { kind: 'reset' };
  if (/^5\d\d$/.test(effect)) return { kind: 'status', status: Number(effect) };
  const seconds = /^slow:(\d+(?:\.\d+)?)$/.exec(effect)?.[1];
  if (seconds !== undefined) return { kind: 'slow', seconds: Number(seconds) };
  if (/^[A-Z][A-Za-z0-9.]*$/.test(effect)) return { kind: 'error', code: effect };
  throw refused(
    specification,
    `"${effect}" is neither an error code such as Throttling, a status from 500 to 599, "reset", nor slow:<seconds>`,
  );
}

function rateOf(specification: string, text: string): number {
  const rate = /^(\d+(\.\d+)?|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (!(rate >= 0 && rate <= 1)) throw refused(specification, `the rate "${text}" is not between 0 and 1`);
  return rate;
}

function refused(specification: string, why: string): UsageError {
  return new UsageError(`The fault "${specification}" cannot be used: ${why}`, {
    hint: ['What can be made to fail:', ...FAULT_FORMS.map((form) => `  ${form}`)].join('\n'),
  });
}

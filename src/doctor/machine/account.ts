import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode, translateAwsError } from '../../aws/errors.ts';
import { watchServerDate } from '../../aws/server-date.ts';
import { isKnownFailure } from '../../errors.ts';
import { type Check, type Examined, examined, type Finding } from '../findings/finding.ts';

/** Who AWS takes us for, and what its clock says. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
  /** How far this machine's clock is ahead of AWS's, in seconds; undefined where AWS did not say. */
  readonly aheadSeconds: number | undefined;
}

const UNKNOWN_HERE =
  /^(UnrecognizedClient|InvalidClientTokenId|AuthFailure|OptInRequired|InvalidAccessKeyId)/;

/**
 * Asks who we are. Nothing else can be asked without it.
 * @returns a finding in place of an identity where AWS does not take the credentials
 */
export async function identify(aws: AwsContext, ask: AskIdentity = askIdentity): Promise<Identity | Finding> {
  try {
    return await ask(aws);
  } catch (error) {
    const known = translateAwsError(error);
    if (UNKNOWN_HERE.test(awsErrorCode(error) ?? '') && (await knownElsewhere(aws, ask)))
      return notEnabled(aws.region);
    if (error instanceof Error && /^(Credentials|Token)ProviderError$/.test(error.name)) {
      return {
        code: 'credentials-missing',
        severity: 'error',
        message: (known as Error).message,
        meaning: 'Nothing can be asked of AWS.',
        fix: 'Set AWS_PROFILE or pass --profile, sign in (aws sso login), or try without an account: add --sandbox',
      };
    }
    if (awsErrorCode(error) === undefined) throw known;
    return {
      code: 'credentials-refused',
      severity: 'error',
      message: `AWS does not accept the credentials: ${(known as Error).message}`,
      meaning: 'Nothing can be asked of AWS.',
      fix: (isKnownFailure(known) ? known.hint : undefined) ?? 'Sign in again: aws sso login',
    };
  }
}

/** STS's answer to who we are. */
export type AskIdentity = (aws: AwsContext) => Promise<Identity>;

const askIdentity: AskIdentity = async (aws) => {
  const { GetCallerIdentityCommand } = await import('../../aws/sdk/sts.ts');
  const client = await aws.clients.sts();
  const date = watchServerDate(client);
  const asked = Date.now();
  const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
  return { account: Account, arn: Arn, aheadSeconds: aheadOf(date(), asked, Date.now()) };
};

/** AWS's clock is known to the second, and from somewhere between the question and the answer. */
export function aheadOf(date: string | undefined, asked: number, answered: number): number | undefined {
  const theirs = date === undefined ? NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return undefined;
  if (asked > theirs + 1000) return (asked - theirs - 1000) / 1000;
  return answered < theirs ? (answered - theirs) / 1000 : 0;
}

/** Whether another region takes the same credentials. */
async function knownElsewhere(aws: AwsContext, ask: AskIdentity): Promise<boolean> {
  const other = aws.region === 'us-east-1' ? 'us-west-2' : 'us-east-1';
  return ask(aws.inRegion(other)).then(
    () => true,
    () => false,
  );
}

/** What the identity itself tells. */
export function judgeIdentity({ account, arn }: Identity): Examined {
  const root = arn.endsWith(':root');
  return examined(
    `${account} as ${arn}`,
    root && {
      code: 'root-user',
      severity: 'warning',
      message: 'These are the credentials of the root user of the account',
      meaning: 'Nothing limits what they may do, nor what may be done with them if they get lost.',
      fix: 'Make a role for whoever runs bk-stack. What it has to be allowed: bk-stack doctor --print-policy',
    },
  );
}

/** SigV4 takes requests within five minutes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
const REFUSED_FROM_SECONDS = 300;
const DOUBTFUL_FROM_SECONDS = 60;

/** Whether this machine's clock agrees with AWS's. */
export function judgeClock(aheadSeconds: number | undefined): Examined {
  if (aheadSeconds === undefined) return examined('AWS did not tell its time');
  const off = Math.abs(aheadSeconds);
  const which = aheadSeconds > 0 ? 'ahead of' : 'behind';
  return examined(
    "within a minute of AWS's",
    off >= DOUBTFUL_FROM_SECONDS && {
      code: 'clock-skew',
      severity: off >= REFUSED_FROM_SECONDS ? 'error' : 'warning',
      message: `This machine's clock is ${Math.round(off)} seconds ${which} AWS's`,
      meaning: 'From five minutes on AWS refuses requests, and times of logs and events are shown wrong.',
      fix: 'Set it: sudo chronyc makestep, or sudo timedatectl set-ntp true',
    },
  );
}

/** Whether the account may use the region. */
export function regionCheck(aws: AwsContext): Check {
  return {
    title: 'Region',
    run: async () => {
      const { DescribeRegionsCommand } = await import('../../aws/sdk/ec2.ts');
      const client = await aws.clients.ec2();
      const { Regions } = await client.send(new DescribeRegionsCommand({ AllRegions: true }));
      const found = Regions?.find(({ RegionName }) => RegionName === aws.region);
      return examined(
        `${aws.region} is enabled`,
        (found === undefined || found.OptInStatus === 'not-opted-in') && notEnabled(aws.region),
      );
    },
  };
}

function notEnabled(region: string): Finding {
  return {
    code: 'region-not-enabled',
    severity: 'error',
    message: `The account has not enabled the region ${region}`,
    meaning: 'Nothing can be made there.',
    fix: `Enable it (aws account enable-region --region-name ${region}), or name another: --region`,
  };
}

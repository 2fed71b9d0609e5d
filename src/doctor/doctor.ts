import type { AwsContext } from '../aws/context.ts';
import { runningUpdate } from '../stack/update/execution/journal/active-update.ts';
import type { Journal } from '../stack/update/execution/journal/journal.ts';
import type { TaskListStyle } from '../terminal/progress/task-list.ts';
import { examine, type Examination } from './examine.ts';
import { type Check, type Finding, type Repair } from './findings/finding.ts';
import { agentsCheck } from './group/agents.ts';
import { hooksCheck } from './group/hooks.ts';
import { instancesCheck } from './group/instances.ts';
import { surplusCheck } from './group/surplus.ts';
import { launchChecks } from './group/launch.ts';
import { groupCheck } from './group/state.ts';
import {
  type AskIdentity,
  identify,
  type Identity,
  judgeClock,
  judgeIdentity,
  regionCheck,
} from './machine/account.ts';
import { assetsBucketCheck } from './bucket/assets-bucket.ts';
import { imageCalls } from '../stack/image/calls.ts';
import { preflightCalls } from '../stack/preflight/index.ts';
import { quotasCheck } from './machine/quotas.ts';
import { networkCheck } from './network/network.ts';
import { requireStackFacts, type StackFacts } from '../stack/facts/stack-facts.ts';
import { tokenPathOf } from '../stack/facts/stack/values.ts';
import { CALLS } from './permissions/calls.ts';
import { judgePermissions, simulationCalls } from './permissions/simulate.ts';
import { alarmsCheck } from './service/alarms.ts';
import { bucketCheck } from './bucket/secrets-bucket.ts';
import { jobsCheck } from './service/jobs.ts';
import { logsCheck } from './service/logs.ts';
import { programsCheck } from './service/programs.ts';
import { queueCheck } from './service/queue.ts';
import { scalerCheck } from './service/scaler.ts';
import { stackCheck } from './service/stack-state.ts';
import { tokenCheck } from './service/token.ts';

export interface DoctorOptions {
  readonly style: TaskListStyle;
  readonly signal: AbortSignal;
  /** Whose permissions are looked at; empty for every command. A person who names some must have them. */
  readonly commands: readonly string[];
  /** Of Buildkite's REST API, which alone knows the agents of an instance. */
  readonly restToken?: string | undefined;
  /** Real seconds for each check. */
  readonly withinSeconds?: number;
  readonly askIdentity?: AskIdentity;
}

/** What doctor has found. */
export interface Report {
  readonly stackName: string | null;
  readonly region: string;
  /** Each check with its findings, in the order in which they are told. */
  readonly checks: readonly Examination[];
}

const WITHIN_SECONDS = 60;

/**
 * Looks at everything that could keep a stack from its work; without a stack, at the machine, the account and the region.
 * Changes nothing.
 * @throws OperationError where there is no stack with this name
 */
export async function diagnose(
  aws: AwsContext,
  stackName: string | undefined,
  options: DoctorOptions,
): Promise<Report> {
  const { style, withinSeconds = WITHIN_SECONDS } = options;
  const identity = await identify(aws, options.askIdentity);
  const looking = { style, withinSeconds };
  if ('code' in identity) {
    const refused: Check = {
      title: 'Credentials',
      run: () => Promise.resolve({ fact: '', findings: [identity] }),
    };
    return { stackName: stackName ?? null, region: aws.region, checks: await examine([refused], looking) };
  }
  const facts = stackName === undefined ? undefined : await requireStackFacts(aws, stackName);
  const checks = [
    ...machineChecks(aws, identity, facts, options),
    ...(facts === undefined ? [] : stackChecks(facts, options)),
  ];
  return {
    stackName: facts?.stackName ?? null,
    region: aws.region,
    checks: await examine(checks, looking),
  };
}

function machineChecks(
  aws: AwsContext,
  identity: Identity,
  facts: StackFacts | undefined,
  { commands, signal }: DoctorOptions,
): Check[] {
  const place = {
    account: identity.account,
    region: aws.region,
    partition: identity.arn.split(':')[1] ?? 'aws',
    stackName: facts?.stackName,
    tokenPath: facts && tokenPathOf(facts.stack),
  };
  return [
    { title: 'Credentials', run: () => Promise.resolve(judgeIdentity(identity)) },
    { title: 'Clock', run: () => Promise.resolve(judgeClock(identity.aheadSeconds)) },
    regionCheck(aws),
    {
      title: 'Permissions',
      run: () =>
        judgePermissions(
          simulationCalls(aws),
          identity.arn,
          commands.length === 0 ? Object.keys(CALLS) : commands,
          place,
          commands.length === 0 ? 'warning' : 'error',
        ),
    },
    quotasCheck(preflightCalls(aws, signal), aws.region),
    assetsBucketCheck(aws, identity),
  ];
}

function stackChecks(facts: StackFacts, { signal, restToken }: DoctorOptions): Check[] {
  let journal: Promise<Journal | undefined> | undefined;
  const update = () => (journal ??= runningUpdate(facts.aws, facts.stackName));
  const replacing = async () => (await update()) !== undefined || (await facts.isRefreshing());
  const all = [stackCheck(facts, update)];
  // A stack that is not there yet, or any more, has nothing else to look at.
  if (/^(REVIEW_IN_PROGRESS|CREATE_|ROLLBACK_|DELETE_)/.test(facts.stack.StackStatus ?? '')) {
    if (facts.stack.StackStatus !== 'CREATE_COMPLETE') return all;
  }
  return [
    ...all,
    groupCheck(facts),
    hooksCheck(facts),
    instancesCheck(facts, replacing),
    surplusCheck(facts, replacing),
    agentsCheck(facts, restToken, signal),
    ...launchChecks(facts, preflightCalls(facts.aws, signal), imageCalls(facts.aws)),
    networkCheck(facts),
    scalerCheck(facts),
    alarmsCheck(facts),
    tokenCheck(facts, signal),
    queueCheck(facts),
    jobsCheck(facts),
    bucketCheck(facts),
    logsCheck(facts),
    programsCheck(facts),
  ];
}

/** All findings, errors first; each once. */
export function findingsOf({ checks }: Pick<Report, 'checks'>): Finding[] {
  const all = checks.flatMap(({ findings }) => findings);
  const once = all.filter(
    ({ code, message }, index) =>
      all.findIndex((other) => other.code === code && other.message === message) === index,
  );
  const rank = ({ severity }: Finding) => (severity === 'error' ? 0 : 1);
  return once.sort((a, b) => rank(a) - rank(b));
}

/** What `--fix` can mend of it, each repair once. */
export function repairsOf(report: Pick<Report, 'checks'>): Repair[] {
  const all = findingsOf(report).flatMap(({ repair }) => repair ?? []);
  return all.filter(({ does }, index) => all.findIndex((other) => other.does === does) === index);
}

import { OperationError, UsageError } from '../../errors.ts';
import { reasonOf } from '../../buildkite/agent-metrics.ts';
import type { RetryClock } from '../../aws/retry.ts';
import type { MetricsAnswer } from '../../buildkite/agent-metrics.ts';
import { type RefreshCalls, type RefreshState, watchRefresh } from '../rollout/refresh.ts';

/** An agent token where it is kept. */
export interface StoredToken {
  readonly token: string;
  readonly type: 'String' | 'SecureString';
  readonly version: number;
}

/** What giving a stack another agent token needs of SSM and Buildkite. */
export interface RotationCalls {
  read(parameter: string): Promise<StoredToken>;
  /** Adds a version; those before stay. @returns its number */
  write(
    parameter: string,
    token: string,
    how: { readonly type: StoredToken['type']; readonly kmsKey?: string },
  ): Promise<number>;
  /** `GET <endpoint>/metrics`, the one public call of the Agent API. Throws where there is no answer. */
  metrics(endpoint: string, token: string): Promise<MetricsAnswer>;
}

export interface RotationOrder {
  readonly stackName: string;
  readonly parameter: string;
  readonly kmsKey?: string;
  readonly endpoint: string;
  readonly group: string;
  readonly token: string;
  /** Percent of the instances that stay in service while the others are replaced. */
  readonly minHealthy: number;
  /** Whether the instances are replaced; they read the token when they boot. */
  readonly roll: boolean;
}

export interface RotationResult {
  readonly stackName: string;
  readonly parameter: string;
  readonly previousVersion: number;
  readonly version: number;
  /** Whether the token is the one that the stack had already, which is in use and not to be revoked. */
  readonly same: boolean;
  readonly organization?: string;
  /** Instances that got the new token by being replaced; undefined where that was not asked for. */
  readonly replaced?: number;
}

/** Percent of the instances that are launched before others end. */
const BATCH = 10;

/** How often the token is tested again while instances are replaced, in the stack's own seconds. */
const TEST_EVERY = 60;

/** What a person is told meanwhile. */
export interface RotationObserver {
  say(line: string): void;
  refreshed(state: RefreshState, instances: number): void;
}

type Judgement =
  | { readonly kind: 'accepted'; readonly organization?: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * Gives a stack another agent token: tests it, keeps it beside the one before, and has the instances replaced, each when its
 * jobs are done. If Buildkite does not take it after all, the one before is put back, and no more instances are replaced.
 * @throws UsageError for a token that Buildkite refuses, or that is another organization's: nothing has been changed
 * @throws OperationError where it could not be tested, or the instances could not be replaced
 */
export async function rotateToken(
  calls: RotationCalls,
  refreshes: RefreshCalls,
  order: RotationOrder,
  retry: RetryClock,
  observer: RotationObserver,
): Promise<RotationResult> {
  const { stackName, parameter, endpoint, group, token, roll } = order;
  const [before, running] = await Promise.all([calls.read(parameter), refreshes.active(group)]);
  if (running !== undefined && roll) {
    throw new OperationError(
      `The instances of ${stackName} are being replaced already (instance refresh ${running})`,
      {
        hint: `Nothing was changed. Wait for its end (bk-stack status ${stackName}), and repeat the command.`,
      },
    );
  }
  const organization = await requireAccepted(calls, order, before);
  const same = before.token === token;
  observer.say(
    `Buildkite takes the ${same ? '' : 'new '}token${organization === undefined ? '' : ` (${organization})`}`,
  );
  const version = same ? before.version : await write(calls, order, before);
  observer.say(
    same
      ? `${parameter} holds it already, as version ${version}`
      : `${parameter} holds it as version ${version}; version ${before.version} is kept`,
  );
  const result: RotationResult = {
    stackName,
    parameter,
    previousVersion: before.version,
    version,
    same,
    ...(organization !== undefined && { organization }),
  };
  // What lies there is what instances will read, so that it is what counts.
  if ((await judge(calls, endpoint, (await calls.read(parameter)).token)).kind === 'refused') {
    await undo(calls, order, before);
  }
  if (!roll) return result;
  const instances = await refreshes.instances(group);
  if (instances === 0) return { ...result, replaced: 0 };
  const refreshId = await refreshes.start(group, {
    minHealthy: order.minHealthy,
    // Where none may be missing, others have to be there first.
    batch: order.minHealthy === 100 ? BATCH : 0,
    skipMatching: false,
  });
  const testing = alsoEvery(TEST_EVERY, retry, async () => {
    if ((await judge(calls, endpoint, token)).kind !== 'refused') return;
    await refreshes.cancel(group);
    await undo(calls, order, before);
  });
  const end = await watchRefresh(refreshes, { group, refreshId }, testing, (state) => {
    observer.refreshed(state, instances);
  });
  if (end.status === 'Successful') return { ...result, replaced: instances };
  if ((await judge(calls, endpoint, token)).kind === 'refused') await undo(calls, order, before);
  throw new OperationError(
    `The instances of ${stackName} were not all replaced: the instance refresh is ${end.status}${end.reason === undefined ? '' : ` (${end.reason})`}`,
    {
      hint: `New instances use ${same ? 'the token, which the stack had already' : `the new token, ${end.left} still run with the one before, which is therefore not to be revoked yet`}. See bk-stack status ${stackName}, then repeat the command with the same token.`,
      details: { ...result, refresh: end },
    },
  );
}

/** The retry clock, with something done now and then in its pauses. */
function alsoEvery(seconds: number, retry: RetryClock, act: () => Promise<void>): RetryClock {
  let waited = 0;
  return {
    ...retry,
    pause: async (pause) => {
      await retry.pause(pause);
      waited += pause;
      if (waited < seconds) return;
      waited = 0;
      await act();
    },
  };
}

async function write(
  calls: RotationCalls,
  { parameter, token, kmsKey }: RotationOrder,
  before: StoredToken,
): Promise<number> {
  return calls.write(parameter, token, { type: before.type, ...(kmsKey !== undefined && { kmsKey }) });
}

async function undo(calls: RotationCalls, order: RotationOrder, before: StoredToken): Promise<never> {
  if (before.token === order.token) {
    throw new OperationError(
      `Buildkite does not take the token any more that ${order.stackName} has in ${order.parameter}`,
      {
        hint: `It had that one already, so there is none before it to go back to. Make another in Buildkite under Agents, your cluster, Agent Tokens: bk-stack token rotate ${order.stackName} --token-stdin < new-token.txt`,
      },
    );
  }
  const version = await write(calls, { ...order, token: before.token }, before);
  throw new OperationError(
    `Buildkite does not take the new token any more, so the one before is back in ${order.parameter}, as version ${version}`,
    { hint: 'Make another in Buildkite under Agents, your cluster, Agent Tokens, and repeat the command.' },
  );
}

/** @returns the organization, as far as Buildkite tells */
async function requireAccepted(
  calls: RotationCalls,
  { endpoint, token }: RotationOrder,
  before: StoredToken,
): Promise<string | undefined> {
  const [now, earlier] = await Promise.all([
    judge(calls, endpoint, token),
    judge(calls, endpoint, before.token),
  ]);
  const { host } = new URL(endpoint);
  if (now.kind === 'refused') {
    throw new UsageError(`Buildkite (${host}) does not accept the new token`, {
      hint: 'Nothing was changed. Make one in Buildkite under Agents, your cluster, Agent Tokens. It is no API access token (bkua_...).',
    });
  }
  if (now.kind === 'unknown') {
    throw new OperationError(`Whether Buildkite accepts the new token could not be checked: ${now.why}`, {
      hint: 'Nothing was changed. Repeat the command when Buildkite can be reached from here.',
    });
  }
  const known = earlier.kind === 'accepted' ? earlier.organization : undefined;
  if (known !== undefined && now.organization !== undefined && known !== now.organization) {
    throw new UsageError(
      `The new token belongs to the organization ${now.organization}, and the agents serve ${known}`,
      {
        hint: 'Nothing was changed. A stack for another organization is a new stack: bk-stack create',
      },
    );
  }
  return now.organization;
}

async function judge(calls: RotationCalls, endpoint: string, token: string): Promise<Judgement> {
  try {
    const { status, body } = await calls.metrics(endpoint, token);
    if (status === 401 || status === 403) return { kind: 'refused' };
    if (status !== 200) return { kind: 'unknown', why: `it answers with HTTP ${status}` };
    const slug = (body as { organization?: { slug?: unknown } } | undefined)?.organization?.slug;
    return { kind: 'accepted', ...(typeof slug === 'string' && { organization: slug }) };
  } catch (error) {
    return { kind: 'unknown', why: reasonOf(error) };
  }
}

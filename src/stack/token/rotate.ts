import { OperationError, UsageError } from '../../errors.ts';
import { type MetricsAnswer, reasonOf } from '../../buildkite/agent-metrics.ts';
import type { RetryClock } from '../../aws/retry.ts';
import { lookAtRefresh, POLL_SECONDS, type RefreshCalls, type RefreshState } from '../rollout/refresh.ts';
import {
  isSameToken,
  nextRotationAction,
  type RotationAction,
  type RotationProgress,
  type RotationRefusal,
  type RotationRequest,
  type RunningRefresh,
  type StoredToken,
  type TokenTest,
} from './next.ts';

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

/** What a person is told meanwhile. */
export interface RotationObserver {
  say(line: string): void;
  refreshed(state: RefreshState, instances: number): void;
}

/** What a rotation works with. */
interface RotationServices {
  readonly calls: RotationCalls;
  readonly refreshes: RefreshCalls;
  readonly retry: RetryClock;
  readonly observer: RotationObserver;
}

/**
 * Gives a stack another agent token: tests it, keeps it beside the one before, and has the instances replaced, each when its
 * jobs are done. If Buildkite does not take it after all, the one before is put back, and no more instances are replaced.
 * @throws UsageError for a token that Buildkite refuses, or that is another organization's: nothing has been changed
 * @throws OperationError where it could not be tested, or the instances could not be replaced
 */
export async function rotateToken(
  calls: RotationCalls,
  refreshes: RefreshCalls,
  request: RotationRequest,
  retry: RetryClock,
  observer: RotationObserver,
): Promise<RotationResult> {
  const services = { calls, refreshes, retry, observer };
  const [before, activeRefresh] = await Promise.all([
    calls.read(request.parameter),
    refreshes.active(request.group),
  ]);
  let progress: RotationProgress = { before, ...(activeRefresh !== undefined && { activeRefresh }) };
  for (;;) {
    const action = nextRotationAction(request, progress);
    if (action.kind === 'refuse') throw refusalError(request, action.because);
    if (action.kind === 'fail') throw failure(request, progress, action);
    if (action.kind === 'finish') return resultOf(request, progress, action.replaced);
    progress = { ...progress, ...(await take(action, services, request, progress)) };
  }
}

/** Takes a step, and returns what it has changed or found out. */
async function take(
  action: Exclude<RotationAction, { kind: 'refuse' | 'fail' | 'finish' }>,
  services: RotationServices,
  request: RotationRequest,
  progress: RotationProgress,
): Promise<Partial<RotationProgress>> {
  const { calls, refreshes, observer } = services;
  const { endpoint, group, parameter, token } = request;
  const { before } = progress;
  switch (action.kind) {
    case 'test tokens': {
      const [next, earlier] = await Promise.all([
        testToken(calls, endpoint, token),
        testToken(calls, endpoint, before.token),
      ]);
      return { tests: { next, before: earlier } };
    }
    case 'write token': {
      sayAccepted(request, progress, observer);
      const version = await write(calls, request, token, before);
      observer.say(`${parameter} holds it as version ${version}; version ${before.version} is kept`);
      return { version };
    }
    case 'test stored token': {
      if (isSameToken(request, progress)) {
        sayAccepted(request, progress, observer);
        observer.say(`${parameter} holds it already, as version ${before.version}`);
      }
      return { stored: await testToken(calls, endpoint, (await calls.read(parameter)).token) };
    }
    case 'count instances':
      return { instances: await refreshes.instances(group) };
    case 'start refresh': {
      const id = await refreshes.start(group, action.preferences);
      return { refresh: { id, untestedSeconds: 0, cancelled: false } };
    }
    case 'watch refresh':
      return { refresh: await watch(services, request, progress, refreshOf(progress)) };
    case 'test token': {
      const test = await testToken(calls, endpoint, token);
      return { refresh: { ...refreshOf(progress), test, untestedSeconds: 0 } };
    }
    case 'cancel refresh':
      await refreshes.cancel(group);
      return { refresh: { ...refreshOf(progress), cancelled: true } };
    case 'restore token':
      return { restoredVersion: await write(calls, request, before.token, before) };
  }
}

function refreshOf({ refresh }: RotationProgress): RunningRefresh {
  if (refresh === undefined) throw new Error('There is no instance refresh yet');
  return refresh;
}

/** Looks at the refresh, some time after the last look. */
async function watch(
  { refreshes, retry, observer }: RotationServices,
  { group }: RotationRequest,
  { instances = 0 }: RotationProgress,
  { id, state: before, untestedSeconds, cancelled }: RunningRefresh,
): Promise<RunningRefresh> {
  if (before !== undefined) await retry.pause(POLL_SECONDS);
  const state = await lookAtRefresh(refreshes, { group, refreshId: id }, retry);
  if (JSON.stringify(state) !== JSON.stringify(before)) observer.refreshed(state, instances);
  const waited = before === undefined ? 0 : POLL_SECONDS;
  return { id, state, untestedSeconds: untestedSeconds + waited, cancelled };
}

function sayAccepted(request: RotationRequest, progress: RotationProgress, observer: RotationObserver): void {
  const organization = organizationOf(progress);
  observer.say(
    `Buildkite takes the ${isSameToken(request, progress) ? '' : 'new '}token${organization === undefined ? '' : ` (${organization})`}`,
  );
}

function organizationOf({ tests }: RotationProgress): string | undefined {
  return tests?.next.kind === 'accepted' ? tests.next.organization : undefined;
}

function write(
  calls: RotationCalls,
  { parameter, kmsKey }: RotationRequest,
  token: string,
  { type }: StoredToken,
): Promise<number> {
  return calls.write(parameter, token, { type, ...(kmsKey !== undefined && { kmsKey }) });
}

function resultOf(
  request: RotationRequest,
  progress: RotationProgress,
  replaced: number | undefined,
): RotationResult {
  const { before, version = before.version } = progress;
  const organization = organizationOf(progress);
  return {
    stackName: request.stackName,
    parameter: request.parameter,
    previousVersion: before.version,
    version,
    same: isSameToken(request, progress),
    ...(organization !== undefined && { organization }),
    ...(replaced !== undefined && { replaced }),
  };
}

function refusalError({ stackName, endpoint }: RotationRequest, because: RotationRefusal): Error {
  switch (because.kind) {
    case 'refresh is active':
      return new OperationError(
        `The instances of ${stackName} are being replaced already (instance refresh ${because.refreshId})`,
        {
          hint: `Nothing was changed. Wait for its end (bk-stack status ${stackName}), and repeat the command.`,
        },
      );
    case 'token is refused':
      return new UsageError(`Buildkite (${new URL(endpoint).host}) does not accept the new token`, {
        hint: 'Nothing was changed. Make one in Buildkite under Agents, your cluster, Agent Tokens. It is no API access token (bkua_...).',
      });
    case 'token is untested':
      return new OperationError(
        `Whether Buildkite accepts the new token could not be checked: ${because.why}`,
        {
          hint: 'Nothing was changed. Repeat the command when Buildkite can be reached from here.',
        },
      );
    case 'other organization':
      return new UsageError(
        `The new token belongs to the organization ${because.next}, and the agents serve ${because.before}`,
        {
          hint: 'Nothing was changed. A stack for another organization is a new stack: bk-stack create',
        },
      );
  }
}

function failure(
  request: RotationRequest,
  progress: RotationProgress,
  action: Extract<RotationAction, { kind: 'fail' }>,
): OperationError {
  const { stackName, parameter } = request;
  switch (action.because) {
    case 'revoked':
      return new OperationError(
        `Buildkite does not take the token any more that ${stackName} has in ${parameter}`,
        {
          hint: `It had that one already, so there is none before it to go back to. Make another in Buildkite under Agents, your cluster, Agent Tokens: bk-stack token rotate ${stackName} --token-stdin < new-token.txt`,
        },
      );
    case 'restored':
      return new OperationError(
        `Buildkite does not take the new token any more, so the one before is back in ${parameter}, as version ${progress.restoredVersion}`,
        {
          hint: 'Make another in Buildkite under Agents, your cluster, Agent Tokens, and repeat the command.',
        },
      );
    case 'not replaced': {
      const { state } = action;
      const same = isSameToken(request, progress);
      return new OperationError(
        `The instances of ${stackName} were not all replaced: the instance refresh is ${state.status}${state.reason === undefined ? '' : ` (${state.reason})`}`,
        {
          hint: `New instances use ${same ? 'the token, which the stack had already' : `the new token, ${state.left} still run with the one before, which is therefore not to be revoked yet`}. See bk-stack status ${stackName}, then repeat the command with the same token.`,
          details: { ...resultOf(request, progress, undefined), refresh: state },
        },
      );
    }
  }
}

/** Asks Buildkite whether it accepts a token. */
export async function testToken(
  calls: Pick<RotationCalls, 'metrics'>,
  endpoint: string,
  token: string,
): Promise<TokenTest> {
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

import type { AwsContext } from '../../aws/context.ts';
import { awsErrorCode } from '../../aws/errors.ts';
import { InterruptedError, OperationError } from '../../errors.ts';
import { counted } from '../../terminal/text.ts';
import { releaseDeletedGroups } from '../capacity/deleted-groups.ts';
import { foldFailure } from '../diagnosis/first-cause.ts';
import { explainMissingSignals } from '../diagnosis/launches.ts';
import { operationFailure } from '../diagnosis/report.ts';
import { PollRange } from '../events/poll-range.ts';
import { type RetryClock, retryClockOf, withRetry } from '../../aws/retry.ts';
import { type DeploymentCalls, deploymentCalls } from './calls.ts';
import { changeSetName, changeSetReady } from './change-set.ts';
import type { DeploymentOptions, DeploymentRequest, DeploymentResult } from './request.ts';
import { watchToEnd } from '../events/watch.ts';

/**
 * Makes a stack through a CREATE change set and watches it to its end, roll-back included, in which it lets the instances go that
 * CloudFormation would wait for.
 * @throws OperationError with the first cause when the change set or a resource fails.
 * @throws InterruptedError when `signal` is aborted. Until CloudFormation has begun nothing is left behind; afterwards
 * it goes on, and the hint says how to watch again.
 */
export function createStack(
  aws: AwsContext,
  request: DeploymentRequest,
  options: DeploymentOptions,
): Promise<DeploymentResult> {
  const retry = retryClockOf(aws, options.signal);
  // Cleaning up is done although the signal is aborted.
  const site = { region: aws.region, retry, cleanUpRetry: retryClockOf(aws), now: new Date() };
  return executeDeployment(deploymentCalls(aws, options.signal), request, options, site);
}

/** Where and how fast a deployment runs. */
export interface DeploymentServices {
  readonly region: string;
  readonly retry: RetryClock;
  /** For what is done even when the signal is aborted. */
  readonly cleanUpRetry: RetryClock;
  readonly now: Date;
}

/** `createStack`, on any CloudFormation. */
export async function executeDeployment(
  calls: DeploymentCalls,
  request: DeploymentRequest,
  options: DeploymentOptions,
  site: DeploymentServices,
): Promise<DeploymentResult> {
  const { stackName } = request;
  const { region, retry } = site;
  const { stackId, resources } = await begin(calls, request, options, site);
  const result = { stackName, stackId, region, resources };
  if (!options.wait) {
    options.observer.end();
    return { ...result, status: 'CREATE_IN_PROGRESS', elapsedSeconds: 0, outputs: {} };
  }
  // Nobody has relied on a stack that is rolled back before it was there.
  const meanwhile = releaseDeletedGroups(calls.deletedGroups, {
    releases: () => true,
    note: (line) => {
      options.observer.note(line);
    },
  });
  const watching = { ...options, events: calls.events, retry, meanwhile };
  const { progress, events } = await watchToEnd({ stackId, stackName }, PollRange.all, resources, watching);
  const { status, elapsedSeconds } = progress;
  if (status !== 'CREATE_COMPLETE') {
    // A stack that never was has nothing to protect, and must be removed before it can be created again.
    if (request.terminationProtection) await unprotect(calls, stackId).catch(() => undefined);
    const folded = foldFailure(events, { stackId, region, template: request.template });
    const cause = await explainMissingSignals(folded, region, calls.launchFailures);
    throw operationFailure({ stackName, stackId, region }, progress, cause);
  }
  const outputs = await withRetry(retry, () => calls.outputs(stackId));
  return { ...result, status, elapsedSeconds, outputs };
}

/** Up to the point of no return: the change set is computed and set going, or nothing is left of it. */
async function begin(
  calls: DeploymentCalls,
  request: DeploymentRequest,
  { signal, observer }: DeploymentOptions,
  { region, retry, cleanUpRetry, now }: DeploymentServices,
): Promise<{ stackId: string; resources: number }> {
  const { stackName } = request;
  const name = changeSetName('create', now, retry.random());
  signal.throwIfAborted();
  const { stackId, changeSetId } = await withRetry(retry, () =>
    calls.createChangeSet({ ...request, type: 'CREATE' }, name),
  ).catch((error: unknown) => {
    throw taken(error) ? nameTaken(stackName, region, error) : error;
  });
  try {
    const resources = await changeSetReady(calls, changeSetId, { stackName, region }, retry);
    observer.note(`Change set computed: ${counted(resources, 'resource')}`);
    if (request.terminationProtection) {
      await withRetry(retry, () => calls.setTerminationProtection(stackId, true));
    }
    signal.throwIfAborted();
    await withRetry(retry, () => execute(calls, changeSetId, name));
    return { stackId, resources };
  } catch (error) {
    observer.end();
    if (request.terminationProtection) await unprotect(calls, stackId);
    await cleanUp(calls, { stackId, changeSetId, name }, cleanUpRetry);
    throw signal.aborted ? new InterruptedError({ hint: 'Nothing has been made.' }) : error;
  }
}

/** A lost answer makes us ask twice; a computed change set that cannot be executed any more has been. */
async function execute(calls: DeploymentCalls, changeSetId: string, token: string): Promise<void> {
  await calls.executeChangeSet(changeSetId, token).catch((error: unknown) => {
    if (!awsErrorCode(error)?.startsWith('InvalidChangeSetStatus')) throw error;
  });
}

function unprotect(calls: DeploymentCalls, stackId: string): Promise<void> {
  return calls.setTerminationProtection(stackId, false);
}

/** A CREATE change set makes an empty stack in REVIEW_IN_PROGRESS, which stays behind when it is not executed. */
async function cleanUp(
  calls: DeploymentCalls,
  { stackId, changeSetId, name }: { stackId: string; changeSetId: string; name: string },
  retry: RetryClock,
): Promise<void> {
  const names = await withRetry(retry, () => calls.changeSetNames(stackId));
  // Somebody else's change set may wait on the same empty stack: then only ours goes.
  const alone = names.every((each) => each === name);
  await withRetry(retry, () => (alone ? calls.deleteStack(stackId) : calls.deleteChangeSet(changeSetId)));
}

function taken(error: unknown): boolean {
  return (
    awsErrorCode(error) === 'AlreadyExistsException' ||
    /already exists/.test((error as Error | undefined)?.message ?? '')
  );
}

function nameTaken(stackName: string, region: string, cause: unknown): OperationError {
  return new OperationError(`There is a stack named ${stackName} in ${region} already`, {
    cause,
    hint: `See it: bk-stack status ${stackName} --region ${region}\nOr choose another name.`,
  });
}

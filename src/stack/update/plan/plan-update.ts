import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../../aws/context.ts';
import { OperationError, UsageError } from '../../../errors.ts';
import type { TaskListStyle } from '../../../terminal/progress/task-list.ts';
import { assetCalls, stage } from '../../assets/index.ts';
import { groupNameOf } from '../../facts/stack/values.ts';
import { changesOf } from '../../deployment/change-set-calls.ts';
import type { ImageChange } from '../../image/image.ts';
import { requireDraining } from '../../draining/require.ts';
import { preflightCalls, preflightUpdate } from '../../preflight/index.ts';
import { refuseContradictions } from '../../template/contradictions.ts';
import { capabilitiesOf } from '../../template/facts.ts';
import {
  type AskParameters,
  type CurrentStack,
  resolveUpdate,
  type ResolvedUpdate,
  type Target,
} from '../request/resolve-update.ts';
import { rollbackAssets } from '../request/rollback-point.ts';
import { refuseWarmWithSpot } from '../request/warm-or-spot.ts';
import { assertUpdatable } from './assert-updatable.ts';
import { computeChangeSet } from './change-set.ts';
import { type GroupPlan, groupPlan } from './group-plan.ts';
import { mayEndInstances, plannedChanges } from './preview/changes.ts';
import { driftOf } from './preview/drift.ts';
import { assertNothingLost, updatePreview, type UpdatePreview } from './preview/preview.ts';
import type { PlanServices } from './services.ts';
import type { UpdatePlan } from './update-plan.ts';

export interface PlanOptions {
  readonly ask?: AskParameters;
  readonly style: TaskListStyle;
  readonly say: (line: string) => void;
}

/** A plan and what it would do. */
export interface PlannedUpdate {
  readonly preview: UpdatePreview;
  readonly plan: UpdatePlan;
}

/**
 * Checks everything an update depends on, and has CloudFormation compute what it would do. Nothing of the stack is changed.
 * @returns undefined where nothing would change
 * @throws UsageError for what cannot be used, would take away what cannot be made again, or would lose running jobs
 * @throws OperationError for a stack that cannot be updated now
 */
export async function planUpdate(
  aws: AwsContext,
  services: PlanServices,
  stack: Stack,
  target: Target,
  options: PlanOptions,
): Promise<PlannedUpdate | undefined> {
  const { StackName: stackName = '', StackStatus: status = '', StackStatusReason: reason } = stack;
  assertUpdatable({ stackName, region: aws.region, status, ...(reason !== undefined && { reason }) });
  const group = groupNameOf(stack);
  if (group !== undefined) await assertNoRefresh(services, stackName, group);
  const { strategy } = target.kind === 'update' ? target.request : target.options;
  if (strategy === 'drain' && group !== undefined) await requireDraining(aws, stack, group, target.kind);
  const current: CurrentStack = {
    stack,
    stackId: stack.StackId ?? stackName,
    template: await templateText(aws, stackName),
  };
  const resolved = await resolveUpdate(services, current, target, options.ask);
  refuseContradictions(resolved.template, resolved.plan.effective, aws.region);
  refuseWarmWithSpot(stackName, resolved.plan.changes);
  const staged = await checkAndStage(aws, services, current, resolved, options);
  const changeSet = await computeChangeSet(services, stackName, {
    type: 'UPDATE',
    stackName: current.stackId,
    ...staged.source,
    parameters: resolved.parametersIn(staged.former.bucket),
    tags: resolved.tags,
    capabilities: capabilitiesOf(resolved.template.document.body),
    ...(resolved.roleArn !== undefined && { roleArn: resolved.roleArn }),
    description: `bk-stack ${target.kind}`,
  });
  if (changeSet === undefined) return undefined;
  const { changeSetId, name: id, resources } = changeSet;
  try {
    const sizing = group === undefined ? undefined : await planGroup(services, group, resolved);
    const image = await imageChange(services, resolved);
    const preview = await previewOf(aws, current, { ...resolved, image }, changeSetId, target.kind, sizing);
    const { strategy, refresh, drainSeconds } = resolved.options;
    const { by, former } = staged;
    const { stackId } = current;
    return {
      preview,
      plan: {
        ...{ id, stackName, stackId, strategy, by, changeSetId, resources, former, refresh, drainSeconds },
        ...sizing,
      },
    };
  } catch (error) {
    // Refused, or cut short: nobody executes it any more.
    await services.sets.deleteChangeSet(changeSetId).catch(() => undefined);
    throw error;
  }
}

/** @throws OperationError where an instance refresh is under way */
async function assertNoRefresh({ refreshes }: PlanServices, stackName: string, group: string): Promise<void> {
  const active = await refreshes.active(group);
  if (active === undefined) return;
  throw new OperationError(
    `The instances of ${stackName} are being replaced already (instance refresh ${active})`,
    {
      hint: `Nothing was changed. Wait for its end, and repeat the command: bk-stack status ${stackName}`,
    },
  );
}

async function templateText(aws: AwsContext, stackName: string): Promise<string> {
  const { GetTemplateCommand } = await import('../../../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  const { TemplateBody } = await client.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
  );
  return TemplateBody ?? '';
}

/** Runs the pre-flight checks and uploads what the update needs, and the rollback point. */
async function checkAndStage(
  aws: AwsContext,
  services: PlanServices,
  { stack, template }: CurrentStack,
  resolved: ResolvedUpdate,
  { style, say }: PlanOptions,
) {
  const { StackName: stackName = '' } = stack;
  const { document } = resolved.template;
  const kept = rollbackAssets(stack, template);
  const callsOf = ({ account, arn }: { readonly account: string; readonly arn: string }) =>
    assetCalls(aws, { account, partition: arn.split(':')[1] ?? 'aws' });
  const { problems, staging, caller } = await preflightUpdate(
    { calls: preflightCalls(aws, services.signal), assets: callsOf, style },
    {
      region: aws.region,
      template: document,
      parameters: resolved.plan.effective,
      assets: [...resolved.assets, kept.template, kept.record],
      ...(resolved.assetsBucket !== undefined && { assetsBucket: resolved.assetsBucket }),
    },
  );
  if (problems.length > 0 || staging.kind !== 'bucket') {
    throw new UsageError(
      [
        `${stackName} cannot be updated like this; nothing was changed.`,
        ...problems.map(({ message, hint }) =>
          [`- ${message}`, ...(hint === undefined ? [] : [`  ${hint}`])].join('\n'),
        ),
      ].join('\n'),
      { details: { stackName, problems } },
    );
  }
  const source = await stage(callsOf(caller), staging, { template: document, region: aws.region }, say);
  return { source, by: caller.arn, former: { bucket: staging.bucket, key: kept.record.key } };
}

/** Describes the images of an update. */
async function imageChange(
  { images }: PlanServices,
  { image }: ResolvedUpdate,
): Promise<ImageChange | undefined> {
  if (image === undefined) return undefined;
  const { before, after, newest } = image;
  const found = await images.describe([before, after, newest].filter((id) => id !== undefined));
  const info = (id: string) => found.get(id) ?? { id };
  return {
    ...(before !== undefined && { before: info(before) }),
    after: info(after),
    ...(newest !== undefined && newest !== after && { newer: info(newest) }),
  };
}

async function planGroup(
  { survey, capacity }: PlanServices,
  group: string,
  { plan }: ResolvedUpdate,
): Promise<GroupPlan> {
  const [{ version }, found] = await Promise.all([survey.group(group), capacity.read(group)]);
  return groupPlan(group, version, found, plan);
}

/** @throws UsageError where instances would lose their jobs, or data would be lost */
async function previewOf(
  aws: AwsContext,
  { stack, stackId }: CurrentStack,
  resolved: Omit<ResolvedUpdate, 'image'> & { readonly image: ImageChange | undefined },
  changeSetId: string,
  operation: Target['kind'],
  group: GroupPlan | undefined,
): Promise<UpdatePreview> {
  const changes = plannedChanges(await changesOf(aws, changeSetId), resolved.template.document.body);
  const ending = changes.filter(mayEndInstances).map(({ logicalId }) => logicalId);
  if (group !== undefined && ending.length > 0) {
    await requireDraining(aws, stack, group.group, operation, `${ending.join(', ')} would change`);
  }
  const drift = await driftOf(aws, stackId, changes);
  const preview = updatePreview({
    stack,
    region: aws.region,
    resolved,
    changes,
    drift,
    paused: group?.paused === true,
  });
  assertNothingLost(preview);
  return preview;
}

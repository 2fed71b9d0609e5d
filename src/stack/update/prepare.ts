import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsContext } from '../../aws/context.ts';
import { OperationError, UsageError } from '../../errors.ts';
import type { TaskListStyle } from '../../terminal/task-list.ts';
import { readTemplate } from '../facts/stack/template.ts';
import { isPaused, PAUSED_TAG } from '../../scaler/group/paused-tag.ts';
import { assetCalls, stage } from '../assets/index.ts';
import { groupNameOf } from '../facts/stack/values.ts';
import { type GroupSize, ownSize, rememberedSize } from '../capacity/scale-to-zero.ts';
import { changeSetName, changeSetReady } from '../deployment/change-set.ts';
import { changesOf } from '../deployment/change-set-calls.ts';
import { requireDraining } from '../draining/require.ts';
import { withRetry } from '../../aws/retry.ts';
import { preflightCalls, preflightUpdate } from '../preflight/index.ts';
import { requireStack } from '../facts/stack/find-stack.ts';
import { VERSION_TAG } from '../naming/tags.ts';
import { refuseContradictions } from '../template/contradictions.ts';
import { capabilitiesOf, templateVersion } from '../template/facts.ts';
import { driftOf } from './drift.ts';
import { formerAssets, type FormerPlace } from './former.ts';
import type { Journal } from './journal.ts';
import { isUnchanged } from './nothing-to-do.ts';
import type { ParameterPlan } from './parameters.ts';
import { mayEndInstances, plannedChanges } from './preview/changes.ts';
import { refusedChanges, type UpdatePreview, weighed } from './preview/preview.ts';
import { tagChanges } from './preview/tags.ts';
import { refusalText } from './preview/text.ts';
import type { UpdateServices } from './site.ts';
import { requireUpdatable } from './state.ts';
import { activeUpdateError } from './under-way.ts';
import { refuseWarmWithSpot } from './warm-or-spot.ts';
import { type Asking, type Present, tagsOf, type Target, type Wanted, resolveUpdate } from './wanted.ts';

export interface PreparationOptions {
  readonly ask?: Asking;
  readonly style: TaskListStyle;
  readonly say: (line: string) => void;
}

/** An update that only has to be set going; nothing of the stack has been changed. */
export interface PreparedUpdate {
  readonly preview: UpdatePreview;
  readonly journal: Journal;
}

/**
 * Looks at everything an update depends on, and has CloudFormation compute what it would do.
 * @returns undefined where there is nothing to do
 * @throws UsageError for what cannot be used, would take away what cannot be made again, or would lose running jobs
 * @throws OperationError for a stack that cannot be updated now
 */
export async function prepareUpdate(
  aws: AwsContext,
  site: UpdateServices,
  stackName: string,
  target: Target,
  { ask, style, say }: PreparationOptions,
): Promise<PreparedUpdate | undefined> {
  const stack = await requireStack(aws, stackName);
  await requireFree(site, stack);
  const group = groupNameOf(stack);
  const { strategy } = target.kind === 'order' ? target.order : target.manner;
  if (strategy === 'drain' && group !== undefined) {
    await requireDraining(aws, stack, group, target.kind === 'order' ? 'update' : 'rollback');
  }
  const present: Present = {
    stack,
    stackId: stack.StackId ?? stackName,
    template: await readTemplate(aws, stackName),
  };
  const wanted = await resolveUpdate(site, present, target, ask);
  refuseContradictions(wanted.template, wanted.plan.effective, aws.region);
  refuseWarmWithSpot(stackName, wanted.plan.changes);
  const kept = formerAssets(stack, present.template);
  const found = await preflightUpdate(
    {
      calls: preflightCalls(aws, site.signal),
      assets: ({ account, arn }) => assetCalls(aws, { account, partition: arn.split(':')[1] ?? 'aws' }),
      style,
    },
    {
      region: aws.region,
      template: wanted.template.document,
      parameters: wanted.plan.effective,
      assets: [...wanted.assets, kept.template, kept.record],
      ...(wanted.assetsBucket !== undefined && { assetsBucket: wanted.assetsBucket }),
    },
  );
  const { staging } = found;
  if (found.problems.length > 0 || staging.kind !== 'bucket') {
    throw new UsageError(
      [
        `${stackName} cannot be updated like this; nothing was changed.`,
        ...found.problems.map(({ message, hint }) =>
          [`- ${message}`, ...(hint === undefined ? [] : [`  ${hint}`])].join('\n'),
        ),
      ].join('\n'),
      { details: { stackName, problems: found.problems } },
    );
  }
  const calls = assetCalls(aws, {
    account: found.caller.account,
    partition: found.caller.arn.split(':')[1] ?? 'aws',
  });
  const source = await stage(calls, staging, { template: wanted.template.document, region: aws.region }, say);
  const name = changeSetName('update', new Date(site.now()), site.retry.random());
  const computed = await compute(
    site,
    present,
    {
      type: 'UPDATE' as const,
      stackName: present.stackId,
      ...source,
      parameters: wanted.parametersIn(staging.bucket),
      tags: wanted.tags,
      capabilities: capabilitiesOf(wanted.template.document.body),
      ...(wanted.roleArn !== undefined && { roleArn: wanted.roleArn }),
      description: target.kind === 'order' ? 'bk-stack update' : 'bk-stack rollback',
    },
    name,
  );
  if (computed === undefined) return undefined;
  const place = { bucket: staging.bucket, key: kept.record.key };
  try {
    const by = found.caller.arn;
    return await conclude(aws, site, { present, wanted, computed, name, place, by, kind: target.kind });
  } catch (error) {
    // Refused, or cut short: nobody executes it any more.
    await site.sets.deleteChangeSet(computed.changeSetId).catch(() => undefined);
    throw error;
  }
}

/** @throws OperationError where another update is under way, or the stack's state allows none */
async function requireFree(site: UpdateServices, stack: Stack): Promise<void> {
  const { StackName: stackName = '', StackStatus: status = '', StackStatusReason } = stack;
  const running = await site.journals.read(stackName);
  if (running !== undefined) throw activeUpdateError(running);
  requireUpdatable({
    stackName,
    region: site.region,
    status,
    ...(StackStatusReason !== undefined && { reason: StackStatusReason }),
  });
  const group = groupNameOf(stack);
  const active = group === undefined ? undefined : await site.refreshes.active(group);
  if (active === undefined) return;
  throw new OperationError(
    `The instances of ${stackName} are being replaced already (instance refresh ${active})`,
    {
      hint: `Nothing was changed. Wait for its end, and repeat the command: bk-stack status ${stackName}`,
    },
  );
}

/** @returns the change set; undefined where there is nothing to do */
async function compute(
  { sets, retry, region }: UpdateServices,
  { stack }: Present,
  request: Parameters<UpdateServices['sets']['createChangeSet']>[0],
  name: string,
): Promise<{ readonly changeSetId: string; readonly resources: number } | undefined> {
  const { changeSetId } = await withRetry(retry, () => sets.createChangeSet(request, name));
  try {
    const where = { stackName: stack.StackName ?? '', region };
    return { changeSetId, resources: await changeSetReady(sets, changeSetId, where, retry) };
  } catch (error) {
    await sets.deleteChangeSet(changeSetId).catch(() => undefined);
    if (isUnchanged(error)) return undefined;
    throw error;
  }
}

async function conclude(
  aws: AwsContext,
  site: UpdateServices,
  {
    present,
    wanted,
    computed,
    name,
    place,
    by,
    kind,
  }: {
    readonly present: Present;
    readonly wanted: Wanted;
    readonly computed: { readonly changeSetId: string; readonly resources: number };
    readonly name: string;
    readonly place: FormerPlace;
    readonly by: string;
    readonly kind: Target['kind'];
  },
): Promise<PreparedUpdate> {
  const { stack, stackId } = present;
  const { StackName: stackName = '' } = stack;
  const { manner, plan, template } = wanted;
  const tags = tagsOf(stack);
  const before = tags[VERSION_TAG];
  const after = templateVersion(template.document.body);
  const group = groupNameOf(stack);
  const standing: GroupFacts = group === undefined ? {} : await groupFacts(site, group, plan);
  // A group at zero has other sizes by bk-stack's own doing.
  const paused = standing.paused === true;
  const changes = plannedChanges(await changesOf(aws, computed.changeSetId), template.document.body);
  const touching = changes.filter(mayEndInstances).map(({ logicalId }) => logicalId);
  if (group !== undefined && touching.length > 0) {
    const because = `${touching.join(', ')} would change`;
    await requireDraining(aws, stack, group, kind === 'order' ? 'update' : 'rollback', because);
  }
  const preview: UpdatePreview = {
    stackName,
    region: aws.region,
    strategy: manner.strategy,
    template: template.name,
    ...((before ?? after) !== undefined && {
      version: { ...(before !== undefined && { before }), ...(after !== undefined && { after }) },
    }),
    parameters: plan.changes,
    gone: plan.gone,
    tags: tagChanges(tags, wanted.tags),
    resources: weighed(changes, manner.strategy, manner.allowed),
    drift: (await driftOf(aws, stackId, changes)).filter(({ property }) => !paused || !SIZES.test(property)),
  };
  const refused = refusedChanges(preview);
  if (refused.length > 0) {
    throw new UsageError(
      `The update of ${stackName} is refused, as it takes away what cannot be made again:\n${refusalText(preview)}`,
      {
        hint: `Nothing was changed. Leave out what causes it; or where it is meant, say so: ${refused
          .map(({ logicalId }) => `--allow-replacement ${logicalId}`)
          .join(' ')}`,
        details: { stackName, refused },
      },
    );
  }
  return {
    preview,
    journal: {
      id: name,
      stackName,
      stackId,
      phase: manner.strategy === 'drain' ? 'draining' : 'updating',
      strategy: manner.strategy,
      startedAt: new Date(site.now()).toISOString(),
      by,
      holder: site.holder,
      changeSetId: computed.changeSetId,
      resources: computed.resources,
      former: place,
      refresh: manner.refresh,
      drainSeconds: manner.drainSeconds,
      ...standing,
    },
  };
}

type GroupFacts = Pick<Journal, 'group' | 'formerVersion' | 'sizes' | 'paused'>;

const SIZES = /^(MinSize|MaxSize|DesiredCapacity)$/;

async function groupFacts(
  { survey, capacity }: UpdateServices,
  group: string,
  plan: ParameterPlan,
): Promise<GroupFacts> {
  const [{ version }, found] = await Promise.all([survey.group(group), capacity.read(group)]);
  const paused = isPaused(found.tags[PAUSED_TAG]);
  const size = rememberedSize(found) ?? ownSize(found);
  return {
    group,
    ...(version !== undefined && { formerVersion: version }),
    ...(paused && { paused: true as const }),
    sizes: { before: size, after: sizeAfter(size, plan) },
  };
}

/** The limits that the update sets count; those that it leaves alone may have been changed by a schedule or a person. */
function sizeAfter(size: GroupSize, { changes, effective }: ParameterPlan): GroupSize {
  const limit = (name: string, present: number) =>
    changes.some((change) => change.name === name) ? Number(effective.get(name)) : present;
  const [min, max] = [limit('MinSize', size.min), limit('MaxSize', size.max)];
  return { min, max, desired: Math.min(max, Math.max(min, size.desired)) };
}

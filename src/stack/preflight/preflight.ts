import { runTasks, type TaskListStyle } from '../../terminal/progress/task-list.ts';
import type { TemplateDocument } from '../../cfn/document.ts';
import type { AssetCalls, StagingPlan } from '../assets/index.ts';
import { imageParameter, RESOLVED_IMAGE } from '../image/source.ts';
import { checkToken, type TokenSource } from './checks/agent-token.ts';
import type { Caller, PreflightCalls } from './calls.ts';
import { type Finding, orUnchecked, type Verdict, verdict } from './checks/check.ts';
import { checkLogGroups } from './checks/log-groups.ts';
import { judgeName, type RemovableStack, type NameVerdict } from './checks/name.ts';
import { checkQuotas, type Sizes } from './checks/quotas.ts';
import { accountTask, instanceTasks, judged, secretsTask, type Staged, stagingTask } from './tasks.ts';

/** What is to be made, as far as it can be checked before. */
export interface PreflightSubject extends Staged {
  readonly stackName: string;
  /** The values in effect: given, or the template's defaults. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Undefined where the template takes no token. */
  readonly token: TokenSource | undefined;
  readonly agentEndpoint: string;
}

export interface PreflightFindings {
  readonly caller: Caller;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** A stack that has to go first. */
  readonly removable?: RemovableStack;
  /** Zones for a new VPC, where the template lets them be chosen and the person has not. */
  readonly zones?: readonly string[];
  /** The image that was found for a stack without one of its own. */
  readonly image?: string;
  readonly staging: StagingPlan;
}

/** What the pre-flight talks to. The assets' calls need to know whose buckets they may use. */
export interface PreflightSite {
  readonly calls: PreflightCalls;
  readonly assets: (caller: Caller) => AssetCalls;
  readonly style: TaskListStyle;
}

/**
 * Looks at everything that could make a creation fail, and changes nothing. Who we are comes first, as nothing else can be
 * asked without credentials; the rest at the same time.
 */
export async function preflight(site: PreflightSite, subject: PreflightSubject): Promise<PreflightFindings> {
  const { calls, style } = site;
  const { region, stackName, token, agentEndpoint } = subject;
  const [caller] = await runTasks<[Caller]>([accountTask(calls, region)], style);
  const instances = instanceTasks(
    calls,
    subject.parameters,
    region,
    subject.parameters.get(RESOLVED_IMAGE)
      ? undefined
      : imageParameter(subject.template.body, subject.parameters),
  );
  const before = calls.stack(stackName);
  const tasks = [
    judged<NameVerdict>('Name', async () => judgeName(stackName, region, await before)),
    ...instances.tasks,
    judged('Agent token', () =>
      token === undefined
        ? Promise.resolve(verdict('the template takes none'))
        : checkToken(calls, token, agentEndpoint, region),
    ),
    judged('Quotas', () =>
      orUnchecked('Whether quotas are enough', async () => {
        const newVpc = subject.parameters.get('VpcId') === '';
        return checkQuotas(calls, {
          newVpc,
          reservedExecutions: reservedExecutions(subject.template),
          sizes: sizesOf(subject.parameters),
          types: await instances.facts,
          region,
        });
      }),
    ),
    secretsTask(calls, subject.parameters, region),
    judged('Log groups', () =>
      orUnchecked('Whether log groups are in the way', async () =>
        // Those of a stack that has to go first go with it.
        (await before) === undefined
          ? checkLogGroups(calls, subject)
          : verdict('those of the earlier stack go with it'),
      ),
    ),
    stagingTask(site.assets(caller), subject, caller),
  ] as const;
  const [name, types, launch, accepted, quotas, secrets, logGroups, staged] = await runTasks(tasks, style);
  const verdicts: readonly Verdict[] = [name, types, launch, accepted, quotas, secrets, logGroups, staged];
  return {
    caller,
    problems: verdicts.flatMap(({ problems }) => problems),
    warnings: verdicts.flatMap(({ warnings }) => warnings),
    ...(name.removable && { removable: name.removable }),
    ...(types.zones && { zones: types.zones }),
    ...('image' in launch && { image: launch.image }),
    staging: staged.plan,
  };
}

/** Of the template's functions together. What is not a plain number is not counted. */
function reservedExecutions({ body }: TemplateDocument): number {
  const resources = Object.values(
    (body['Resources'] ?? {}) as Record<string, { Properties?: Record<string, unknown> }>,
  );
  return resources.reduce(
    (sum, { Properties }) => sum + (Number(Properties?.['ReservedConcurrentExecutions']) || 0),
    0,
  );
}

function sizesOf(parameters: ReadonlyMap<string, string>): Sizes {
  const number = (name: string, otherwise: number) => Number(parameters.get(name) ?? otherwise);
  return {
    minSize: number('MinSize', 0),
    maxSize: number('MaxSize', 0),
    onDemandBase: number('OnDemandBaseCapacity', 0),
    onDemandPercentage: number('OnDemandPercentage', 100),
    fallsBack: number('SpotFallbackMinutes', 0) > 0,
  };
}

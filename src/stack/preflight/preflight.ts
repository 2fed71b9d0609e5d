import { type ListedTask, runTasks, type TaskListStyle } from '../../terminal/task-list.ts';
import type { TemplateDocument } from '../../cfn/document.ts';
import { type Asset, type AssetCalls, planStaging, type StagingPlan } from '../assets/index.ts';
import { checkToken, type TokenSource } from './agent-token.ts';
import type { Caller, PreflightCalls } from './calls.ts';
import { type Finding, orUnchecked, type Verdict, verdict } from './check.ts';
import {
  judgeInstanceTypes,
  type InstanceTypeSurvey,
  type InstanceTypeVerdict,
  type Placement,
} from './instance-types.ts';
import { checkLaunch } from './launch.ts';
import { judgeName, type Leftover, type NameVerdict } from './name.ts';
import { checkQuotas, type Sizes } from './quotas.ts';

/** What is to be made, as far as it can be checked before. */
export interface PreflightSubject {
  readonly stackName: string;
  readonly region: string;
  readonly template: TemplateDocument;
  /** The values in effect: given, or the template's defaults. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Undefined where the template takes no token. */
  readonly token: TokenSource | undefined;
  readonly agentEndpoint: string;
  readonly assets: readonly Asset[];
  readonly assetsBucket?: string;
}

export interface PreflightFindings {
  readonly caller: Caller;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** A stack that has to go first. */
  readonly leftover?: Leftover;
  /** Zones for a new VPC, where the template lets them be chosen and the person has not. */
  readonly zones?: readonly string[];
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
  const [caller] = await runTasks<[Caller]>(
    [
      {
        title: 'Account',
        run: () => calls.caller(),
        outcome: ({ account, arn }) => ({ state: 'good', text: `Account: ${account} as ${arn}, ${region}` }),
      },
    ],
    style,
  );
  const types = instanceTypesOf(subject.parameters);
  const survey = types.length === 0 ? undefined : surveyTypes(calls, subject.parameters, types);
  // One that fails is told once, by its own check.
  const factsOfTypes = survey?.then(({ facts }) => facts).catch(() => []) ?? [];
  const value = (parameter: string) => subject.parameters.get(parameter) ?? '';
  const tasks = [
    judged<NameVerdict>('Name', async () => judgeName(stackName, region, await calls.stack(stackName))),
    judged<InstanceTypeVerdict>('Instance types', () =>
      orUnchecked('Whether the instance types can be had', async () =>
        survey === undefined ? verdict('the template names none') : judgeInstanceTypes(await survey, region),
      ),
    ),
    judged('Image and key', () =>
      orUnchecked('Whether instances can start', async () => {
        const launch = { region, imageId: value('ImageId'), keyName: value('KeyName') };
        return checkLaunch(calls, { ...launch, types: await factsOfTypes });
      }),
    ),
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
          types: await factsOfTypes,
          region,
        });
      }),
    ),
    judged('Template', () => stagingVerdict(site.assets(caller), subject, caller)),
  ] as const;
  const [name, instances, launch, accepted, quotas, staged] = await runTasks(tasks, style);
  const verdicts: readonly Verdict[] = [name, instances, launch, accepted, quotas, staged];
  return {
    caller,
    problems: verdicts.flatMap(({ problems }) => problems),
    warnings: verdicts.flatMap(({ warnings }) => warnings),
    ...(name.leftover && { leftover: name.leftover }),
    ...(instances.zones && { zones: instances.zones }),
    staging: staged.plan,
  };
}

function judged<Judged extends Verdict & { readonly leftover?: Leftover }>(
  title: string,
  run: () => Promise<Judged>,
): ListedTask<Judged> {
  return {
    title,
    run,
    outcome({ fact, problems, warnings, leftover }) {
      const said = [...problems, ...warnings].map(({ message }) => message);
      if (problems.length > 0) return { state: 'bad', text: `${title}: ${said.join('; ')}` };
      if (warnings.length > 0 || leftover !== undefined) {
        return { state: 'doubtful', text: `${title}: ${[fact, ...said].filter(Boolean).join('; ')}` };
      }
      return { state: 'good', text: `${title}: ${fact}` };
    },
  };
}

function listOf(parameters: ReadonlyMap<string, string>, name: string): string[] {
  const list = parameters.get(name) ?? '';
  return list
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
}

function instanceTypesOf(parameters: ReadonlyMap<string, string>): string[] {
  // As older versions of the official template have it: one type.
  return [...new Set([...listOf(parameters, 'InstanceTypes'), ...listOf(parameters, 'InstanceType')])];
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
  };
}

async function surveyTypes(
  calls: PreflightCalls,
  parameters: ReadonlyMap<string, string>,
  wanted: readonly string[],
): Promise<InstanceTypeSurvey> {
  const [facts, placement] = await Promise.all([calls.instanceTypes(wanted), placementOf(calls, parameters)]);
  const known = facts.length === wanted.length ? [] : await calls.typesOfRegion();
  return { wanted, facts, known, placement };
}

async function placementOf(
  calls: PreflightCalls,
  parameters: ReadonlyMap<string, string>,
): Promise<Placement> {
  const wanted = listOf(parameters, 'Subnets');
  if (wanted.length > 0) {
    const found = await calls.subnets(wanted);
    return { kind: 'subnets', vpcId: parameters.get('VpcId') ?? '', wanted, found };
  }
  if (!parameters.has('AvailabilityZones') || parameters.get('VpcId') !== '') return { kind: 'unknown' };
  const zones = listOf(parameters, 'AvailabilityZones');
  const available = await calls.zones();
  return zones.length > 0 ? { kind: 'zones', zones, available } : { kind: 'choice', zones: available };
}

async function stagingVerdict(
  calls: AssetCalls,
  { template, assets, region, assetsBucket }: PreflightSubject,
  { account }: Caller,
): Promise<Verdict & { readonly plan: StagingPlan }> {
  const where = { account, region, ...(assetsBucket !== undefined && { bucket: assetsBucket }) };
  const plan = await planStaging(calls, { template, assets, ...where });
  switch (plan.kind) {
    case 'inline':
      return { ...verdict('goes with the request'), plan };
    case 'refused':
      return { ...verdict('', { problems: [{ message: plan.reason, hint: plan.hint }] }), plan };
    case 'bucket': {
      const fact =
        plan.present && plan.missing.length === 0
          ? `is in ${plan.bucket} already`
          : `goes to ${plan.bucket}${plan.bucketWork === 'create' ? ', which will be made' : ''}`;
      return { ...verdict(fact), plan };
    }
  }
}

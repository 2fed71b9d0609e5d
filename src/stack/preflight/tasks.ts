import type { ListedTask } from '../../terminal/progress/task-list.ts';
import type { TemplateDocument } from '../../cfn/document.ts';
import { type Asset, type AssetCalls, planStaging, type StagingPlan } from '../assets/index.ts';
import type { Caller, PreflightCalls } from './calls.ts';
import { orUnchecked, type Verdict, verdict } from './checks/check.ts';
import {
  judgeInstanceTypes,
  type InstanceTypeFacts,
  type InstanceTypeSurvey,
  type InstanceTypeVerdict,
  type Placement,
} from './checks/instance-types.ts';
import { checkLaunch } from './checks/launch.ts';
import type { RemovableStack } from './checks/name.ts';
import { checkSecretsBucket } from './checks/secrets-bucket.ts';

/** Who we are. It comes before all else, as nothing can be asked without credentials. */
export function accountTask(calls: Pick<PreflightCalls, 'caller'>, region: string): ListedTask<Caller> {
  return {
    title: 'Account',
    run: () => calls.caller(),
    outcome: ({ account, arn }) => ({ state: 'good', text: `Account: ${account} as ${arn}, ${region}` }),
  };
}

/**
 * Whether instances of these parameters can be had and can start; and what is known of their types.
 * @param imageParameter the SSM parameter to find the image in, where the stack has none yet
 */
export function instanceTasks(
  calls: PreflightCalls,
  parameters: ReadonlyMap<string, string>,
  region: string,
  imageParameter?: string,
): {
  readonly tasks: readonly [
    ListedTask<InstanceTypeVerdict | (Verdict & { zones?: undefined })>,
    ListedTask<Verdict & { readonly image?: string }>,
  ];
  readonly facts: Promise<readonly InstanceTypeFacts[]>;
} {
  const types = instanceTypesOf(parameters);
  const survey = types.length === 0 ? undefined : surveyTypes(calls, parameters, types);
  // A survey that fails is told once, by its own check.
  const facts = survey?.then((found) => found.facts).catch(() => []) ?? Promise.resolve([]);
  const value = (parameter: string) => parameters.get(parameter) ?? '';
  return {
    facts,
    tasks: [
      judged('Instance types', () =>
        orUnchecked('Whether the instance types can be had', async () =>
          survey === undefined
            ? verdict('the template names none')
            : judgeInstanceTypes(await survey, region),
        ),
      ),
      judged('Image and key', () =>
        orUnchecked('Whether instances can start', async () => {
          const image = imageParameter === undefined ? undefined : await calls.namedImage(imageParameter);
          if (imageParameter !== undefined && image === undefined) return noImageParameter(imageParameter);
          const imageId = value('ImageId') || (image ?? value('ResolvedImageId'));
          const launch = { region, imageId, keyName: value('KeyName') };
          const judged = await checkLaunch(calls, { ...launch, types: await facts });
          return { ...judged, ...(image !== undefined && { image }) };
        }),
      ),
    ],
  };
}

function noImageParameter(name: string): Verdict {
  return verdict('', {
    problems: [
      {
        message: `There is no SSM parameter ${name} to take the image from`,
        hint: 'Name another: --param ImageIdParameter=...',
      },
    ],
  });
}

/** What is to be staged, and where. */
export interface Staged {
  readonly template: TemplateDocument;
  readonly assets: readonly Asset[];
  readonly region: string;
  readonly assetsBucket?: string;
}

/** How the template gets to CloudFormation. */
export function stagingTask(
  calls: AssetCalls,
  staged: Staged,
  caller: Caller,
): ListedTask<Verdict & { readonly plan: StagingPlan }> {
  return judged('Template', () => stagingVerdict(calls, staged, caller));
}

/** Whether builds will find their secrets. */
export function secretsTask(
  calls: Pick<PreflightCalls, 'bucket'>,
  parameters: ReadonlyMap<string, string>,
  region: string,
): ListedTask<Verdict> {
  return judged('Secrets bucket', () => checkSecretsBucket(calls, parameters, region));
}

/** A check as people see it. */
export function judged<Judged extends Verdict & { readonly removable?: RemovableStack }>(
  title: string,
  run: () => Promise<Judged>,
): ListedTask<Judged> {
  return {
    title,
    run,
    outcome({ fact, problems, warnings, removable }) {
      const said = [...problems, ...warnings].map(({ message }) => message);
      if (problems.length > 0) return { state: 'bad', text: `${title}: ${said.join('; ')}` };
      if (warnings.length > 0 || removable !== undefined) {
        return { state: 'doubtful', text: `${title}: ${[fact, ...said].filter(Boolean).join('; ')}` };
      }
      return { state: 'good', text: `${title}: ${fact}` };
    },
  };
}

async function stagingVerdict(
  calls: AssetCalls,
  { template, assets, region, assetsBucket }: Staged,
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

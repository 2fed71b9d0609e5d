import type { AwsContext } from '../../aws/context.ts';
import { UsageError } from '../../errors.ts';
import { AS_GIVEN } from '../../shell/printed.ts';
import type { TaskListStyle } from '../../terminal/progress/task-list.ts';
import type { Theme } from '../../terminal/theme.ts';
import {
  type AssetCalls,
  assetCalls,
  type Program,
  programs,
  stage,
  type StagingPlan,
} from '../assets/index.ts';
import {
  createStack,
  type DeploymentOptions,
  type DeploymentRequest,
  type DeploymentResult,
} from '../deployment/index.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import {
  type Caller,
  type Finding,
  type Leftover,
  leftoverProblem,
  preflight,
  type PreflightCalls,
  preflightCalls,
  type PreflightFindings,
} from '../preflight/index.ts';
import { tokenParameter } from '../naming/parameters.ts';
import { keepToken, type TokenRecord, type TokenStore, tokenStore } from '../token/token.ts';
import { type LeftoverOptions, removeLeftover } from './leftover.ts';
import { type CreationOrder, prepare, type Prepared } from './prepare.ts';
import { type CreationPreview, preview } from './preview.ts';

export interface CreationOptions {
  readonly signal: AbortSignal;
  /** Opens the display of a running operation. */
  readonly observer: () => Promise<DeploymentObserver>;
  /** How the pre-flight is shown. */
  readonly style: TaskListStyle;
  /** Takes lines for people. */
  readonly say: (line: string) => void;
  readonly theme: Theme;
  /** What to do about a stack that is in the way of the name and can be removed. */
  readonly leftovers: 'ask' | 'remove' | 'refuse';
  readonly dryRun: boolean;
  /** False: return as soon as CloudFormation has begun. */
  readonly wait: boolean;
}

/** A stack that was made, or is being made. */
export interface CreationResult extends DeploymentResult {
  readonly account: string;
  /** The queue that it serves, where the template has one. */
  readonly queue?: string;
  readonly warnings: readonly Finding[];
}

/** What a creation works with: AWS, or a test's stand-in. */
export interface CreationSite {
  readonly region: string;
  readonly agentEndpoint?: string | undefined;
  readonly preflightCalls: PreflightCalls;
  readonly assets: (caller: Caller) => AssetCalls;
  readonly tokens: TokenStore;
  readonly programs: () => readonly Program[];
  readonly removeLeftover: (leftover: Leftover, options: LeftoverOptions) => Promise<void>;
  readonly deploy: (request: DeploymentRequest, options: DeploymentOptions) => Promise<DeploymentResult>;
}

/**
 * Makes a stack: looks first, then clears what is in the way, stages the template, keeps the token, and deploys. With
 * `dryRun` it only looks.
 * @throws UsageError with everything that stands in the way, before anything was made.
 * @throws OperationError with the first cause when the deployment fails.
 * @throws InterruptedError on Ctrl-C. Until CloudFormation has begun, nothing of the stack is left behind.
 */
export function create(
  aws: AwsContext,
  order: CreationOrder,
  options: CreationOptions,
): Promise<CreationResult | CreationPreview> {
  const site: CreationSite = {
    region: aws.region,
    agentEndpoint: aws.agentEndpoint,
    preflightCalls: preflightCalls(aws, options.signal),
    assets: ({ account, arn }) => assetCalls(aws, { account, partition: arn.split(':')[1] ?? 'aws' }),
    tokens: tokenStore(aws),
    programs,
    removeLeftover: (leftover, removing) => removeLeftover(aws, leftover, removing),
    deploy: (request, deploying) => createStack(aws, request, deploying),
  };
  return createAt(site, order, options);
}

/** `create`, anywhere. */
export async function createAt(
  site: CreationSite,
  order: CreationOrder,
  options: CreationOptions,
): Promise<CreationResult | CreationPreview> {
  const { signal, style } = options;
  const prepared = prepare(order, site);
  const found = await preflight({ calls: site.preflightCalls, assets: site.assets, style }, prepared.subject);
  signal.throwIfAborted();
  const staging = cleared(prepared, found, options);
  for (const { hint } of found.warnings) if (hint !== undefined) options.say(`  ${hint}`);
  const parameters = prepared.parametersWith(found.zones, staging);
  if (options.dryRun) return preview(prepared, found, staging, parameters);

  if (found.leftover !== undefined) {
    const path = prepared.token === undefined && parameters.get('BuildkiteAgentTokenParameterStorePath');
    const removal = { ...options, ask: options.leftovers === 'ask', ...(path && { keepParameter: path }) };
    await site.removeLeftover(found.leftover, removal);
  }
  signal.throwIfAborted();
  const source = await stage(
    site.assets(found.caller),
    staging,
    { template: order.template.document, region: site.region },
    options.say,
  );
  signal.throwIfAborted();
  const request = { ...prepared.request, ...source, parameters: listed(parameters) };
  const result = await deployWithToken(site, request, prepared.token, options);
  const queue = result.outputs['Queue'] ?? prepared.subject.parameters.get('BuildkiteQueue');
  return {
    ...result,
    account: found.caller.account,
    ...(queue !== undefined && { queue }),
    warnings: found.warnings,
  };
}

/** The token must be there before the first instance boots; it goes again if no stack came to be. */
async function deployWithToken(
  site: CreationSite,
  request: DeploymentRequest,
  token: TokenRecord | undefined,
  { signal, wait, say, observer }: CreationOptions,
): Promise<DeploymentResult> {
  const undo = token === undefined ? undefined : await keepToken(site.tokens, token, say);
  try {
    return await site.deploy(request, { signal, wait, observer: await observer() });
  } catch (error) {
    if (undo !== undefined) await undoUnlessBegun(site, request.stackName, undo, say);
    throw error;
  }
}

/** What goes wrong here must not hide why the deployment failed. */
async function undoUnlessBegun(
  site: CreationSite,
  stackName: string,
  undo: () => Promise<void>,
  say: (line: string) => void,
): Promise<void> {
  try {
    if (!(await hasBegun(site, stackName))) await undo();
  } catch (error) {
    const reason = (error as Error).message;
    say(`The agent token is left in the SSM parameter ${tokenParameter(stackName)}: ${reason}`);
  }
}

/** Whether there is a stack of this name that may still read the token. */
async function hasBegun({ preflightCalls: calls }: CreationSite, stackName: string): Promise<boolean> {
  const stack = await calls.stack(stackName);
  return stack !== undefined && !/^(REVIEW_IN_PROGRESS|DELETE_)/.test(stack.status);
}

/**
 * How the template is staged, if nothing stands in the way.
 * @throws UsageError with everything that does.
 */
function cleared(
  { subject }: Prepared,
  { problems, warnings, leftover, staging }: PreflightFindings,
  { leftovers }: CreationOptions,
): Exclude<StagingPlan, { kind: 'refused' }> {
  const inTheWay = leftover !== undefined && leftovers === 'refuse' ? [leftoverProblem(leftover)] : [];
  const all = [...inTheWay, ...problems];
  if (all.length === 0 && staging.kind !== 'refused') return staging;
  const { stackName, region } = subject;
  const list = all.map(({ message, hint }) =>
    [`- ${message.replace(/\.?$/, '.')}`, ...(hint === undefined ? [] : [`  ${hint}`])].join('\n'),
  );
  const count = all.length === 1 ? 'One thing stands' : `${all.length} things stand`;
  throw new UsageError([`${count} in the way of ${stackName}; nothing has been made.`, ...list].join('\n'), {
    hint: `Then again: bk-stack create ${stackName} --region ${region} ${AS_GIVEN}`,
    details: { stackName, region, problems: all, warnings },
  });
}

function listed(parameters: ReadonlyMap<string, string>) {
  return Array.from(parameters, ([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
}

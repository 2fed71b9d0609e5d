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
  type TemplateSource,
} from '../deployment/index.ts';
import type { DeploymentObserver } from '../events/observer.ts';
import {
  type Caller,
  type Finding,
  type RemovableStack,
  nameTakenProblem,
  preflight,
  type PreflightCalls,
  preflightCalls,
  type PreflightFindings,
} from '../preflight/index.ts';
import { storeToken, type TokenRecord, type TokenStore, tokenStore } from '../token/token.ts';
import { type RemovalOptions, removeStack } from './removable-stack.ts';
import { type CreationRequest, prepareCreation, type PreparedCreation } from './prepare.ts';
import {
  type CreationAction,
  type CreationProgress,
  nextCreationAction,
  type StackAfterFailure,
} from './next.ts';
import { type CreationPreview, preview } from './preview.ts';
import { TOKEN_PATH_PARAMETER } from './token-parameter.ts';

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
  readonly existingStack: 'ask' | 'remove' | 'refuse';
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
export interface CreationServices {
  readonly region: string;
  readonly agentEndpoint?: string | undefined;
  readonly preflightCalls: PreflightCalls;
  readonly assets: (caller: Caller) => AssetCalls;
  readonly tokens: TokenStore;
  readonly programs: () => readonly Program[];
  readonly removeStack: (removable: RemovableStack, options: RemovalOptions) => Promise<void>;
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
  request: CreationRequest,
  options: CreationOptions,
): Promise<CreationResult | CreationPreview> {
  const services: CreationServices = {
    region: aws.region,
    agentEndpoint: aws.agentEndpoint,
    preflightCalls: preflightCalls(aws, options.signal),
    assets: ({ account, arn }) => assetCalls(aws, { account, partition: arn.split(':')[1] ?? 'aws' }),
    tokens: tokenStore(aws),
    programs,
    removeStack: (removable, removing) => removeStack(aws, removable, removing),
    deploy: (request, deploying) => createStack(aws, request, deploying),
  };
  return executeCreation(services, request, options);
}

/** `create`, anywhere: looks first, then asks for the next step and takes it, until there is none. */
export async function executeCreation(
  services: CreationServices,
  request: CreationRequest,
  options: CreationOptions,
): Promise<CreationResult | CreationPreview> {
  const prepared = prepareCreation(request, services);
  const found = await preflight(
    { calls: services.preflightCalls, assets: services.assets, style: options.style },
    prepared.subject,
  );
  options.signal.throwIfAborted();
  const staging = requireClear(prepared, found, options);
  for (const { hint } of found.warnings) if (hint !== undefined) options.say(`  ${hint}`);
  const parameters = prepared.parametersWith(found.zones, staging, found.image);
  if (options.dryRun) return preview(prepared, found, staging, parameters);

  const run = new CreationRun(services, options, { prepared, found, staging, parameters });
  let progress: CreationProgress = {
    nameTaken: found.removable !== undefined,
    staged: false,
    ...(prepared.token !== undefined && { token: 'unstored' }),
    deployment: 'pending',
  };
  for (;;) {
    const action = nextCreationAction(progress);
    if (action.kind === 'finish') return run.result();
    if (action.kind === 'fail') throw run.failure(action.tokenLeft);
    progress = { ...progress, ...(await run.take(action)) };
  }
}

/** A creation whose pre-flight has gone well. */
interface ClearedCreation {
  readonly prepared: PreparedCreation;
  readonly found: PreflightFindings;
  readonly staging: Exclude<StagingPlan, { kind: 'refused' }>;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Takes the steps of a creation, and keeps what its end tells of them. */
class CreationRun {
  readonly #services: CreationServices;
  readonly #options: CreationOptions;
  readonly #creation: ClearedCreation;
  #source: TemplateSource | undefined;
  #deployed: DeploymentResult | undefined;
  #failure: unknown;

  constructor(services: CreationServices, options: CreationOptions, creation: ClearedCreation) {
    this.#services = services;
    this.#options = options;
    this.#creation = creation;
  }

  async take(
    action: Exclude<CreationAction, { kind: 'finish' | 'fail' }>,
  ): Promise<Partial<CreationProgress>> {
    const { signal } = this.#options;
    switch (action.kind) {
      case 'remove stack':
        await this.#removeStack();
        signal.throwIfAborted();
        return { nameTaken: false };
      case 'stage':
        this.#source = await this.#stage();
        signal.throwIfAborted();
        return { staged: true };
      case 'store token':
        return { token: await storeToken(this.#services.tokens, this.#token, this.#options.say) };
      case 'deploy':
        return this.#deploy();
      case 'look for stack':
        return { stack: await this.#stackAfterFailure() };
      case 'remove token':
        return this.#removeToken();
    }
  }

  result(): CreationResult {
    const { prepared, found } = this.#creation;
    if (this.#deployed === undefined) throw new Error('Nothing has been deployed yet');
    const queue = this.#deployed.outputs['Queue'] ?? prepared.subject.parameters.get('BuildkiteQueue');
    return {
      ...this.#deployed,
      account: found.caller.account,
      ...(queue !== undefined && { queue }),
      warnings: found.warnings,
    };
  }

  /** Why the deployment failed. That the token could not be removed is told beside that, and never hides it. */
  failure(tokenLeft: string | undefined): unknown {
    if (tokenLeft !== undefined) {
      this.#options.say(`The agent token is left in the SSM parameter ${this.#token.name}: ${tokenLeft}`);
    }
    return this.#failure;
  }

  get #token(): TokenRecord {
    const { token } = this.#creation.prepared;
    if (token === undefined) throw new Error('This creation stores no token');
    return token;
  }

  async #removeStack(): Promise<void> {
    const { found, prepared, parameters } = this.#creation;
    if (found.removable === undefined) return;
    const path = prepared.token === undefined && parameters.get(TOKEN_PATH_PARAMETER);
    const { existingStack } = this.#options;
    const removal = { ...this.#options, ask: existingStack === 'ask', ...(path && { keepParameter: path }) };
    await this.#services.removeStack(found.removable, removal);
  }

  #stage(): Promise<TemplateSource> {
    const { found, staging, prepared } = this.#creation;
    const { template } = prepared.request;
    const { region, assets } = this.#services;
    return stage(assets(found.caller), staging, { template, region }, this.#options.say);
  }

  async #deploy(): Promise<Partial<CreationProgress>> {
    const { prepared, parameters } = this.#creation;
    const { signal, wait, observer } = this.#options;
    if (this.#source === undefined) throw new Error('The template is not staged yet');
    const request = { ...prepared.request, ...this.#source, parameters: listed(parameters) };
    try {
      this.#deployed = await this.#services.deploy(request, { signal, wait, observer: await observer() });
      return { deployment: 'done' };
    } catch (error) {
      this.#failure = error;
      return { deployment: 'failed' };
    }
  }

  async #stackAfterFailure(): Promise<StackAfterFailure> {
    try {
      const stack = await this.#services.preflightCalls.stack(this.#creation.prepared.subject.stackName);
      return stack === undefined ? { kind: 'none' } : { kind: 'status', status: stack.status };
    } catch (error) {
      return { kind: 'unknown', reason: (error as Error).message };
    }
  }

  async #removeToken(): Promise<Partial<CreationProgress>> {
    try {
      await this.#services.tokens.remove(this.#token.name);
      return { token: 'removed' };
    } catch (error) {
      return { stack: { kind: 'unknown', reason: (error as Error).message } };
    }
  }
}

/**
 * How the template is staged, if nothing stands in the way.
 * @throws UsageError with everything that does.
 */
function requireClear(
  { subject }: PreparedCreation,
  { problems, warnings, removable, staging }: PreflightFindings,
  { existingStack }: CreationOptions,
): Exclude<StagingPlan, { kind: 'refused' }> {
  const inTheWay = removable !== undefined && existingStack === 'refuse' ? [nameTakenProblem(removable)] : [];
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

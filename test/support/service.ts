import { AwsError } from '../../src/sandbox/kernel/errors.ts';
import type { Service } from '../../src/sandbox/kernel/world.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../../src/sandbox/providers/provider.ts';
import { providersOf } from '../../src/sandbox/providers/service.ts';
import { TestWorld } from './world.ts';

export const REGION = 'us-east-1';

/** Calls operations of the services of a world, as a client would; answers are as loose as JSON. */
/* eslint-disable @typescript-eslint/no-explicit-any -- what is asked of an answer is known to the test that asks */
export class Caller {
  readonly world: TestWorld;

  constructor(
    services: readonly Service[],
    readonly region = REGION,
    world?: TestWorld,
  ) {
    this.world = world ?? new TestWorld(services);
  }

  call(service: string, operation: string, input: object = {}): Promise<any> {
    return this.world.call<any>(this.world.scope(this.region), service, operation, input);
  }

  /** The error that a call ends in. */
  async refused(service: string, operation: string, input: object = {}): Promise<AwsError> {
    const outcome: unknown = await this.call(service, operation, input).catch((error: unknown) => error);
    if (outcome instanceof AwsError) return outcome;
    if (outcome instanceof Error) throw outcome;
    throw new Error(`${service} ${operation} was not refused`);
  }
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** A stack's resource, worked as the engine would. */
export class StackResource {
  readonly context: ResourceContext;
  readonly #provider: ResourceProvider;
  physicalId = '';
  #properties: Properties = {};

  constructor({ world, region }: Caller, type: string, logicalId = 'Thing', stackName = 'demo') {
    const provider = providersOf(world).find((candidate) => candidate.type === type);
    if (provider === undefined) throw new Error(`no provider of ${type}`);
    this.#provider = provider;
    this.context = {
      ...world.scope(region),
      stackId: `arn:aws:cloudformation:${region}:111122223333:stack/${stackName}/1`,
      stackName,
      logicalId,
      tags: { 'aws:cloudformation:stack-name': stackName },
    };
  }

  create(properties: Properties): string {
    this.#properties = properties;
    return (this.physicalId = this.#provider.create(properties, this.context));
  }

  update(properties: Properties): void {
    this.#provider.update?.(this.physicalId, properties, this.#properties, this.context);
    this.#properties = properties;
  }

  delete(): void {
    this.#provider.delete(this.physicalId, this.#properties, this.context);
  }

  attribute(name: string): unknown {
    return this.#provider.attributes?.(this.physicalId, this.#properties, this.context)[name];
  }

  ref(): string {
    return this.#provider.ref?.(this.physicalId, this.#properties, this.context) ?? this.physicalId;
  }
}

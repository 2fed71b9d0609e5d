import type { Scope } from '../kernel/world.ts';

/** A resource's properties after every intrinsic function is resolved. Numbers and booleans may still be strings, as in AWS. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a provider knows of the resource it works for. */
export interface ResourceContext extends Scope {
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  /** The stack's tags and CloudFormation's own `aws:cloudformation:*`, to be put on what is made. */
  readonly tags: Readonly<Record<string, string>>;
}

/** How long a step takes in AWS, in seconds of the sandbox's time. */
export interface Durations {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
}

/**
 * Makes, changes and removes resources of one type by acting on the service's own state. Whether a change replaces
 * is not the provider's concern: the engine reads it from AWS's resource specification.
 * A step that AWS would refuse throws an `AwsError`; the engine words the event from it.
 */
export interface ResourceProvider {
  readonly type: string;
  /** Default: one second each. */
  readonly seconds?: Durations;
  /** @returns the physical id, which is what `Ref` gives unless `ref` says otherwise. */
  create(properties: Properties, context: ResourceContext): string;
  /** Applies a change that needs no replacement. */
  update?(physicalId: string, next: Properties, previous: Properties, context: ResourceContext): void;
  /** A resource that is gone already counts as deleted. */
  delete(physicalId: string, properties: Properties, context: ResourceContext): void;
  /** False while a create or an update is still under way in the service. Throws an `AwsError` when it never will be. */
  isStable?(physicalId: string, properties: Properties, context: ResourceContext): boolean;
  /** False while a deletion is still under way. */
  isDeleted?(physicalId: string, properties: Properties, context: ResourceContext): boolean;
  /** How long CloudFormation waits for a deletion, and what it says when it gives up. Default: for ever. */
  readonly deletionTimeout?: {
    readonly seconds: number;
    reason(physicalId: string, properties: Properties, context: ResourceContext): string;
  };
  ref?(physicalId: string, properties: Properties, context: ResourceContext): string;
  /** The values of `Fn::GetAtt`, nested ones under dotted names. */
  attributes?(
    physicalId: string,
    properties: Properties,
    context: ResourceContext,
  ): Readonly<Record<string, unknown>>;
  /** What the resource now has of the properties that can be changed past the stack: for the detection of drift. */
  present?(physicalId: string, properties: Properties, context: ResourceContext): Properties;
}

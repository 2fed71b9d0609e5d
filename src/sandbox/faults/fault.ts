/** What an API fault does to a request. */
export type ApiEffect =
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'status'; readonly status: number }
  /** The connection is cut without an answer. */
  | { readonly kind: 'reset' }
  /** The answer is held back, in seconds of real time. */
  | { readonly kind: 'slow'; readonly seconds: number };

/** Something that shall go wrong, as plain data: it is part of the world's state. */
export type Fault =
  /** CloudFormation fails to make resources of this type or logical id. */
  | { readonly kind: 'resource'; readonly target: string; readonly reason: string }
  /** Instances start and never come up: no signal, no agent. */
  | { readonly kind: 'boot'; readonly rate: number }
  /** There is no room in pools: those of an instance type, a way to buy and a zone; of any where one is not named. */
  | {
      readonly kind: 'capacity';
      readonly instanceType?: string;
      readonly market?: 'spot' | 'on-demand';
      readonly zone?: string;
    }
  | {
      readonly kind: 'api';
      readonly service: string;
      readonly operation: string;
      readonly effect: ApiEffect;
      readonly rate: number;
    }
  /** Every request's credentials have expired. */
  | { readonly kind: 'credentials' }
  /** Buildkite refuses every agent token. */
  | { readonly kind: 'token' };

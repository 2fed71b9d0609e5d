import type { Instant } from '../../../kernel/time.ts';

export type InstanceStateName =
  'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

/** The codes of the states. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
export const STATE_CODES: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** An instance as the state holds it. */
export interface InstanceRecord {
  readonly instanceId: string;
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly clientToken?: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly keyName?: string;
  launchTime: Instant;
  state: InstanceStateName;
  /** Why it stopped or ended; EC2 shows both forms. */
  stateReason?: { readonly code: string; readonly message: string };
  stateTransitionReason: string;
  readonly zone: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly interfaceId: string;
  readonly privateIp: string;
  /** Absent for an instance without one, and for one that does not run. */
  publicIp?: string;
  readonly hasPublicIp: boolean;
  readonly securityGroupIds: string[];
  readonly instanceProfile?: { readonly arn?: string; readonly name?: string };
  /** The blob of its user data, decoded; many instances share one. */
  readonly userData?: string;
  readonly spot: boolean;
  /** When EC2 takes a spot instance back that it has given notice to. */
  interruptionAt?: Instant;
  readonly monitoring: boolean;
  readonly ebsOptimized: boolean;
  disableApiTermination: boolean;
  readonly metadata: {
    readonly tokens: 'optional' | 'required';
    readonly hopLimit: number;
    readonly endpoint: 'enabled' | 'disabled';
    readonly tags: 'enabled' | 'disabled';
  };
  readonly rootDevice: string;
  readonly volumes: readonly {
    readonly device: string;
    readonly volumeId: string;
    readonly deleteOnTermination: boolean;
  }[];
}

/** Whether an instance still is, or will be, something that runs or can run. */
export function isAlive({ state }: InstanceRecord): boolean {
  return state !== 'shutting-down' && state !== 'terminated';
}

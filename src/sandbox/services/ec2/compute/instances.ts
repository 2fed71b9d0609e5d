import type {
  DescribeInstanceAttributeRequest,
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  GetConsoleOutputRequest,
  GetConsoleOutputResult,
  InstanceAttribute,
  InstanceStateChange,
  InstanceStatus,
  ModifyInstanceAttributeRequest,
  RebootInstancesRequest,
  Reservation,
  StartInstancesRequest,
  StopInstancesRequest,
  TerminateInstancesRequest,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { hardwareOf } from './hardware.ts';
import { byId, byIds, page, refusePagesOfIds, selected, type Filters } from '../common/describing.ts';
import { invalidValue, required } from '../common/errors.ts';
import type { Ec2State } from '../state/records.ts';
import { ec2State } from '../state/state.ts';
import { describedInstance, privateDnsName } from './instance-description.ts';
import { STATE_CODES, type InstanceRecord } from '../state/instance.ts';
import { endInstance, startInstance, stopInstance, userInitiated } from './lifecycle.ts';
import { runInstances } from './launching/run-instances.ts';

export const instanceMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidInstanceID.NotFound',
    ids.length === 1
      ? `The instance ID '${ids[0] ?? ''}' does not exist`
      : `The instance IDs '${ids.join(', ')}' do not exist`,
  );

function checkForm(ids: readonly string[]): void {
  const wrong = ids.find((id) => !/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id));
  if (wrong === undefined) return;
  throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${wrong}"`);
}

function instancesOf(state: Ec2State, ids: readonly string[] | undefined): InstanceRecord[] {
  checkForm(ids ?? []);
  return byIds(state.instances, required(ids?.length ? ids : undefined, 'InstanceId'), instanceMissing);
}

const filters = (state: Ec2State, region: string): Filters<InstanceRecord> => ({
  'instance-id': (instance) => instance.instanceId,
  'instance-state-name': (instance) => instance.state,
  'instance-state-code': (instance) => String(STATE_CODES[instance.state]),
  'instance-type': (instance) => instance.instanceType,
  'instance-lifecycle': (instance) => (instance.spot ? 'spot' : undefined),
  'image-id': (instance) => instance.imageId,
  'key-name': (instance) => instance.keyName,
  'availability-zone': (instance) => instance.zone,
  'subnet-id': (instance) => instance.subnetId,
  'vpc-id': (instance) => instance.vpcId,
  'private-ip-address': (instance) => instance.privateIp,
  'ip-address': (instance) => instance.publicIp,
  'private-dns-name': (instance) => privateDnsName(instance.privateIp, region),
  'instance.group-id': (instance) => instance.securityGroupIds,
  'instance.group-name': (instance) =>
    instance.securityGroupIds.map((id) => state.securityGroups[id]?.GroupName),
  'group-id': (instance) => instance.securityGroupIds,
  'network-interface.subnet-id': (instance) => instance.subnetId,
  'network-interface.group-id': (instance) => instance.securityGroupIds,
  'iam-instance-profile.arn': (instance) => instance.instanceProfile?.arn,
  'reservation-id': (instance) => instance.reservationId,
  'launch-time': (instance) => new Date(instance.launchTime).toISOString(),
  'client-token': (instance) => instance.clientToken,
  architecture: (instance) => describedArchitecture(instance),
});

function describedArchitecture({ instanceType }: InstanceRecord): string {
  return /^(a1|[a-z]+\d+[a-z]*g)/.test(instanceType.split('.')[0] ?? '') ? 'arm64' : 'x86_64';
}

/** DescribeInstances: instances under the reservation that each was launched by. */
function describeInstances(input: DescribeInstancesRequest, scope: Scope): DescribeInstancesResult {
  const state = ec2State(scope);
  checkForm(input.InstanceIds ?? []);
  refusePagesOfIds(input.InstanceIds, 'instancesSet', input);
  const found = selected(
    byIds(state.instances, input.InstanceIds, instanceMissing),
    input.Filters,
    filters(state, scope.region),
    (instance) => state.tags[instance.instanceId] ?? {},
  );
  const { items, nextToken } = page(found, input);
  const reservations = new Map<string, Reservation & { Instances: object[] }>();
  for (const instance of items) {
    const { reservationId } = instance;
    const reservation = reservations.get(reservationId) ?? {
      ReservationId: reservationId,
      OwnerId: scope.accountId,
      Groups: [],
      Instances: [],
    };
    reservation.Instances.push(describedInstance(state, scope, instance));
    reservations.set(reservationId, reservation);
  }
  return { Reservations: [...reservations.values()], NextToken: nextToken };
}

/** Does something to instances and tells their states before and after. */
function changed(
  state: Ec2State,
  ids: readonly string[] | undefined,
  change: (instance: InstanceRecord) => void,
): InstanceStateChange[] {
  return instancesOf(state, ids).map((instance) => {
    const before = instance.state;
    change(instance);
    return {
      InstanceId: instance.instanceId,
      PreviousState: { Name: before, Code: STATE_CODES[before] },
      CurrentState: { Name: instance.state, Code: STATE_CODES[instance.state] },
    };
  });
}

/** @throws AwsError OperationNotPermitted for an instance with termination protection: then none is ended */
export function terminateInstances(input: TerminateInstancesRequest, scope: Scope) {
  const state = ec2State(scope);
  const held = instancesOf(state, input.InstanceIds).find((instance) => instance.disableApiTermination);
  if (held !== undefined) {
    throw new AwsError(
      'OperationNotPermitted',
      `The instance '${held.instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    );
  }
  const end = (instance: InstanceRecord) => {
    endInstance(state, scope, instance, userInitiated(scope));
  };
  return { TerminatingInstances: changed(state, input.InstanceIds, end) };
}

function stopInstances(input: StopInstancesRequest, scope: Scope) {
  const state = ec2State(scope);
  const stop = (instance: InstanceRecord) => {
    stopInstance(state, scope, instance);
  };
  return { StoppingInstances: changed(state, input.InstanceIds, stop) };
}

function startInstances(input: StartInstancesRequest, scope: Scope) {
  const state = ec2State(scope);
  const start = (instance: InstanceRecord) => {
    startInstance(state, scope, instance);
  };
  return { StartingInstances: changed(state, input.InstanceIds, start) };
}

/** Restarts the system; the instance stays running, with its addresses. @throws AwsError IncorrectState */
function rebootInstances(input: RebootInstancesRequest, scope: Scope): void {
  const asked = instancesOf(ec2State(scope), input.InstanceIds);
  const stopped = asked.find(({ state }) => state !== 'running');
  if (stopped !== undefined) {
    throw new AwsError(
      'IncorrectState',
      `The instance '${stopped.instanceId}' is not in the 'running' state.`,
    );
  }
  for (const { instanceId } of asked) {
    hardwareOf(scope.world).powerOff(scope, instanceId);
    hardwareOf(scope.world).powerOn(scope, instanceId);
  }
}

/** Checks of a system take about two minutes to pass; until then they are initializing. */
const CHECKED_AFTER_MS = 120_000;

function describeInstanceStatus(
  input: DescribeInstanceStatusRequest,
  scope: Scope,
): DescribeInstanceStatusResult {
  const state = ec2State(scope);
  checkForm(input.InstanceIds ?? []);
  const now = scope.world.now();
  const asked = byIds(state.instances, input.InstanceIds, instanceMissing).filter(
    (instance) => input.IncludeAllInstances || instance.state === 'running',
  );
  const statusOf = (instance: InstanceRecord) => {
    if (instance.state !== 'running') return 'not-applicable';
    if (now < instance.launchTime + CHECKED_AFTER_MS) return 'initializing';
    return hardwareOf(scope.world).isReachable(scope, instance.instanceId) ? 'ok' : 'impaired';
  };
  const { items, nextToken } = page(
    selected(asked, input.Filters, {
      ...filters(state, scope.region),
      'instance-status.status': statusOf,
      'system-status.status': statusOf,
    }),
    input,
  );
  return {
    InstanceStatuses: items.map((instance): InstanceStatus => {
      const status = statusOf(instance);
      const running = instance.state === 'running';
      const detail = {
        ok: 'passed',
        impaired: 'failed',
        initializing: 'initializing',
        'not-applicable': undefined,
      } as const;
      const summary = (value: typeof status) => ({
        Status: value,
        Details:
          detail[value] === undefined ? [] : [{ Name: 'reachability' as const, Status: detail[value] }],
      });
      return {
        InstanceId: instance.instanceId,
        AvailabilityZone: instance.zone,
        InstanceState: { Name: instance.state, Code: STATE_CODES[instance.state] },
        InstanceStatus: summary(status),
        SystemStatus: summary(running && status === 'impaired' ? 'ok' : status),
        Events: [],
      };
    }),
    NextToken: nextToken,
  };
}

/** What the instance has written to its console; EC2 gives at most the last 64 KB. */
function getConsoleOutput(input: GetConsoleOutputRequest, scope: Scope): GetConsoleOutputResult {
  const state = ec2State(scope);
  const id = required(input.InstanceId, 'instanceId');
  checkForm([id]);
  byId(state.instances, id, instanceMissing);
  const { text, at } = hardwareOf(scope.world).console(scope, id);
  return {
    InstanceId: id,
    Timestamp: new Date(at),
    Output: Buffer.from(text.slice(-65_536)).toString('base64'),
  };
}

function describeInstanceAttribute(input: DescribeInstanceAttributeRequest, scope: Scope): InstanceAttribute {
  const id = required(input.InstanceId, 'instanceId');
  checkForm([id]);
  const instance = byId(ec2State(scope).instances, id, instanceMissing);
  switch (input.Attribute) {
    case 'userData': {
      const { userData } = instance;
      const Value =
        userData === undefined ? undefined : Buffer.from(scope.world.blobs.get(userData)).toString('base64');
      return { InstanceId: id, UserData: { Value } };
    }
    case 'disableApiTermination':
      return { InstanceId: id, DisableApiTermination: { Value: instance.disableApiTermination } };
    case 'instanceType':
      return { InstanceId: id, InstanceType: { Value: instance.instanceType } };
    case 'groupSet':
      return { InstanceId: id, Groups: instance.securityGroupIds.map((GroupId) => ({ GroupId })) };
    case 'rootDeviceName':
      return { InstanceId: id, RootDeviceName: { Value: instance.rootDevice } };
    default:
      throw invalidValue(input.Attribute ?? '', 'attribute', 'Unknown attribute.');
  }
}

function modifyInstanceAttribute(input: ModifyInstanceAttributeRequest, scope: Scope): object {
  const id = required(input.InstanceId, 'instanceId');
  checkForm([id]);
  const instance = byId(ec2State(scope).instances, id, instanceMissing);
  if (input.DisableApiTermination)
    instance.disableApiTermination = input.DisableApiTermination.Value ?? false;
  if (input.Groups?.length)
    instance.securityGroupIds.splice(0, instance.securityGroupIds.length, ...input.Groups);
  return {};
}

export const instanceOperations = {
  RunInstances: runInstances,
  DescribeInstances: describeInstances,
  TerminateInstances: terminateInstances,
  StopInstances: stopInstances,
  StartInstances: startInstances,
  RebootInstances: rebootInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  GetConsoleOutput: getConsoleOutput,
  DescribeInstanceAttribute: describeInstanceAttribute,
  ModifyInstanceAttribute: modifyInstanceAttribute,
};

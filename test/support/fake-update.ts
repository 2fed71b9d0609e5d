import type { GroupSize, SizedGroup } from '../../src/stack/capacity/group-size.ts';
import type { ChangeSetRequest } from '../../src/stack/deployment/request.ts';
import type { StackEvent } from '../../src/stack/events/event.ts';
import type { WarmInstance } from '../../src/stack/facts/group/warm-pool.ts';
import type { RefreshState } from '../../src/stack/rollout/refresh.ts';
import type { RolloutActivity, RolloutGroup, RolloutInstance } from '../../src/stack/rollout/survey.ts';
import type { Journal } from '../../src/stack/update/execution/journal/journal.ts';
import type { UpdateObserver } from '../../src/stack/update/execution/observer.ts';
import type { UpdateServices } from '../../src/stack/update/execution/services.ts';
import type { RollbackPoint, S3Location } from '../../src/stack/update/request/rollback-point.ts';
import { sdkError } from './world-aws.ts';

export const FORMER: S3Location = { bucket: 'b', key: 'stacks/ci/1.json' };
export const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/ci/1';

export function journalOf(changes: Partial<Journal> = {}): Journal {
  return {
    ...{ id: 'u', stackName: 'ci', stackId: STACK_ID, phase: 'updating', strategy: 'rolling' },
    ...{ startedAt: '2026-11-27T00:00:00.000Z', by: 'arn:ann', changeSetId: 'set', resources: 1 },
    ...{ holder: { id: 'me', host: 'here', since: '2026-11-27T00:00:00.000Z' }, former: FORMER },
    ...{ group: 'g', formerVersion: '1' },
    sizes: { before: { min: 1, max: 4, desired: 2 }, after: { min: 2, max: 8, desired: 2 } },
    ...changes,
  };
}

export function instanceOf(
  instanceId: string,
  version: string,
  lifecycleState = 'InService',
): RolloutInstance {
  return { instanceId, version, lifecycleState };
}

export function groupOf(version: string, ...instances: RolloutInstance[]): RolloutGroup {
  return { version, warm: false, size: { min: 1, max: 4, desired: 2 }, instances };
}

/** A stack and its group in memory, with the services of an update on it. `done` has what changed something, in order. */
export class FakeUpdate {
  /** The image that an SSM parameter names, and the one that the group launches from. */
  newestImage: string | undefined;
  launchedImage: string | undefined;
  readonly done: string[] = [];
  readonly said: string[] = [];
  readonly observer: UpdateObserver;
  readonly services: UpdateServices;
  readonly abort = new AbortController();
  status = 'UPDATE_COMPLETE';
  /** Execution status by id. */
  readonly sets = new Map([['set', 'AVAILABLE']]);
  /** What `changeSet` answers for one that is being computed: FAILED with a reason, where that is set. */
  refusal: string | undefined;
  /** How the next executed change set, or the operation that runs, ends. */
  ends = 'UPDATE_COMPLETE';
  groupName: string | undefined = 'g';
  group: RolloutGroup = groupOf('2', instanceOf('i-1', '1'));
  sized: SizedGroup = { size: { min: 1, max: 4, desired: 2 }, instances: [], tags: {} };
  pool: WarmInstance[] = [];
  activities: RolloutActivity[] = [];
  refresh: string | undefined;
  /** What each look at the refresh finds; the last one stays. */
  refreshStates: Partial<RefreshState>[] = [{ status: 'Successful' }];
  journal: Journal | undefined;
  readonly written: Journal[] = [];
  seconds = 0;
  readonly requests: ChangeSetRequest[] = [];
  point: RollbackPoint = {
    ...{ stackName: 'ci', template: 'templates/1.yml', parameters: { A: '1', Secret: null } },
    tags: { team: 'build' },
  };
  events: StackEvent[] = [];
  /** Called when time passes. */
  passing: () => void = () => undefined;
  /** What calls end in, by their names. */
  readonly failing = new Map<string, Error>();

  constructor() {
    this.observer = {
      say: (line) => this.said.push(line),
      stack: () => Promise.resolve({ note: () => undefined, update: () => undefined, end: () => undefined }),
      rollout: (progress) => this.said.push(JSON.stringify(progress)),
      draining: (left) => this.said.push(JSON.stringify(left)),
      end: () => this.said.push('end'),
    };
    const act = (line: string) => {
      const call = line.split(' ')[0] ?? '';
      const error = this.failing.get(call);
      if (error !== undefined) return Promise.reject(error);
      this.done.push(line);
      return Promise.resolve();
    };
    const size = ({ min, max, desired }: GroupSize) => `${min}/${max}/${desired}`;
    const operation = (begins: string) => {
      this.#event(begins);
      if (this.ends.includes('ROLLBACK') && begins === 'UPDATE_IN_PROGRESS') {
        this.#event('UPDATE_FAILED', 'X', 'it broke');
      }
      this.#event(this.ends);
      this.status = this.ends;
    };
    this.services = {
      region: 'us-east-1',
      holder: { id: 'me', host: 'here', since: '2026-11-27T00:00:00.000Z' },
      signal: this.abort.signal,
      now: () => this.seconds * 1000,
      retry: {
        pause: (seconds) => {
          this.seconds += seconds;
          this.passing();
          return Promise.resolve();
        },
        random: () => 0,
      },
      sets: {
        createChangeSet: async (request, name) => {
          await act(`createChangeSet ${request.description ?? ''}`);
          this.requests.push(request);
          this.sets.set(name, 'AVAILABLE');
          return { stackId: STACK_ID, changeSetId: name };
        },
        changeSet: (id) => {
          const error = this.failing.get('changeSet');
          if (error !== undefined) return Promise.reject(error);
          const executionStatus = this.sets.get(id);
          if (executionStatus === undefined) return Promise.reject(sdkError('ChangeSetNotFound', 'gone'));
          const status =
            this.refusal === undefined
              ? { status: 'CREATE_COMPLETE' }
              : { status: 'FAILED', reason: this.refusal };
          return Promise.resolve({ ...status, executionStatus, resources: 3 });
        },
        executeChangeSet: async (id, token) => {
          await act(`executeChangeSet ${id} ${token}`);
          operation('UPDATE_IN_PROGRESS');
          this.sets.set(id, this.ends.includes('ROLLBACK') ? 'EXECUTE_FAILED' : 'EXECUTE_COMPLETE');
        },
        deleteChangeSet: async (id) => {
          await act(`deleteChangeSet ${id}`);
          this.sets.delete(id);
        },
      },
      stacks: {
        status: () => Promise.resolve(this.status),
        group: () => Promise.resolve(this.groupName),
        cancelUpdate: async (id) => {
          await act(`cancelUpdate ${id}`);
          operation('UPDATE_ROLLBACK_IN_PROGRESS');
        },
        continueRollback: async (id) => {
          await act(`continueRollback ${id}`);
          operation('UPDATE_ROLLBACK_IN_PROGRESS');
        },
        events: () => Promise.resolve({ events: [...this.events].reverse() }),
        launchFailures: () => Promise.resolve([]),
      },
      capacity: {
        read: () => Promise.resolve(this.sized),
        tag: async (_group, tags) => {
          await act(`tag ${JSON.stringify(tags)}`);
          this.sized = { ...this.sized, tags: { ...this.sized.tags, ...tags } };
        },
        untag: async (_group, keys) => {
          await act(`untag ${keys.join()}`);
          const tags = Object.entries(this.sized.tags).filter(([key]) => !keys.includes(key));
          this.sized = { ...this.sized, tags: Object.fromEntries(tags) };
        },
        resize: async (group, to) => {
          await act(`resize ${group} ${size(to)}`);
          this.sized = { ...this.sized, size: to };
        },
        suspend: (group) => act(`suspend ${group}`),
        resume: (group) => act(`resume ${group}`),
        unprotect: (_group, ids) => act(`unprotect ${ids.join()}`),
        release: (_group, id) => act(`release ${id}`),
      },
      images: {
        named: () => Promise.resolve(this.newestImage),
        launched: () => Promise.resolve(this.launchedImage),
        describe: (ids) => Promise.resolve(new Map(ids.map((id) => [id, { id }]))),
      },
      refreshes: {
        instances: () => Promise.resolve(this.group.instances.length),
        active: () => Promise.resolve(this.refresh),
        start: async (group, preferences) => {
          await act(`startRefresh ${group} ${JSON.stringify(preferences)}`);
          this.refresh = 'r-1';
          return 'r-1';
        },
        cancel: (group) => act(`cancelRefresh ${group}`),
        describe: () => {
          const [state = {}] = this.refreshStates;
          if (this.refreshStates.length > 1) this.refreshStates.shift();
          return Promise.resolve({ status: 'InProgress', percentage: 0, left: 1, ...state });
        },
        releaseWarm: (group) => act(`releaseWarm ${group}`),
      },
      survey: {
        group: (name) => {
          if (name !== this.groupName) return Promise.reject(sdkError('ValidationError', `no group ${name}`));
          return Promise.resolve(this.group);
        },
        activities: () => Promise.resolve(this.activities),
        replace: (ids) => act(`terminate ${ids.join()}`),
        bootLog: (logGroup, id) => {
          const error = this.failing.get('bootLog');
          return error === undefined
            ? Promise.resolve([`${logGroup} of ${id}`, '\u001b[31mred'])
            : Promise.reject(error);
        },
      },
      pool: {
        instances: () => Promise.resolve(this.pool),
        replace: (_group, instances) => act(`renew ${instances.map(({ instanceId }) => instanceId).join()}`),
        release: (_group, id) => act(`releaseWarm ${id}`),
      },
      journals: {
        read: () => Promise.resolve(this.journal),
        open: async (journal) => {
          if (this.journal !== undefined) return false;
          await act(`open ${journal.phase}`);
          this.journal = journal;
          return true;
        },
        write: async (journal) => {
          const version = this.journal === undefined ? 1 : 2;
          await act(`write ${journal.phase}`);
          this.journal = journal;
          this.written.push(journal);
          return version;
        },
        close: async () => {
          await act('close');
          this.journal = undefined;
        },
      },
      rollbacks: {
        read: () => Promise.resolve(this.point),
        template: (_location, { template }) =>
          Promise.resolve(`# ${template}\nResources: { R: { Type: 'AWS::IAM::Role' } }`),
        remember: (name, { key }) => act(`remember ${name} ${key}`),
        remembered: () => Promise.resolve(FORMER),
        forget: (name) => act(`forget ${name}`),
      },
    };
  }

  /** Adds a row to the stack's history; without a resource, the stack's own. */
  #event(status: string, logicalId?: string, reason?: string): void {
    const at = new Date(this.events.length * 1000);
    this.events.push({
      ...{ eventId: String(this.events.length), stackId: STACK_ID, stackName: 'ci', status, at },
      ...(logicalId === undefined
        ? { logicalId: 'ci', physicalId: STACK_ID, type: 'AWS::CloudFormation::Stack' }
        : { logicalId, physicalId: 'x', type: 'AWS::SSM::Parameter' }),
      ...(reason !== undefined && { reason }),
    });
  }

  /** Has an operation run, begun by others, which ends as `ends` says when it is watched. */
  running(status: string): void {
    this.#event('UPDATE_IN_PROGRESS');
    this.status = status;
    const { ends } = this;
    if (ends.includes('ROLLBACK')) this.#event('UPDATE_FAILED', 'X', 'it broke');
    this.#event(ends);
  }
}

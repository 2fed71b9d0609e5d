import type { Stack } from '@aws-sdk/client-cloudformation';
import { originOf } from '../stack/summary.ts';
import { groupNameOf, outputOf } from '../stack/values.ts';

/** What the logs of a stack are about. */
export type LogSubject = 'agent' | 'boot' | 'system' | 'docker' | 'lifecycle' | 'scaler';

/** The log groups that a stack's instances and its scaler write to. */
export interface StackLogGroups {
  readonly names: Readonly<Record<LogSubject, readonly string[]>>;
  /** Whether the stack makes them, so that nobody else writes there, and one that is missing is a fault. */
  readonly own: boolean;
  /** The group whose instances' streams are this stack's, where other stacks write to the same log groups. */
  readonly sharedBy?: string;
}

/** The official template's groups, which all of its stacks in a region share. Its scaler's belongs to a nested stack's function. */
const SHARED: StackLogGroups['names'] = {
  agent: ['/buildkite/buildkite-agent'],
  boot: ['/buildkite/elastic-stack', '/buildkite/cloud-init', '/buildkite/cloud-init/output'],
  system: ['/buildkite/system'],
  docker: ['/buildkite/docker-daemon'],
  lifecycle: ['/buildkite/lifecycled'],
  scaler: [],
};

/** The log groups of an agent stack; undefined for a stack that has to do with no agents. */
export function logGroupsOf(stack: Stack): StackLogGroups | undefined {
  switch (originOf(stack)) {
    case 'bk-stack': {
      // The groups are among the first things that a stack makes, and their names are known before its outputs are.
      const prefix = outputOf(stack, 'LogGroupPrefix') ?? `/buildkite/${stack.StackName ?? ''}`;
      const name = (subject: LogSubject) => [`${prefix}/${subject}`];
      return {
        own: true,
        names: {
          agent: name('agent'),
          boot: name('boot'),
          system: name('system'),
          docker: name('docker'),
          lifecycle: name('lifecycle'),
          scaler: name('scaler'),
        },
      };
    }
    case 'elastic-ci-stack': {
      const sharedBy = groupNameOf(stack);
      return { own: false, names: SHARED, ...(sharedBy !== undefined && { sharedBy }) };
    }
    case 'other':
      return undefined;
  }
}

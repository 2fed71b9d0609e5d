import { AwsError } from '../kernel/errors.ts';
import type { Scope } from '../kernel/world.ts';
import { putLogEvents } from '../services/logs/events.ts';
import { createLogStream } from '../services/logs/streams.ts';
import type { MachineRecord } from './state.ts';

/** Writes what an instance's CloudWatch agent would send: a line of one of the stack's log groups, in its own stream. */
export function machineSays(
  scope: Scope,
  { instanceId, logGroupPrefix }: Pick<MachineRecord, 'instanceId' | 'logGroupPrefix'>,
  group: 'agent' | 'boot' | 'lifecycle',
  message: string,
): void {
  if (logGroupPrefix === undefined) return;
  const place = { logGroupName: `${logGroupPrefix}/${group}`, logStreamName: instanceId };
  const ignoring = (code: string, write: () => unknown) => {
    try {
      write();
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== code) throw error;
    }
  };
  // An instance may outlive its stack's log groups.
  ignoring('ResourceNotFoundException', () => {
    ignoring('ResourceAlreadyExistsException', () => createLogStream(place, scope));
    putLogEvents({ ...place, logEvents: [{ timestamp: scope.world.now(), message }] }, scope);
  });
}

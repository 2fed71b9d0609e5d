import type { Service } from '../kernel/world.ts';
import { DISPATCH_TASK, runDispatch } from './dispatch.ts';

/** Buildkite's timers. It is no service of AWS: its API is in http.ts. */
export const buildkite: Service = {
  name: 'buildkite',
  signingNames: [],
  sdk: () => Promise.resolve({}),
  operations: {},
  tasks: { [DISPATCH_TASK]: runDispatch },
};

import type { BuildkiteState, JobRecord } from './state.ts';

/**
 * Carries out an agent's call on the meta-data of its job's build, which all jobs of the build share.
 * https://github.com/buildkite/agent/blob/main/api/meta_data.go
 * @returns the answer's body; undefined for a key that is not set, and for calls that there are not
 */
export function answerMetaData(
  { metaData }: BuildkiteState,
  { id, env }: JobRecord,
  call: string,
  { key, value }: { readonly key: string; readonly value: string | undefined },
): object | undefined {
  const build = (metaData[env['BUILDKITE_BUILD_ID'] ?? id] ??= {});
  const there = Object.hasOwn(build, key);
  switch (call) {
    case 'set':
      build[key] = value ?? '';
      return { key, value: build[key] };
    case 'get':
      return there ? { key, value: build[key] } : undefined;
    case 'exists':
      return { exists: there };
    default:
      return undefined;
  }
}

import { type AssetCalls, assetCalls } from '../../stack/assets/index.ts';
import { type Check, examined, type Finding } from '../findings/finding.ts';
import { ownerOf } from '../../stack/facts/stack/values.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** The parameters of the template that name what the CLI has put into the assets bucket. */
const PROGRAMS = ['HostProgram', 'ScalerProgram'] as const;

/** Whether what instances fetch at their boot is still there. */
export function programsCheck(facts: StackFacts): Check {
  return {
    title: 'Programs',
    run: async () => {
      const bucket = facts.parameter('AssetsBucket');
      if (bucket === undefined) return examined('the stack brings none');
      const calls = assetCalls(facts.aws, ownerOf(facts.stack));
      const missing = await missingPrograms(calls, bucket, facts);
      return examined(`in ${bucket}`, missing.length === 0 ? undefined : gone(bucket, missing, facts));
    },
  };
}

async function missingPrograms(
  calls: Pick<AssetCalls, 'objectExists'>,
  bucket: string,
  facts: StackFacts,
): Promise<string[]> {
  const keys = PROGRAMS.flatMap((parameter) => facts.parameter(parameter) ?? []);
  const there = await Promise.all(keys.map((key) => calls.objectExists(bucket, key)));
  return keys.filter((_, index) => !there[index]);
}

function gone(bucket: string, keys: readonly string[], { target }: StackFacts): Finding {
  return {
    code: 'program-missing',
    severity: 'error',
    message: `The bucket ${bucket} no longer has ${keys.join(' and ')}`,
    meaning: 'New instances fetch it at their boot, which fails.',
    fix: `Store what this bk-stack brings, and have the stack use it: bk-stack update ${target}`,
  };
}

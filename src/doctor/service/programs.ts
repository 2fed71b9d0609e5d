import { type AssetCalls, assetCalls } from '../../stack/assets/index.ts';
import { type Check, examined, type Finding } from '../finding.ts';
import type { StackFacts } from '../../stack/facts/stack-facts.ts';

/** The parameters of the template that name what the CLI has put into the assets bucket. */
const PROGRAMS = ['HostProgram', 'ScalerProgram'] as const;

/** Whether what instances fetch at their boot is still there. */
export function programsCheck(patient: StackFacts): Check {
  return {
    title: 'Programs',
    look: async () => {
      const bucket = patient.parameter('AssetsBucket');
      if (bucket === undefined) return examined('the stack brings none');
      // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
      const [, partition = '', , , account = ''] = (patient.stack.StackId ?? '').split(':');
      const calls = assetCalls(patient.aws, { account, partition });
      const missing = await missingPrograms(calls, bucket, patient);
      return examined(`in ${bucket}`, missing.length === 0 ? undefined : gone(bucket, missing, patient));
    },
  };
}

async function missingPrograms(
  calls: Pick<AssetCalls, 'objectExists'>,
  bucket: string,
  patient: StackFacts,
): Promise<string[]> {
  const keys = PROGRAMS.flatMap((parameter) => patient.parameter(parameter) ?? []);
  const there = await Promise.all(keys.map((key) => calls.objectExists(bucket, key)));
  return keys.filter((_, index) => !there[index]);
}

function gone(bucket: string, keys: readonly string[], { place }: StackFacts): Finding {
  return {
    code: 'program-missing',
    severity: 'error',
    message: `The bucket ${bucket} no longer has ${keys.join(' and ')}`,
    meaning: 'New instances fetch it at their boot, which fails.',
    fix: `Store what this bk-stack brings, and have the stack use it: bk-stack update ${place}`,
  };
}

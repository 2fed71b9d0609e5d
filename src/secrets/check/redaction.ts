import { isRedactedVariable, LONGEST_VALUE, SHORTEST_VALUE, unredacted } from '../job/redaction.ts';
import type { Finding } from './finding.ts';

/** Says that logs of builds would show a secret: one that is too long is refused, one that is too short warned of. */
export function redactionFindings(value: string, subject = 'it'): Finding[] {
  const bytes = Buffer.byteLength(value.trim());
  const has = `${subject} has ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  switch (unredacted(value)) {
    case 'long':
      return [
        {
          severity: 'refused',
          message: `${has}, and Buildkite redacts values of up to ${LONGEST_VALUE} from logs`,
          hint: 'Keep what is larger elsewhere, encrypted, and only its key here.',
        },
      ];
    case 'short':
      if (bytes === 0) return [];
      return [
        {
          severity: 'warning',
          message: `${has}, and Buildkite redacts no value under ${SHORTEST_VALUE} from logs`,
        },
      ];
    case undefined:
      return [];
  }
}

/** The findings about a variable: its name tells whether it is redacted at all. */
export function variableRedactionFindings(name: string, value: string): Finding[] {
  return redactionFindings(value, 'the value').filter(
    ({ severity }) => severity === 'refused' || isRedactedVariable(name),
  );
}

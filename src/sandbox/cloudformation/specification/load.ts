import { type DistilledFile, openDistilled } from '../../kernel/distilled-file.ts';
import type { TypeRecord } from './record.ts';

/** The resource types AWS has. */
export type Specification = DistilledFile<TypeRecord>;

export const SPECIFICATION = {
  name: 'specification.jsonl',
  script: 'distil-specification.ts',
  source: '@aws-cdk/aws-service-spec/db.json.gz',
};

/** AWS's published specification, distilled. */
export function loadSpecification(): Specification {
  return openDistilled(SPECIFICATION);
}

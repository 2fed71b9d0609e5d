import { zonesOf } from './regions.ts';
import { instanceTypes, type InstanceTypeFacts } from './instance-types.ts';
import { NOT_OFFERED } from './not-offered.ts';

const lacking: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  NOT_OFFERED.trim()
    .split(/\n(?! )/)
    .map((line) => {
      const [place = '', ...families] = line.split(/\s+/);
      return [place, new Set(families)] as const;
    }),
);

/** Whether a zone of a region has a type. */
export function isOffered({ family }: InstanceTypeFacts, region: string, zone?: string): boolean {
  return !lacking.get(region)?.has(family) && !(zone !== undefined && lacking.get(zone)?.has(family));
}

/** The types that a region has in any of its zones. */
export function typesOfRegion(region: string): InstanceTypeFacts[] {
  return [...instanceTypes().values()].filter((type) => isOffered(type, region));
}

/** The zones of a region that have a type, by name. */
export function zonesOffering(type: InstanceTypeFacts, region: string): string[] {
  return zonesOf(region)
    .map(({ name }) => name)
    .filter((zone) => isOffered(type, region, zone));
}

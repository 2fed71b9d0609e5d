import { partitionOf } from '../../../kernel/location.ts';

/**
 * The regions, each with the letters of its zones in this account and, after a slash, the digits of their zone ids.
 * A + marks a region that an account has to opt in to.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
const REGIONS = `
us-east-1 abcdef/612435
us-east-2 abc
us-west-1 ab/31
us-west-2 abcd/2134
af-south-1+ abc
ap-east-1+ abc
ap-east-2+ abc
ap-northeast-1 acd/412
ap-northeast-2 abcd
ap-northeast-3 abc/312
ap-south-1 abc/132
ap-south-2+ abc
ap-southeast-1 abc
ap-southeast-2 abc/132
ap-southeast-3+ abc
ap-southeast-4+ abc
ap-southeast-5+ abc
ap-southeast-6+ abc
ap-southeast-7+ abc
ca-central-1 abd/124
ca-west-1+ abc
eu-central-1 abc/231
eu-central-2+ abc
eu-north-1 abc
eu-south-1+ abc
eu-south-2+ abc
eu-west-1 abc/312
eu-west-2 abc/231
eu-west-3 abc
il-central-1+ abc
me-central-1+ abc
me-south-1+ abc
mx-central-1+ abc
sa-east-1 abc
cn-north-1 abd
cn-northwest-1 abc
us-gov-east-1 abc
us-gov-west-1 abc
`;

export interface Region {
  readonly name: string;
  /** Whether an account has to opt in before it can use the region. */
  readonly optIn: boolean;
}

export interface Zone {
  /** `us-east-1a`, which each account maps in its own way. */
  readonly name: string;
  /** `use1-az6`, the same in every account. */
  readonly id: string;
}

interface Entry extends Region {
  readonly zones: readonly Zone[];
}

const entries = new Map(
  REGIONS.trim()
    .split('\n')
    .map((line) => {
      const entry = entryOf(line);
      return [entry.name, entry] as const;
    }),
);

function entryOf(line: string): Entry {
  const [region = '', zones = ''] = line.split(' ');
  const name = region.replace('+', '');
  const [letters = '', digits = ''] = zones.split('/');
  return {
    name,
    optIn: region.endsWith('+'),
    zones: Array.from(letters, (letter, index) => ({
      name: name + letter,
      id: `${zoneIdPrefix(name)}-az${digits[index] ?? index + 1}`,
    })),
  };
}

/** `ap-southeast-2` is `apse2`, `us-gov-west-1` is `usgw1`. */
function zoneIdPrefix(region: string): string {
  const [area = '', ...rest] = region.split('-');
  const compass = /^(north|south|central|)(east|west|)$/;
  return (
    area +
    rest
      .map((part) => {
        const [, first = '', second = ''] = compass.exec(part) ?? [];
        return /^\d/.test(part) || !compass.test(part)
          ? part.slice(0, /^\d/.test(part) ? undefined : 1)
          : first.slice(0, 1) + second.slice(0, 1);
      })
      .join('')
  );
}

/** The regions of the partition that `region` belongs to. */
export function regionsOf(region: string): Region[] {
  return [...entries.values()].filter(({ name }) => partitionOf(name) === partitionOf(region));
}

/** The Availability Zones of a region; a region that AWS does not have gets three. */
export function zonesOf(region: string): readonly Zone[] {
  return (entries.get(region) ?? entryOf(`${region} abc`)).zones;
}

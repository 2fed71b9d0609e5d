import { createHash } from 'node:crypto';
import type { Architecture } from './instance-types.ts';

/** A public image as the sandbox knows it. */
export interface PublicImage {
  readonly id: string;
  /** The name it has in EC2. */
  readonly name: string;
  readonly description: string;
  readonly owner: { readonly id: string; readonly alias?: string };
  readonly architecture: Architecture;
  readonly rootDevice: string;
  readonly rootGb: number;
  /** Milliseconds since 1970, as is `deprecatedAt`. */
  readonly createdAt: number;
  readonly deprecatedAt: number;
}

const AMAZON = { id: '137112412989', alias: 'amazon' };
const CANONICAL = { id: '099720109477' };
const DAY_MS = 86_400_000;

/** When the first release of this catalogue came out. */
const FIRST_RELEASE = Date.parse('2025-12-15T22:09:11.000Z');

/**
 * Publishers replace their images every couple of weeks, and the public parameter names the newest.
 * https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html
 */
const RELEASE_EVERY_MS = 14 * DAY_MS;

/** The number of the newest release at a time; the first, 0, is there at any time. */
export function newestRelease(now: number): number {
  return Math.max(0, Math.floor((now - FIRST_RELEASE) / RELEASE_EVERY_MS));
}

/** When a release came out, in milliseconds since 1970. */
export function releasedAt(release: number): number {
  return FIRST_RELEASE + release * RELEASE_EVERY_MS;
}

interface Series {
  readonly parameter: (architecture: Architecture) => readonly string[];
  /** @param dateOf moves the date in the first release's name, as YYYYMMDD, on to this release */
  readonly image: (
    architecture: Architecture,
    dateOf: (first: string) => string,
  ) => Omit<PublicImage, 'id' | 'architecture' | 'createdAt' | 'deprecatedAt'>;
  /** Days from an image's release to its deprecation. */
  readonly deprecatedAfterDays: number;
}

/** As the DeprecationTime of published images has been; no document of AWS promises it. */
const AMAZON_DEPRECATES_DAYS = 90;
/** EC2's own limit for public images, which Canonical uses: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html */
const CANONICAL_DEPRECATES_DAYS = 730;

const al2023 = (kernel: string, minimal: boolean): Series => ({
  parameter: (architecture) => {
    const variant = minimal ? 'ami-minimal' : 'ami';
    return [`/aws/service/ami-amazon-linux-latest/al2023-${variant}-kernel-${kernel}-${architecture}`];
  },
  deprecatedAfterDays: AMAZON_DEPRECATES_DAYS,
  image: (architecture, dateOf) => ({
    name: `al2023-ami-${minimal ? 'minimal-' : ''}2023.9.${dateOf('20251208')}.0-kernel-${kernel === 'default' ? '6.1' : kernel}-${architecture}`,
    description: `Amazon Linux 2023 AMI 2023.9.${dateOf('20251208')}.0 ${architecture} HVM kernel-${kernel === 'default' ? '6.1' : kernel}`,
    owner: AMAZON,
    rootDevice: '/dev/xvda',
    rootGb: minimal ? 2 : 8,
  }),
});

const amazonLinux2: Series = {
  parameter: (architecture) => [
    `/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-${architecture}-gp2`,
    `/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-${architecture}-gp2`,
  ],
  deprecatedAfterDays: AMAZON_DEPRECATES_DAYS,
  image: (architecture, dateOf) => ({
    name: `amzn2-ami-kernel-5.10-hvm-2.0.${dateOf('20251201')}.0-${architecture}-gp2`,
    description: `Amazon Linux 2 Kernel 5.10 AMI 2.0.${dateOf('20251201')}.0 ${architecture} HVM gp2`,
    owner: AMAZON,
    rootDevice: '/dev/xvda',
    rootGb: 8,
  }),
};

const ubuntu = (release: string, codename: string, disk: string): Series => ({
  parameter: (architecture) => [
    `/aws/service/canonical/ubuntu/server/${release}/stable/current/${debian(architecture)}/hvm/${disk}/ami-id`,
    `/aws/service/canonical/ubuntu/server/${codename}/stable/current/${debian(architecture)}/hvm/${disk}/ami-id`,
  ],
  deprecatedAfterDays: CANONICAL_DEPRECATES_DAYS,
  image: (architecture, dateOf) => ({
    name: `ubuntu/images/hvm-ssd${disk === 'ebs-gp3' ? '-gp3' : ''}/ubuntu-${codename}-${release}-${debian(architecture)}-server-${dateOf('20251212')}`,
    description: `Canonical, Ubuntu, ${release}, ${debian(architecture)} ${codename} image`,
    owner: CANONICAL,
    rootDevice: '/dev/sda1',
    rootGb: 8,
  }),
});

const debian = (architecture: Architecture) => (architecture === 'x86_64' ? 'amd64' : 'arm64');

const SERIES: readonly Series[] = [
  al2023('default', false),
  al2023('6.1', false),
  al2023('6.12', false),
  al2023('default', true),
  al2023('6.1', true),
  al2023('6.12', true),
  amazonLinux2,
  ubuntu('24.04', 'noble', 'ebs-gp3'),
  ubuntu('22.04', 'jammy', 'ebs-gp2'),
];

interface Named {
  readonly series: Series;
  readonly architecture: Architecture;
}

/** The public SSM parameters that name images, each with what it names. */
const byParameter: ReadonlyMap<string, Named> = new Map(
  SERIES.flatMap((series) =>
    (['x86_64', 'arm64'] as const).flatMap((architecture) =>
      series.parameter(architecture).map((parameter) => [parameter, { series, architecture }] as const),
    ),
  ),
);

/** The names of the public SSM parameters that hold the id of an image. */
export function imageParameters(): string[] {
  return [...byParameter.keys()];
}

/**
 * The id of the image that a public SSM parameter names in a region: the same one every time.
 * @param release the newest release at the time; by default the first
 * @throws Error for a name that no public parameter has
 */
export function publicImageId(region: string, parameter: string, release = 0): string {
  const named = byParameter.get(parameter);
  if (named === undefined) throw new Error(`no public parameter names an image by ${parameter}`);
  return imageAt(region, named, release).id;
}

function imageAt(region: string, { series, architecture }: Named, release: number): PublicImage {
  const image = series.image(architecture, (first) => movedOn(first, release));
  const createdAt = releasedAt(release);
  return {
    ...image,
    id: `ami-0${createHash('sha256').update(`${region}/${image.name}`).digest('hex').slice(0, 16)}`,
    architecture,
    createdAt,
    deprecatedAt: createdAt + series.deprecatedAfterDays * DAY_MS,
  };
}

function movedOn(first: string, release: number): string {
  const [year, month, day] = [first.slice(0, 4), first.slice(4, 6), first.slice(6)].map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day) + release * RELEASE_EVERY_MS);
  return date.toISOString().slice(0, 10).replaceAll('-', '');
}

const known = new Map<string, readonly PublicImage[]>();

/** The public images of a region, of all releases up to a time. One that is deprecated can still be launched. */
export function publicImages(region: string, now: number): readonly PublicImage[] {
  const newest = newestRelease(now);
  const key = `${region}/${newest}`;
  const found = known.get(key) ?? imagesUpTo(region, newest);
  known.set(key, found);
  return found;
}

function imagesUpTo(region: string, newest: number): PublicImage[] {
  const releases = Array.from({ length: newest + 1 }, (_, release) =>
    [...byParameter.values()].map((named) => imageAt(region, named, release)),
  );
  // Several parameters name one image.
  return [...new Map(releases.flat().map((image) => [image.id, image])).values()];
}

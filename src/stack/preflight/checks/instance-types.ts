import { nearestNames } from '../../../terminal/nearest.ts';
import { type Finding, type Verdict, verdict } from './check.ts';

export interface TypeArchitectures {
  readonly type: string;
  /** Those an image can be for: arm64, x86_64. */
  readonly architectures: readonly string[];
}

/** An instance type as the region has it. */
export interface InstanceTypeFacts extends TypeArchitectures {
  readonly vCpus: number;
  /** Availability zones that offer it. */
  readonly zones: readonly string[];
}

/** The availability zones that instances are to run in. */
export type Placement =
  /** A new VPC, whose zones are ours to choose among these. */
  | { readonly kind: 'choice'; readonly zones: readonly string[] }
  /** A new VPC in zones that the person has named. */
  | { readonly kind: 'zones'; readonly zones: readonly string[]; readonly available: readonly string[] }
  /** Subnets that are there. */
  | {
      readonly kind: 'subnets';
      readonly vpcId: string;
      readonly wanted: readonly string[];
      readonly found: readonly { readonly id: string; readonly vpcId: string; readonly zone: string }[];
    }
  /** The template does not say. */
  | { readonly kind: 'unknown' };

export interface InstanceTypeSurvey {
  /** As given, in their order. */
  readonly wanted: readonly string[];
  readonly facts: readonly InstanceTypeFacts[];
  /** Every type of the region; empty unless one of the wanted is missing. */
  readonly known: readonly string[];
  readonly placement: Placement;
}

export interface InstanceTypeVerdict extends Verdict {
  /** Zones for a new VPC where they are ours to choose. */
  readonly zones?: readonly string[];
}

/** Zones of a new VPC: two are enough to outlive the loss of one. */
const ZONES_OF_NEW_VPC = 2;

/** Judges whether the types exist, run one image, and are offered where the instances are to run. */
export function judgeInstanceTypes(survey: InstanceTypeSurvey, region: string): InstanceTypeVerdict {
  const { wanted, facts, known, placement } = survey;
  const missing = wanted.filter((type) => !facts.some((fact) => fact.type === type));
  const problems = [
    ...missing.map((type) => unknownType(type, known, region)),
    ...mixedArchitectures(facts),
    ...placementProblems(placement, region),
  ];
  const zones = placement.kind === 'choice' ? chooseZones(facts, placement.zones) : zonesOf(placement);
  const offers =
    facts.length === 0 || zones === undefined ? [] : offerFindings(facts, zones, placement, region);
  problems.push(...offers.filter(({ grave }) => grave));
  const where = zones === undefined || zones.length === 0 ? region : zones.join(' and ');
  return {
    ...verdict(`${wanted.join(', ')} in ${where}`, {
      problems,
      warnings: offers.filter(({ grave }) => !grave),
    }),
    ...(placement.kind === 'choice' && zones !== undefined && zones.length > 0 && { zones }),
  };
}

function unknownType(type: string, known: readonly string[], region: string): Finding {
  const near = nearestNames(type, known);
  return {
    message: `${region} has no instance type "${type}"`,
    hint:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}? --param InstanceTypes=${near[0] ?? ''}`
        : `To list them: aws ec2 describe-instance-type-offerings --region ${region} --query InstanceTypeOfferings[].InstanceType`,
  };
}

/** All instances start from one image, which is of one architecture. */
export function mixedArchitectures(facts: readonly TypeArchitectures[]): Finding[] {
  const [first] = facts;
  if (first?.architectures.some((each) => facts.every((fact) => fact.architectures.includes(each))) ?? true) {
    return [];
  }
  const list = facts.map(
    ({ type, architectures }) => `${type} is ${architectures.join(' and ') || 'neither'}`,
  );
  return [
    {
      message: `InstanceTypes are of several architectures, and one image serves them all: ${list.join(', ')}`,
      hint: 'Name types of arm64 or of x86_64, not of both.',
    },
  ];
}

function placementProblems(placement: Placement, region: string): Finding[] {
  if (placement.kind === 'zones') {
    return placement.zones
      .filter((zone) => !placement.available.includes(zone))
      .map((zone) => ({
        message: `${region} has no availability zone "${zone}" that this account may use`,
        hint: `It has: ${placement.available.join(', ')}`,
      }));
  }
  if (placement.kind !== 'subnets') return [];
  const { vpcId, wanted, found } = placement;
  const missing = wanted.filter((id) => !found.some((subnet) => subnet.id === id));
  const astray = found.filter((subnet) => vpcId !== '' && subnet.vpcId !== vpcId);
  const list = `To list them: aws ec2 describe-subnets --region ${region}${vpcId === '' ? '' : ` --filters Name=vpc-id,Values=${vpcId}`}`;
  return [
    ...missing.map((id) => ({ message: `${region} has no subnet "${id}"`, hint: list })),
    ...astray.map((subnet) => ({
      message: `The subnet ${subnet.id} is not in ${vpcId} but in ${subnet.vpcId}`,
      hint: list,
    })),
  ];
}

function zonesOf(placement: Placement): readonly string[] | undefined {
  switch (placement.kind) {
    case 'zones':
      return placement.zones.filter((zone) => placement.available.includes(zone));
    case 'subnets':
      return [...new Set(placement.found.map(({ zone }) => zone))];
    default:
      return undefined;
  }
}

/** The first zones that offer every type; where those are too few, the ones that offer most of them. */
export function chooseZones(facts: readonly InstanceTypeFacts[], zones: readonly string[]): string[] {
  const offered = (zone: string) => facts.filter((fact) => fact.zones.includes(zone)).length;
  return zones
    .filter((zone) => facts.length === 0 || offered(zone) > 0)
    .sort((a, b) => offered(b) - offered(a) || a.localeCompare(b))
    .slice(0, ZONES_OF_NEW_VPC)
    .sort();
}

interface OfferFinding extends Finding {
  /** Whether instances cannot run, and not only some of them in some places. */
  readonly grave: boolean;
}

function offerFindings(
  facts: readonly InstanceTypeFacts[],
  zones: readonly string[],
  placement: Placement,
  region: string,
): OfferFinding[] {
  const elsewhere = (type: InstanceTypeFacts) =>
    `It is offered in ${type.zones.join(', ') || 'no zone'}: ${
      placement.kind === 'subnets'
        ? 'name subnets there, or another type.'
        : '--param AvailabilityZones=..., or another type.'
    }`;
  if (zones.length === 0) {
    if (placement.kind !== 'choice') return [];
    const types = facts.map(({ type }) => type).join(', ');
    return [
      {
        grave: true,
        message: `No availability zone of ${region} offers ${types}`,
        hint: 'Name other types.',
      },
    ];
  }
  const nowhere = facts.filter((fact) => !zones.some((zone) => fact.zones.includes(zone)));
  const idle = zones.filter((zone) => !facts.some((fact) => fact.zones.includes(zone)));
  const partly = facts.filter(
    (fact) =>
      !nowhere.includes(fact) && zones.some((zone) => !idle.includes(zone) && !fact.zones.includes(zone)),
  );
  return [
    ...nowhere.map((fact) => ({
      grave: true,
      message: `${zones.join(' and ')} do${zones.length === 1 ? 'es' : ''} not offer ${fact.type}`,
      hint: elsewhere(fact),
    })),
    ...(nowhere.length === facts.length ? [] : idle).map((zone) => ({
      grave: true,
      message: `${zone} offers none of the instance types`,
      hint: 'Leave that zone out, or name types that it offers.',
    })),
    ...partly.map((fact) => ({
      grave: false,
      message: `${zones.filter((zone) => !fact.zones.includes(zone)).join(' and ')} lacks ${fact.type}: there the other types have to do`,
    })),
  ];
}

import { INSTANCE_FAMILIES } from './instance-families.ts';

export type Architecture = 'x86_64' | 'arm64';

/** A type of instance, as far as anything here depends on it. */
export interface InstanceTypeFacts {
  readonly name: string;
  readonly family: string;
  readonly architecture: Architecture;
  readonly manufacturer: string;
  readonly clockGhz: number | undefined;
  readonly vCpus: number;
  readonly memoryMiB: number;
  /** Disks of its own, where it has any. */
  readonly instanceStorage: { readonly count: number; readonly sizeGb: number } | undefined;
}

let table: ReadonlyMap<string, InstanceTypeFacts> | undefined;

/** Every instance type of the sandbox, by name. */
export function instanceTypes(): ReadonlyMap<string, InstanceTypeFacts> {
  table ??= new Map(
    families()
      .flatMap(typesOf)
      .map((type) => [type.name, type]),
  );
  return table;
}

export function instanceType(name: string): InstanceTypeFacts | undefined {
  return instanceTypes().get(name);
}

/** One text for each family; a family's line may be continued on lines that start with a space. */
function families(): string[] {
  return INSTANCE_FAMILIES.trim().split(/\n(?! )/);
}

function typesOf(line: string): InstanceTypeFacts[] {
  const [, family = '', architecture = '', manufacturer = '', ghz = '', sizes = ''] =
    /^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(.*)$/s.exec(line) ?? [];
  return sizes.split(';').map((entry) => {
    const [size = '', vCpus = '', memory = '', disks] = entry.trim().split(/\s+/);
    const [count, sizeGb] = (disks ?? '').split('x').map(Number);
    return {
      name: `${family}.${size}`,
      family,
      architecture: architecture as Architecture,
      manufacturer: manufacturer === 'AWS' ? 'AWS' : manufacturer,
      clockGhz: ghz === '-' ? undefined : Number(ghz),
      vCpus: Number(vCpus),
      memoryMiB: Number(memory) * 1024,
      instanceStorage: count !== undefined && sizeGb !== undefined ? { count, sizeGb } : undefined,
    };
  });
}

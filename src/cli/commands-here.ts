import { word } from '../shell/quoted.ts';

/** Where a command works, as far as its flags say. */
export interface Whereabouts {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly sandbox?: boolean | undefined;
  /** The stack that it works on. */
  readonly stackName?: string | undefined;
}

/** Commands that take no stack's name, and depend on the region all the same. */
const NAMELESS = /^bk-stack (?:list|create)\b/;

/**
 * A text whose commands work where this one does: the flags that say so are put behind the stack's name, unless they are there.
 * Typed as it is printed, `bk-stack delete my-stack` would otherwise be another region's stack of that name.
 */
export function commandsHere(text: string, { stackName, ...where }: Whereabouts): string {
  const named =
    stackName === undefined
      ? undefined
      : new RegExp(`^bk-stack(?: [a-z-]+)+? ${escaped(stackName)}(?![\\w-])`);
  return text
    .split(/(?=\bbk-stack )/)
    .map((part) => {
      const [command = ''] = named?.exec(part) ?? NAMELESS.exec(part) ?? [];
      if (command === '') return part;
      const [line = ''] = part.split('\n');
      return command + missingFlags(line, where) + part.slice(command.length);
    })
    .join('');
}

function missingFlags(line: string, { region, profile, sandbox }: Omit<Whereabouts, 'stackName'>): string {
  const flags: readonly (readonly [flag: string, value: string | undefined])[] = [
    ['--region', region],
    ['--profile', profile],
    ['--sandbox', sandbox === true ? '' : undefined],
  ];
  return flags
    .filter(([flag, value]) => value !== undefined && !line.includes(flag))
    .map(([flag, value = '']) => ` ${flag}${value === '' ? '' : ` ${word(value)}`}`)
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

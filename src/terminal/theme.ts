import { Chalk, type ChalkInstance, supportsColor, supportsColorStderr } from 'chalk';

/** Colours by what they mean, for one stream. */
export interface Theme {
  readonly stack: (text: string) => string;
  readonly command: (text: string) => string;
  readonly good: (text: string) => string;
  readonly busy: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly heading: (text: string) => string;
}

/** Whether people have asked for no colour. https://no-color.org */
export function colourRefused(argv: readonly string[] = process.argv): boolean {
  return Boolean(process.env['NO_COLOR']) || argv.includes('--no-color');
}

function themeOf(colours: ChalkInstance): Theme {
  return {
    stack: colours.cyan.bold,
    command: colours.cyan,
    good: colours.green,
    busy: colours.yellow,
    bad: colours.red,
    dim: colours.dim,
    heading: colours.bold,
  };
}

function levelOf(support: typeof supportsColor): 0 | 1 | 2 | 3 {
  return colourRefused() || support === false ? 0 : support.level;
}

/** How many colours stdout shows: chalk's level. */
export const outColours = levelOf(supportsColor);

/** For results, which go to stdout. */
export const outTheme = themeOf(new Chalk({ level: outColours }));

/** For progress, warnings and errors, which go to stderr. */
export const errTheme = themeOf(new Chalk({ level: levelOf(supportsColorStderr) }));

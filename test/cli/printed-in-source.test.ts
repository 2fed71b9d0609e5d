import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import type { KnownCommand } from '../../src/cli/commands-here.ts';
import { AS_GIVEN, commandsIn, type PrintedWord } from '../../src/shell/printed.ts';
import { knownCommands } from '../support/known-commands.ts';
import { root } from '../support/process.ts';

/** Stands for what a template puts in. */
const FILLED = 'ꔷ';
/** What runs on instances and in the sandbox's AWS prints nothing through a command; help is written by oclif. */
const ELSEWHERE = /^src\/(?:host|scaler|sandbox\/(?!server))\//;
const HELP = /^(?:summary|description|examples|usage)$/;

/** The texts of a source file that may be printed, each with its line. */
function textsOf(file: string, source: string): { readonly text: string; readonly line: number }[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const texts: { text: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyDeclaration(node) && HELP.test(node.name.getText())) return;
    if (ts.isPropertyAssignment(node) && HELP.test(node.name.getText())) return;
    const text = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? node.head.text + node.templateSpans.map((span) => filling(span) + span.literal.text).join('')
        : undefined;
    if (text !== undefined) {
      texts.push({ text, line: parsed.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return texts;
}

function filling({ expression }: ts.TemplateSpan): string {
  return expression.getText() === 'AS_GIVEN' ? AS_GIVEN : FILLED;
}

/** What is wrong with a command as it is written in a text; undefined for one that works, and for a sentence about bk-stack. */
function faultOf(
  [program, ...words]: readonly PrintedWord[],
  commands: readonly KnownCommand[],
): string | undefined {
  if (program?.text !== 'bk-stack') return undefined;
  const texts = words.map(({ text }) => text.replaceAll(FILLED, '') || FILLED);
  const [first = '', second = ''] = texts;
  const command =
    commands.find(({ id }) => id === `${first}:${second}`) ?? commands.find(({ id }) => id === first);
  if (command === undefined) {
    return commands.some(({ id }) => id.startsWith(`${first}:`))
      ? `no command ${first} ${second}`
      : undefined;
  }
  const rest = texts.slice(command.id.split(':').length);
  let room = command.strict === false ? Infinity : Object.keys(command.args).length;
  for (let at = 0; at < rest.length; at += 1) {
    const text = rest[at] ?? '';
    if (/^(?:[<>|&]|--$)/.test(text)) return undefined;
    if (text === AS_GIVEN) continue;
    const [, flag] = /^--([a-z-]+)/.exec(text) ?? [];
    if (flag !== undefined) {
      if (!(flag.replace(/^no-/, '') in command.flags) && !(flag in command.flags) && flag !== 'help')
        return `${command.id} has no flag --${flag}`;
      if (command.flags[flag]?.type === 'option' && !text.includes('=')) at += 1;
      continue;
    }
    if (room === 0) return undefined;
    if (!isArgument(text))
      return `"${text}" is read as an argument of ${command.id}: end the command before it`;
    room -= 1;
  }
  return undefined;
}

/** A value that is put in, or one that stands for a person's own. */
function isArgument(text: string): boolean {
  return text === FILLED || /^(?:[A-Z]+|my-stack|i-[0-9a-f]+|\.\.\.|"[^"]*")$/.test(text);
}

function faultsOf(file: string, source: string, commands: readonly KnownCommand[]): string[] {
  return textsOf(file, source).flatMap(({ text, line }) =>
    commandsIn(text).flatMap((words) => {
      const fault = faultOf(words, commands);
      return fault === undefined ? [] : [`${file}:${line}: ${fault}`];
    }),
  );
}

describe('the commands that the source prints', () => {
  let commands: readonly KnownCommand[] = [];
  before(async () => {
    commands = await knownCommands();
  });

  it('exist, with the flags that they are printed with, and end where the sentence goes on', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => relative(root, join(root, 'src', file)).replaceAll('\\', '/'))
      .filter((file) => !ELSEWHERE.test(file));
    const faults = files.flatMap((file) => faultsOf(file, readFileSync(join(root, file), 'utf8'), commands));
    expect(faults).to.eql([]);
  });

  it('are found at fault where they would not work', () => {
    for (const [source, fault] of [
      ['const hint = `Or: bk-stack status ${name} --wiat`;', 'status has no flag --wiat'],
      ["const hint = 'bk-stack logs tial my-stack';", 'no command logs tial'],
      ['const hint = `bk-stack status ${name} tells why`;', undefined],
      [
        "const hint = 'Until bk-stack resume neither does';",
        '"neither" is read as an argument of resume: end the command before it',
      ],
      [
        "const hint = 'bk-stack doctor --fix sets it';",
        '"sets" is read as an argument of doctor: end the command before it',
      ],
      ['const hint = `bk-stack delete ${name} ${AS_GIVEN} --yes`;', undefined],
      ["const text = 'another bk-stack has brought it to its end';", undefined],
      ["const command = { description: 'Until bk-stack resume neither does' };", undefined],
    ] as const) {
      expect(faultsOf('x.ts', source, commands)).to.eql(fault === undefined ? [] : [`x.ts:1: ${fault}`]);
    }
  });
});

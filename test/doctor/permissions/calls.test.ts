import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseTemplate } from '../../../src/cfn/document.ts';
import { CALLS, ELSEWHERE } from '../../../src/doctor/permissions/calls.ts';
import { DEPLOYING_ACTIONS } from '../../../src/doctor/permissions/deploying.ts';
import { resourceCounts } from '../../../src/stack/template/facts.ts';
import { root } from '../../support/process.ts';

const SDK = join(root, 'src/aws/sdk');
const COMMANDS = join(root, 'src/commands');

/** Every operation that src/aws/sdk names, as `service:Operation`. */
const named = readdirSync(SDK).flatMap((file) =>
  operationsIn(join(SDK, file)).map((operation) => `${file.replace('.ts', '')}:${operation}`),
);

function operationsIn(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const commands = [...text.matchAll(/\b([A-Z]\w+)Command\b/g)].map(([, name = '']) => name);
  const pages = [...text.matchAll(/\bpaginate([A-Z]\w+)\b/g)].map(([, name = '']) => name);
  return [...new Set([...commands, ...pages])];
}

/** What a file imports of ours as values, at once or when needed. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const still = [...text.matchAll(/^(?:import|export)\s+(?!type\b)([^;'"]*?)\s*(?:from\s+)?'(\.[^']+)'/gm)]
    .filter(([, names = '']) => {
      const listed = /^\{([^}]*)\}$/
        .exec(names.trim())?.[1]
        ?.split(',')
        .filter((name) => name.trim() !== '');
      return listed === undefined || listed.some((name) => !name.trim().startsWith('type '));
    })
    .map(([, , path = '']) => path);
  const later = [...text.matchAll(/import\(\s*'(\.[^']+)'/g)].map(([, path = '']) => path);
  return [...still, ...later].map((path) => resolve(dirname(file), path)).filter((path) => existsSync(path));
}

/** What a command could ask: the operations in the files that it may load. */
function reachOf(command: string): Set<string> {
  const seen = new Set<string>();
  const left = [command];
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (seen.has(file) || file.includes('/src/sandbox/')) continue;
    seen.add(file);
    left.push(...importsOf(file));
  }
  const used = [...seen].filter((file) => !file.startsWith(SDK)).flatMap(operationsIn);
  return new Set(named.filter((call) => used.includes(call.split(':')[1] ?? '')));
}

const files = readdirSync(COMMANDS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join(COMMANDS, file));
const commandOf = (file: string) =>
  relative(COMMANDS, file)
    .replace(/\.ts$/, '')
    .replace(/\/index$/, '')
    .replaceAll('/', ' ');

describe('the table of what each command asks of AWS', () => {
  it('has every command', () => {
    const commands = files.map(commandOf).filter((command) => !ELSEWHERE.test(command));
    expect(Object.keys(CALLS).sort()).to.eql(commands.sort());
  });

  it('has every operation that the code has, and no other', () => {
    const listed = new Set(Object.values(CALLS).flat());
    expect([...listed].filter((call) => !named.includes(call))).to.eql([]);
    expect(named.filter((call) => !listed.has(call))).to.eql([]);
  });

  for (const file of files) {
    const command = commandOf(file);
    it(`says of "${command}" nothing that it could not ask`, () => {
      const reach = reachOf(file);
      const listed = CALLS[command] ?? [];
      expect([...new Set(listed)].filter((call) => !reach.has(call))).to.eql([]);
      if (ELSEWHERE.test(command)) expect([...reach]).to.eql([]);
    });
  }

  it('says what CloudFormation needs for each type of the template, and for no other', () => {
    const { body } = parseTemplate(readFileSync(join(root, 'template/bk-stack.yml'), 'utf8'));
    expect(Object.keys(DEPLOYING_ACTIONS).sort()).to.eql(Object.keys(resourceCounts(body)).sort());
  });
});

/* eslint-disable no-control-regex -- what a terminal acts on is looked for */
import type { Config } from '@oclif/core';
import { expect } from 'chai';
import type { AwsContext } from '../../src/aws/context.ts';
import { BaseCommand } from '../../src/cli/base-command.ts';
import { UsageError } from '../../src/errors.ts';
import { UpdateCommand } from '../../src/cli/update-command.ts';

describe('every command', () => {
  it('may have any number of requests that wait for Ctrl-C, without a warning', async () => {
    class Waiting extends BaseCommand {
      run() {
        for (let count = 0; count < 50; count += 1) this.signal.addEventListener('abort', () => undefined);
        return Promise.resolve();
      }
    }
    const warnings: string[] = [];
    const note = ({ name }: Error) => warnings.push(name);
    process.on('warning', note);
    await new Waiting([], {} as Config).run();
    // Node warns on the next tick.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).to.eql([]);
  });

  describe('prints commands that work where it does', () => {
    const flags = {
      region: { type: 'option', helpGroup: 'GLOBAL' },
      sandbox: { type: 'boolean', helpGroup: 'GLOBAL' },
    };
    const config = {
      commands: [{ id: 'status', strict: true, args: { name: {} }, flags }],
      runHook: () => Promise.resolve({ successes: [] }),
      scopedEnvVarKey: (name: string) => `BK_STACK_${name}`,
    } as unknown as Config;
    const COMMAND = 'bk-stack status ci --wait';
    const COMPLETED = `${COMMAND} --region eu-west-1 --sandbox`;

    class Printing extends BaseCommand {
      static override id = 'printing';
      static override strict = false;
      /** What it does, once it has begun. */
      act: () => unknown = () => undefined;
      async run() {
        await this.parse(Printing);
        return this.act();
      }
      say = (text: string) => {
        this.progress(text);
      };
      hint = (text: string) => {
        this.onInterrupt(text);
      };
      choose = (region: string) => {
        this.workingIn(region);
      };
    }
    class Quoting extends Printing {
      protected override readonly verbatim = true;
    }

    async function outputOf(
      act: (command: Printing) => unknown,
      argv: readonly string[] = [],
      Class: typeof Printing = Printing,
    ): Promise<{ stdout: string; stderr: string }> {
      const command = new Class(['--region', 'eu-west-1', '--sandbox', ...argv], config);
      command.act = () => act(command);
      const output = { stdout: '', stderr: '' };
      const present = [process.stdout.write, process.stderr.write] as const;
      const { exitCode } = process;
      const listeners = [process.listeners('SIGINT'), process.stdout.listeners('error')] as const;
      process.stdout.write = (text: string | Uint8Array) => ((output.stdout += String(text)), true);
      process.stderr.write = (text: string | Uint8Array) => ((output.stderr += String(text)), true);
      try {
        await (command as unknown as { _run(): Promise<unknown> })._run();
      } finally {
        [process.stdout.write, process.stderr.write] = present;
        process.exitCode = exitCode;
        // A command listens as long as its process lives.
        for (const each of process.listeners('SIGINT'))
          if (!listeners[0].includes(each)) process.off('SIGINT', each);
        for (const each of process.stdout.listeners('error') as (() => void)[]) {
          if (!listeners[1].includes(each)) process.stdout.off('error', each);
        }
      }
      return output;
    }

    it('in its result, whatever the colour, and in what it says meanwhile', async () => {
      const { stdout, stderr } = await outputOf((command) => {
        command.log(`Watch it: \x1b[36m${COMMAND}\x1b[39m`);
        command.say(`Or: ${COMMAND}.`);
      });
      expect(stdout).to.equal(`Watch it: \x1b[36m${COMPLETED}\x1b[39m\n`);
      expect(stderr).to.equal(`Or: ${COMPLETED}.\n`);
    });

    it('in its JSON', async () => {
      const { stdout } = await outputOf(() => ({ problems: [{ remedy: COMMAND }] }), ['--json']);
      expect(JSON.parse(stdout)).to.eql({ problems: [{ remedy: COMPLETED }] });
    });

    it('without letting anything through that a terminal would act on', async () => {
      const hostile = '\x1b]0;title\x07\x1b[2J\x1b[1;1H\x9b2Jname\u202E\r';
      const acting = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/;
      for (const Class of [Printing, Quoting]) {
        const shown = await outputOf(
          (command) => {
            command.log(`It is ${hostile}`);
            command.say(`About ${hostile}`);
            throw new UsageError(`No ${hostile}`, { hint: `See ${hostile}` });
          },
          [],
          Class,
        );
        expect(shown.stdout)
          .to.match(/^It is .*name/)
          .and.not.match(acting);
        expect(shown.stderr)
          .to.match(/^About .*name.*\n.*No .*name.*\n {2}See .*name/)
          .and.not.match(acting);
      }
      const { stdout } = await outputOf(() => ({ key: hostile }), ['--json']);
      expect(stdout).to.not.match(acting);
      expect(JSON.parse(stdout)).to.eql({ key: hostile });
    });

    it('when it fails, for people and in JSON', async () => {
      const failing = () => {
        throw new UsageError(`No ${COMMAND}`, {
          hint: `See ${COMMAND}`,
          details: { problems: [{ hint: COMMAND }] },
        });
      };
      expect((await outputOf(failing)).stderr).to.equal(`Error: No ${COMPLETED}\n  See ${COMPLETED}\n`);
      expect(JSON.parse((await outputOf(failing, ['--json'])).stdout)).to.eql({
        error: {
          ...{ message: `No ${COMPLETED}`, hint: `See ${COMPLETED}`, exitCode: 2 },
          details: { problems: [{ hint: COMPLETED }] },
        },
      });
    });

    it('when Ctrl-C is pressed at a question', async () => {
      const { stderr } = await outputOf((command) => {
        command.hint(`It goes on: ${COMMAND}`);
        throw Object.assign(new Error('closed'), { name: 'ExitPromptError' });
      });
      expect(stderr).to.equal(`Interrupted\n  It goes on: ${COMPLETED}\n`);
    });

    it('in the region that was chosen, if it is another than a command has by itself', async () => {
      const { stderr } = await outputOf((command) => {
        command.choose('eu-west-2');
        command.say(COMMAND);
      });
      expect(stderr).to.equal(`${COMMAND} --region eu-west-2 --sandbox\n`);
    });

    it('and leaves those alone that stand in a result of others: a log, a secret', async () => {
      const { stdout, stderr } = await outputOf(
        (command) => {
          command.log(COMMAND);
          command.say(COMMAND);
        },
        [],
        Quoting,
      );
      expect(stdout).to.equal(`${COMMAND}\n`);
      expect(stderr).to.equal(`${COMPLETED}\n`);
      const data = await outputOf(() => ({ value: COMMAND }), ['--json'], Quoting);
      expect(JSON.parse(data.stdout)).to.eql({ value: COMMAND });
    });
  });

  it('asks where stdin and stdout are a terminal; an update is refused where its question would not be seen', async () => {
    class Asking extends UpdateCommand {
      async run(yes = false) {
        const flags = { debug: false, 'no-input': false, yes, 'dry-run': false };
        const aws = { clock: () => Promise.resolve(() => 0) } as unknown as AwsContext;
        return this.options(aws, 'ci', flags).then(
          () => this.interactive(flags),
          (error: unknown) => (error as Error).message,
        );
      }
    }
    const present = [process.stdin.isTTY, process.stdout.isTTY, process.env['CI']] as const;
    const where = (stdin: boolean, stdout: boolean, ci?: string) => {
      process.stdin.isTTY = stdin;
      process.stdout.isTTY = stdout;
      if (ci === undefined) delete process.env['CI'];
      else process.env['CI'] = ci;
    };
    const command = new Asking([], {} as Config);
    const unseen = 'The update of ci is asked for on stdout, which is no terminal here';
    try {
      for (const [stdin, stdout, ci, end] of [
        [true, true, undefined, true],
        [true, true, 'true', false],
        [false, true, undefined, false],
        [false, false, undefined, false],
        [true, false, 'true', false],
        [true, false, undefined, unseen],
      ] as const) {
        where(stdin, stdout, ci);
        expect(await command.run(), `${stdin} ${stdout} ${ci}`).to.equal(end);
      }
      expect(await command.run(true)).to.equal(false);
    } finally {
      where(...present);
    }
  });
});

import * as Flags from '@oclif/core/flags';

/** Which logs are meant, wherever some are read. */
export const logFlags = {
  group: Flags.string({
    description: 'agent, boot, system, docker, lifecycle, scaler; all by itself',
    helpValue: '<group,...>',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
  }),
  instance: Flags.string({
    description: 'only this instance (repeatable)',
    helpValue: '<id>',
    multiple: true,
    multipleNonGreedy: true,
    exclusive: ['agent'],
  }),
  agent: Flags.string({
    description: "only the instance of this agent, by the agent's name",
    helpValue: '<name>',
  }),
};

export function sinceFlag(byItself: string) {
  return Flags.string({
    description:
      "from when on: 10m, 2h, or a date or time, of this machine's zone unless it ends in Z or an offset",
    helpValue: '<time>',
    default: byItself,
  });
}

/** @param exclusive flags that it cannot be had with */
export function untilFlag(exclusive: string[] = []) {
  return Flags.string({ description: 'until when, likewise', helpValue: '<time>', exclusive });
}

import type { Safe } from '../safe.ts';

/** Prints a text: the one door to the terminal, which lets nothing through that could do more than be read. */
export function print(stream: NodeJS.WritableStream, text: Safe): void {
  stream.write(text);
}

/**
 * Writes content as it is: what another program or a file gets, and our own cursor movements. A caller makes sure that nothing from
 * elsewhere in it reaches a terminal.
 */
export function printBytes(stream: NodeJS.WritableStream, content: string | Uint8Array): void {
  stream.write(content);
}

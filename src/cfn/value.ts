/** Plain data as a template holds it, short forms (`!Ref x`) written out (`{ Ref: 'x' }`). */
export type TemplateValue =
  string | number | boolean | null | TemplateValue[] | { [key: string]: TemplateValue };

// eslint-disable-next-line @typescript-eslint/consistent-indexed-object-style -- a Record may not refer to itself
export type TemplateBody = { [key: string]: TemplateValue };

/**
 * A number, or the text it was written as where that says more: CloudFormation hands `8.0` and numbers beyond 2^53 on as
 * they stand in the template.
 */
export function numberAsWritten(value: number, written: string): number | string {
  return /^-?\d+(?:\.\d+)?$/.test(written) && String(value) !== written && !/^-?0\d/.test(written)
    ? written
    : value;
}

/** Where in a text something stands; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text that is not a template: what is wrong with it, and where. */
export class TemplateSyntaxError extends Error {
  constructor(
    message: string,
    readonly position: Position,
    /** The text parses, but what it holds is no map of keys. */
    readonly isStructure = false,
  ) {
    super(message);
    this.name = 'TemplateSyntaxError';
  }
}

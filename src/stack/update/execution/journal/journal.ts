import type { UpdatePlan } from '../../plan/update-plan.ts';

/**
 * What an update is doing:
 * - `draining`: the group goes to zero, so that nothing runs during the update
 * - `updating`: CloudFormation executes the change set
 * - `replacing`: an instance refresh replaces the instances
 * - `undoing`: what was done is taken back
 * - `ending`: the group gets its size back
 */
export type UpdatePhase = 'draining' | 'updating' | 'replacing' | 'undoing' | 'ending';

/** A bk-stack that executes an update, or did until it was stopped. */
export interface Holder {
  /** Of one run. */
  readonly id: string;
  readonly host: string;
  readonly since: string;
}

/** Why an update is taken back, or did not succeed. */
export interface UpdateFailure {
  readonly message: string;
  readonly hint?: string;
}

/**
 * The state of an update. It lies in AWS, so that whoever comes after a bk-stack that was killed can go on, and so that no two
 * updates run at once. Versions of bk-stack read each other's: fields may be added, and none changes its meaning.
 */
export interface Journal extends UpdatePlan {
  readonly phase: UpdatePhase;
  readonly startedAt: string;
  /** Who executes it; absent in what an earlier version began. */
  readonly holder?: Holder;
  /** The instance refresh that replaces the instances. */
  readonly refreshId?: string;
  /** The change set that takes the update back. */
  readonly undoing?: string;
  /** A person has asked for it to be taken back. */
  readonly cancelled?: true;
  readonly failure?: UpdateFailure;
}

/** The journal of an update that begins. */
export function newJournal(plan: UpdatePlan, holder: Holder, startedAt: Date): Journal {
  return {
    ...plan,
    phase: plan.strategy === 'drain' ? 'draining' : 'updating',
    startedAt: startedAt.toISOString(),
    holder,
  };
}

/**
 * Bytes of a value in the standard tier of Parameter Store.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 */
const MOST_BYTES = 4096;
/** Bytes of a failure's hint, where a journal is too long. */
const MOST_HINT_BYTES = 600;

/**
 * A journal as Parameter Store takes it, whatever AWS has said in a failure: that is cut where the journal would be too long, and
 * braces are escaped, as Parameter Store refuses values with `{{...}}` in them.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export function journalText(journal: Journal): string {
  const whole = encoded(journal);
  const { failure } = journal;
  if (failure === undefined || Buffer.byteLength(whole) <= MOST_BYTES) return whole;
  const empty = { message: '', ...(failure.hint !== undefined && { hint: '' }) };
  const room = MOST_BYTES - Buffer.byteLength(encoded({ ...journal, failure: empty }));
  const hint = failure.hint === undefined ? undefined : cut(failure.hint, Math.min(MOST_HINT_BYTES, room));
  const message = cut(failure.message, room - (hint === undefined ? 0 : sizeOf(hint)));
  return encoded({ ...journal, failure: { message, ...(hint !== undefined && { hint }) } });
}

/** JSON without two braces side by side: JSON itself has `{{` in texts alone, where a brace may be written by its code. */
function encoded(value: unknown): string {
  return JSON.stringify(value).replaceAll('{{', '{\\u007b');
}

/** Bytes of a text in a journal, without its quotes. */
function sizeOf(text: string): number {
  return Buffer.byteLength(encoded(text)) - 2;
}

const ELLIPSIS = '…';

/** The beginning of a text that takes at most so many bytes in a journal. */
function cut(text: string, bytes: number): string {
  if (sizeOf(text) <= bytes) return text;
  const characters = Array.from(text);
  let [fits, tooLong] = [0, characters.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    const short = characters.slice(0, middle).join('') + ELLIPSIS;
    if (sizeOf(short) <= bytes) fits = middle;
    else tooLong = middle;
  }
  return fits === 0 ? '' : characters.slice(0, fits).join('') + ELLIPSIS;
}

import { expect } from 'chai';
import {
  type Journal,
  journalText,
  newJournal,
} from '../../../../../src/stack/update/execution/journal/journal.ts';
import { FORMER, journalOf, STACK_ID } from '../../../../support/fake-update.ts';

const bytes = (text: string) => Buffer.byteLength(text);
const failing = (message: string, hint?: string): Journal =>
  journalOf({ phase: 'undoing', failure: { message, ...(hint !== undefined && { hint }) } });
const read = (text: string) => JSON.parse(text) as Journal;

describe('the journal of an update that begins', () => {
  const plan = {
    ...{ id: 'u', stackName: 'ci', stackId: STACK_ID, by: 'arn:ann', changeSetId: 'set', resources: 1 },
    former: FORMER,
  };
  const holder = { id: 'me', host: 'here', since: '2026-11-27T00:00:00.000Z' };
  for (const [strategy, phase] of [
    ['rolling', 'updating'],
    ['in-place', 'updating'],
    ['drain', 'draining'],
  ] as const) {
    it(`is ${phase} where it is ${strategy}`, () => {
      expect(newJournal({ ...plan, strategy }, holder, new Date(0))).to.eql({
        ...plan,
        ...{ strategy, phase, holder, startedAt: '1970-01-01T00:00:00.000Z' },
      });
    });
  }
});

describe('a journal in Parameter Store', () => {
  it('is its JSON', () => {
    const journal = failing('It broke', 'Mend it');
    expect(journalText(journal)).to.equal(JSON.stringify(journal));
  });

  it('is left alone as long as it has room', () => {
    const room = 4096 - bytes(JSON.stringify(failing('')));
    const full = failing('x'.repeat(room));
    expect(read(journalText(full))).to.eql(full);
    const over = read(journalText(failing('x'.repeat(room + 1)))).failure?.message;
    expect(over).to.equal(`${'x'.repeat(room - 3)}…`);
  });

  for (const [what, text] of [
    ['letters', 'x'],
    ['letters of two bytes', 'é'],
    ['signs of three bytes', '界'],
    ['signs of four bytes', '🚀'],
    ['quotes', '"'],
    ['line ends', '\n'],
    ['control characters', '\u0001'],
    ['braces', '{{ssm:x}} '],
    ['half a sign', '\ud800'],
  ] as const) {
    it(`is cut to 4,096 bytes, whatever is in its failure: ${what}`, () => {
      const journal = failing(text.repeat(9_000), text.repeat(9_000));
      const written = journalText(journal);
      expect(bytes(written)).to.be.within(4_000, 4_096);
      const { failure, ...rest } = read(written);
      const { failure: _, ...own } = journal;
      expect(rest).to.eql(own);
      const { message, hint = '' } = failure!;
      expect(message.endsWith('…')).to.equal(true);
      expect(text.repeat(9_000).startsWith(message.slice(0, -1))).to.equal(true);
      expect(hint.endsWith('…')).to.equal(true);
      const size = bytes(JSON.stringify(hint).replaceAll('{{', '{\\u007b')) - 2;
      expect(size).to.be.within(550, 600);
    });
  }

  it('keeps a short hint beside a long message, and a short message beside a long hint', () => {
    const long = read(journalText(failing('x'.repeat(9_000), 'Mend it'))).failure!;
    expect(long.hint).to.equal('Mend it');
    expect(long.message.length).to.be.greaterThan(2_500);
    const short = read(journalText(failing('It broke', 'x'.repeat(9_000)))).failure!;
    expect(short.message).to.equal('It broke');
    expect(short.hint).to.equal(`${'x'.repeat(597)}…`);
  });

  it('has no hint where there was none', () => {
    expect(read(journalText(failing('x'.repeat(9_000)))).failure).to.have.keys('message');
  });

  it('has no double braces, and is read as it was', () => {
    for (const message of ['{{x}}', '{{{{', '{{{', 'a {{changeSet:KNOWN}} b', '{ {']) {
      const journal = failing(message);
      expect(journalText(journal), message).to.not.contain('{{');
      expect(read(journalText(journal))).to.eql(journal);
    }
  });

  it('is whole without a failure, however long it is', () => {
    const journal = journalOf({ by: 'x'.repeat(9_000) });
    expect(read(journalText(journal))).to.eql(journal);
  });

  it('loses its failure where nothing else has room', () => {
    const journal = { ...failing('It broke', 'Mend it'), by: 'x'.repeat(9_000) };
    expect(read(journalText(journal)).failure).to.eql({ message: '', hint: '' });
  });
});

import { expect } from 'chai';
import { imageChangeText, imageInfo, imageText, stackImageText } from '../../../src/stack/image/image.ts';
import { outTheme as theme } from '../../../src/terminal/theme.ts';

const now = Date.parse('2026-02-01T00:00:00Z');
const dates = {
  name: 'al2023',
  createdAt: '2026-01-01T12:00:00.000Z',
  deprecatedAt: '2026-02-01T00:00:00.000Z',
};
const old = imageInfo('ami-1', dates, now);
const young = imageInfo('ami-2', { name: 'al2023-b', createdAt: '2026-01-30T23:00:00.000Z' }, now);

describe('an image as text', () => {
  it('has its age, and that it is deprecated', () => {
    expect(imageText(old)).to.equal('ami-1 (al2023, 30 days old, deprecated)');
    expect(imageText(imageInfo('ami-1', dates, now - 1))).to.equal('ami-1 (al2023, 30 days old)');
    expect(imageText(imageInfo('ami-3', undefined, now))).to.equal('ami-3 (not found)');
    expect(stackImageText({ current: young })).to.equal('ami-2 (al2023-b, 1 day old)');
    expect(stackImageText({ current: old, newer: young })).to.match(/^ami-1 .*; newer: ami-2 /);
  });

  it('tells what an update does about it', () => {
    expect(imageChangeText({ before: old, after: young }, theme)).to.equal(
      'Image\n  ami-1 (al2023, 30 days old, deprecated) → ami-2 (al2023-b, 1 day old)',
    );
    expect(imageChangeText({ before: old, after: old, newer: young }, theme)).to.contain(
      'deprecated) stays; newer: ami-2',
    );
    expect(imageChangeText({ before: young, after: young }, theme)).to.equal('');
    expect(imageChangeText({ after: young }, theme)).to.equal('Image\n  ami-2 (al2023-b, 1 day old)');
  });
});

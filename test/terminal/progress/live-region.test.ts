import { expect } from 'chai';
import { LiveRegion } from '../../../src/terminal/progress/live-region.ts';
import { TestScreen } from '../../support/screen.ts';

describe('the live region', () => {
  it('paints over its last frame, shorter or longer', () => {
    const screen = new TestScreen();
    const region = new LiveRegion(screen);
    region.paint(['one', 'two', 'three']);
    region.paint(['eins']);
    expect(screen.text).to.deep.equal(['eins']);
    region.paint(['uno', 'due']);
    expect(screen.text).to.deep.equal(['uno', 'due']);
  });

  it('keeps printed lines above itself', () => {
    const screen = new TestScreen();
    const region = new LiveRegion(screen);
    region.paint(['live']);
    region.print(['note 1']);
    region.print(['note 2']);
    region.paint(['later']);
    expect(screen.text).to.deep.equal(['note 1', 'note 2', 'later']);
  });

  it('hides the cursor while it paints, and leaves a last frame and the cursor', () => {
    const screen = new TestScreen();
    const region = new LiveRegion(screen);
    region.paint(['busy', 'more']);
    expect(screen.cursorShown).to.equal(false);
    region.close(['done']);
    expect(screen).to.include({ cursorShown: true });
    expect(screen.text).to.deep.equal(['done']);
  });

  it('writes a frame at once, so that it does not flicker', () => {
    const screen = new TestScreen();
    const region = new LiveRegion(screen);
    region.paint(['one', 'two']);
    region.paint(['three', 'four']);
    expect(screen.writes).to.equal(2);
  });

  it('goes back over lines that a narrower terminal has wrapped', () => {
    const written: string[] = [];
    const screen = { columns: 80, write: (text: string) => written.push(text) };
    const region = new LiveRegion(screen);
    region.paint(['x'.repeat(70), 'short']);
    screen.columns = 40;
    region.paint(['new']);
    expect(written.at(-1)?.startsWith('\x1b[3A\r')).to.equal(true);
  });
});

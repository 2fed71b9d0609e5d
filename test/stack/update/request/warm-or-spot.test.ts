import { expect } from 'chai';
import type { UsageError } from '../../../../src/errors.ts';
import { refuseWarmWithSpot } from '../../../../src/stack/update/request/warm-or-spot.ts';

describe('an update between a warm pool and spot instances', () => {
  const pool = (before: string | undefined, after: string) => ({
    name: 'WarmPoolSize',
    ...(before !== undefined && { before }),
    after,
  });
  const share = (before: string, after: string) => ({ name: 'OnDemandPercentage', before, after });
  const hintOf = (...changes: Parameters<typeof refuseWarmWithSpot>[1]) => {
    try {
      refuseWarmWithSpot('ci', changes);
    } catch (error) {
      return (error as UsageError).hint;
    }
    return undefined;
  };

  it('is two updates, of which the pool’s end is the first and its beginning the last', () => {
    expect(hintOf(pool('2', '0'), share('100', '0'))).to.match(
      /First: .*WarmPoolSize=0\nThen: .*OnDemandPercentage=0$/,
    );
    expect(hintOf(pool('0', '2'), share('50', '100'))).to.match(
      /First: .*OnDemandPercentage=100\nThen: .*WarmPoolSize=2$/,
    );
    expect(hintOf(pool(undefined, '2'), share('50', '100'))).to.match(/First: /);
  });

  it('is one where only one of them begins or ends', () => {
    expect(hintOf(pool('2', '0'))).to.equal(undefined);
    expect(hintOf(share('100', '0'))).to.equal(undefined);
    expect(hintOf(pool('1', '2'), share('100', '0'))).to.equal(undefined);
    expect(hintOf(pool('2', '0'), share('0', '50'))).to.equal(undefined);
  });
});

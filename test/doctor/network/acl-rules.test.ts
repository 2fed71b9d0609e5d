import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { expect } from 'chai';
import { type Passage, passagesOf } from '../../../src/doctor/network/acl-rules.ts';
import { rangeOf } from '../../../src/doctor/network/cidr.ts';

const LAST: NetworkAclEntry[] = [true, false].map((Egress) => ({
  Egress,
  RuleNumber: 32_767,
  RuleAction: 'deny',
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
}));

function rule(RuleNumber: number, RuleAction: 'allow' | 'deny', rest: Partial<NetworkAclEntry> = {}) {
  return { RuleNumber, RuleAction, Egress: true, Protocol: '-1', CidrBlock: '0.0.0.0/0', ...rest };
}

const https = { Protocol: '6', PortRange: { From: 443, To: 443 } };

/** How HTTPS fares on its way out. */
function out(...entries: NetworkAclEntry[]): Passage | undefined {
  const ports = { first: 443, last: 443 };
  return passagesOf([...entries, ...LAST], { egress: true, ports })[0];
}

describe('the rules of a network ACL', () => {
  it('deny what none of them allows', () => {
    expect(out()).to.deep.include({ share: 0, deniedBy: 32_767 });
    expect(out(rule(100, 'allow'))).to.deep.include({ share: 1, deniedBy: undefined });
  });

  it('are decided by the first that matches, by its number and not by its place', () => {
    expect(out(rule(100, 'allow'), rule(90, 'deny', https))).to.deep.include({ share: 0, deniedBy: 90 });
    expect(out(rule(100, 'deny'), rule(90, 'allow', https))).to.include({ share: 1 });
  });

  it('match by direction, protocol, port and IPv4 address', () => {
    const allowed = rule(100, 'allow');
    expect(out(rule(90, 'deny', { Egress: false }), allowed)?.share).to.equal(1);
    expect(out(rule(90, 'deny', { ...https, Protocol: '17' }), allowed)?.share).to.equal(1);
    expect(
      out(rule(90, 'deny', { Protocol: '6', PortRange: { From: 0, To: 442 } }), allowed)?.share,
    ).to.equal(1);
    expect(out(rule(90, 'deny', { CidrBlock: undefined, Ipv6CidrBlock: '::/0' }), allowed)?.share).to.equal(
      1,
    );
    expect(
      out(rule(90, 'deny', { Protocol: '6', PortRange: { From: 0, To: 443 } }), allowed)?.share,
    ).to.equal(0);
  });

  it('allow nothing of the internet where they allow the network of the VPC', () => {
    expect(out(rule(100, 'allow', { CidrBlock: '10.0.0.0/8' }))?.share).to.equal(0);
    expect(out(rule(100, 'allow', { CidrBlock: '172.16.0.0/12' }))?.share).to.equal(0);
  });

  it('allow most of the internet where they deny some of it', () => {
    const found = out(rule(90, 'deny', { CidrBlock: '203.0.112.0/20' }), rule(100, 'allow'));
    expect(found?.share).to.be.within(0.999, 0.999_999);
    expect(found?.deniedBy).to.equal(90);
  });

  it('are all of the internet in two halves as well', () => {
    const halves = ['0.0.0.0/1', '128.0.0.0/1'].map((CidrBlock, index) =>
      rule(100 + index, 'allow', { CidrBlock }),
    );
    expect(out(...halves)?.share).to.equal(1);
  });

  it('tell ports apart that fare differently', () => {
    const inward = { Egress: false, Protocol: '6' };
    const entries = [
      rule(90, 'deny', { ...inward, PortRange: { From: 40_000, To: 40_009 } }),
      rule(100, 'allow', { ...inward, PortRange: { From: 1024, To: 50_000 } }),
    ];
    const found = passagesOf([...entries, ...LAST], {
      egress: false,
      ports: { first: 32_768, last: 60_999 },
    });
    expect(found).to.eql([
      { ports: { first: 32_768, last: 39_999 }, share: 1, deniedBy: undefined },
      { ports: { first: 40_000, last: 40_009 }, share: 0, deniedBy: 90 },
      { ports: { first: 40_010, last: 50_000 }, share: 1, deniedBy: undefined },
      { ports: { first: 50_001, last: 60_999 }, share: 0, deniedBy: 32_767 },
    ]);
  });

  it('fare as each packet by itself does, whatever the rules are', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    for (let round = 0; round < 200; round++) {
      const entries = Array.from({ length: 1 + random(8) }, (_, index) => {
        const From = random(20);
        const prefix = [0, 1, 2, 5][random(4)] ?? 0;
        const first = Math.floor(random(256) / 2 ** (8 - prefix)) * 2 ** (8 - prefix);
        return rule([7, 3, 9, 1, 5, 8, 2, 6][index] ?? 0, random(2) === 0 ? 'allow' : 'deny', {
          Egress: random(4) > 0,
          Protocol: ['6', '-1', '17'][random(3)] ?? '6',
          PortRange: { From, To: From + random(10) },
          CidrBlock: `${first}.0.0.0/${prefix}`,
        });
      });
      const passages = passagesOf([...entries, ...LAST], { egress: true, ports: { first: 0, last: 29 } });
      for (let port = 0; port < 30; port++) {
        const passage = passages.find(({ ports }) => ports.first <= port && port <= ports.last);
        const allowed = PARTS.filter(({ first }) => isAllowed(entries, first * 2 ** 24, port));
        expect(passage?.share).to.be.closeTo(sizeOf(allowed) / sizeOf(PARTS), 1e-12);
      }
    }
  });
});

/** The blocks of a /5 that the internet has, with how many addresses of each are none of it. */
const PARTS = Array.from({ length: 28 }, (_, index) => ({ first: index * 8 }));
const NOT_PUBLIC: Readonly<Record<number, number>> = {
  ...{ 0: 2 ** 24, 8: 2 ** 24, 96: 2 ** 22, 120: 2 ** 24 },
  ...{ 168: 2 ** 16 + 2 ** 20, 192: 2 ** 16 },
};

function sizeOf(parts: typeof PARTS): number {
  return parts.reduce((sum, { first }) => sum + 2 ** 27 - (NOT_PUBLIC[first] ?? 0), 0);
}

/** The same of a single packet, as plainly as can be. */
function isAllowed(entries: readonly NetworkAclEntry[], address: number, port: number): boolean {
  const decisive = [...entries]
    .sort((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0))
    .find(({ Egress, Protocol, PortRange: { From = 0, To = 0 } = {}, CidrBlock = '' }) => {
      const { first, last } = rangeOf(CidrBlock) ?? { first: 0, last: -1 };
      const ports = Protocol === '-1' || (Protocol === '6' && From <= port && port <= To);
      return Egress === true && ports && first <= address && address <= last;
    });
  return decisive?.RuleAction === 'allow';
}

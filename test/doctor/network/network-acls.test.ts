import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { expect } from 'chai';
import { type AclFacts, judgeNetworkAcls } from '../../../src/doctor/network/network-acls.ts';

const REGION = 'us-east-1';
const EVERYWHERE = '0.0.0.0/0';

function entry(
  Egress: boolean,
  RuleNumber: number,
  RuleAction: 'allow' | 'deny',
  [From, To]: readonly [number, number],
  CidrBlock = EVERYWHERE,
): NetworkAclEntry {
  return { Egress, RuleNumber, RuleAction, Protocol: '6', PortRange: { From, To }, CidrBlock };
}

const OUT = entry(true, 100, 'allow', [443, 443]);
const answersTo = (...ports: [number, number]) => entry(false, 100, 'allow', ports);

/** One subnet of instances, whose ACL has these rules. */
function facts(...Entries: NetworkAclEntry[]): AclFacts {
  return {
    subnets: [{ SubnetId: 'subnet-a' }],
    routeTables: [],
    nats: [],
    networkAcls: [
      { NetworkAclId: 'acl-default', IsDefault: true, Entries: [], Associations: [] },
      { NetworkAclId: 'acl-a', IsDefault: false, Entries, Associations: [{ SubnetId: 'subnet-a' }] },
    ],
  };
}

const judged = (...entries: NetworkAclEntry[]) => judgeNetworkAcls(facts(...entries), REGION);

/** The rule that a fix would have somebody make. */
function ruleOf(fix: string): NetworkAclEntry {
  const option = (name: string) => new RegExp(`--${name} (\\S+)`).exec(fix)?.[1] ?? '';
  const [, from, to] = /From=(\d+),To=(\d+)/.exec(fix) ?? [];
  return entry(fix.includes(' --egress '), Number(option('rule-number')), 'allow', [
    Number(from),
    Number(to),
  ]);
}

describe("the network ACLs of a stack's subnets", () => {
  it('are well with HTTPS out and the ports of Linux in', () => {
    expect(judged(OUT, answersTo(32_768, 60_999))).to.eql([]);
    expect(judged(OUT, answersTo(1024, 65_535))).to.eql([]);
  });

  it('are an error where nothing gets out, or no answer in', () => {
    const [egress, ingress, ...others] = judged();
    expect(others).to.eql([]);
    expect(egress).to.include({ code: 'acl-egress-closed', severity: 'error' });
    expect(egress?.message).to.equal(
      'The network ACL acl-a of subnet-a lets nothing out to port 443 on the internet (no rule allows it)',
    );
    expect(ingress).to.include({ code: 'acl-ingress-closed', severity: 'error' });
    expect(ingress?.message).to.match(
      /lets no answers .* the TCP ports 32768 to 60999 \(no rule allows it\)/,
    );
  });

  it('are an error where a part of the ports is shut: the range of Windows is not that of Linux', () => {
    const [found, ...others] = judged(OUT, answersTo(49_152, 65_535));
    expect(others).to.eql([]);
    expect(found).to.include({ code: 'acl-ingress-closed', severity: 'error' });
    expect(found?.message).to.contain('ports 32768 to 49151 (no rule allows it)');
  });

  it('may deny single addresses, and a few ports', () => {
    const blocked = entry(true, 50, 'deny', [0, 65_535], '203.0.112.0/20');
    const blockedIn = { ...blocked, Egress: false };
    const port = entry(false, 60, 'deny', [33_890, 33_899]);
    expect(judged(blocked, blockedIn, port, OUT, answersTo(1024, 65_535))).to.eql([]);
  });

  it('are a warning where they name whom instances may reach', () => {
    const some = '140.82.112.0/20';
    const named = [
      entry(true, 100, 'allow', [443, 443], some),
      entry(false, 100, 'allow', [1024, 65_535], some),
    ];
    expect(judged(...named).map(({ code, severity }) => [code, severity])).to.eql([
      ['acl-egress-closed', 'warning'],
      ['acl-ingress-closed', 'warning'],
    ]);
  });

  it("are the VPC's default one for a subnet that has none of its own", () => {
    const { networkAcls, ...others } = facts(OUT, answersTo(1024, 65_535));
    const found = judgeNetworkAcls({ ...others, networkAcls: networkAcls.slice(0, 1) }, REGION);
    expect(found[0]?.message).to.contain('The network ACL acl-default of subnet-a ');
  });

  it('are judged for the subnet of the NAT gateway too, which calls from other ports', () => {
    const { networkAcls, ...others } = facts(OUT, answersTo(32_768, 60_999));
    const nat = (...entries: NetworkAclEntry[]): AclFacts => ({
      ...others,
      routeTables: [
        {
          Associations: [{ Main: true }],
          Routes: [{ DestinationCidrBlock: EVERYWHERE, NatGatewayId: 'nat-1' }],
        },
      ],
      nats: [{ NatGatewayId: 'nat-1', SubnetId: 'subnet-nat' }],
      networkAcls: [
        ...networkAcls,
        { NetworkAclId: 'acl-nat', Entries: entries, Associations: [{ SubnetId: 'subnet-nat' }] },
      ],
    });
    expect(judgeNetworkAcls(nat(OUT, answersTo(1024, 65_535)), REGION)).to.eql([]);
    const [found, ...more] = judgeNetworkAcls(nat(OUT, answersTo(32_768, 60_999)), REGION);
    expect(more).to.eql([]);
    expect(found?.message).to.match(/acl-nat of subnet-nat .* ports 1024 to 32767, 61000 to 65535/);
  });

  it('are well once their fixes are made, which leave alone what is denied before', () => {
    const denied = entry(true, 90, 'deny', [443, 443]);
    const listed = entry(true, 50, 'deny', [0, 65_535], '203.0.112.0/20');
    const broken = [
      [],
      [listed, denied, OUT, answersTo(49_152, 65_535)],
      [entry(true, 89, 'allow', [80, 80]), denied, OUT, entry(false, 7, 'deny', [0, 50_000])],
    ];
    for (const entries of broken) {
      const fixes = judged(...entries).map(({ fix }) => ruleOf(fix));
      expect(fixes).to.have.length.above(0);
      for (const fix of fixes) {
        expect(
          entries.filter((each) => each.RuleNumber === fix.RuleNumber && each.Egress === fix.Egress),
        ).to.eql([]);
        if (entries.includes(listed)) expect(fix.RuleNumber).to.be.above(50);
      }
      expect(judged(...entries, ...fixes)).to.eql([]);
    }
  });

  it('have the rule removed that leaves no number before it', () => {
    const [found] = judged(entry(true, 1, 'deny', [443, 443]), OUT, answersTo(1024, 65_535));
    expect(found?.fix).to.equal(
      'aws ec2 delete-network-acl-entry --network-acl-id acl-a --egress --rule-number 1 --region us-east-1',
    );
  });
});

import { expect } from 'chai';
import { ssm } from '../../../../src/sandbox/services/ssm/index.ts';
import { Caller, StackResource } from '../../../support/service.ts';

describe('AWS::SSM::Parameter', () => {
  let aws: Caller;
  let parameter: StackResource;
  beforeEach(() => {
    aws = new Caller([ssm]);
    parameter = new StackResource(aws, 'AWS::SSM::Parameter', 'AgentToken');
  });
  const read = async () => (await aws.call('ssm', 'GetParameter', { Name: parameter.physicalId })).Parameter;

  it('makes a parameter whose Ref is its name', async () => {
    parameter.create({ Name: '/demo/token', Type: 'StringList', Value: 'a,b', Tags: { team: 'x' } });
    expect(parameter.ref()).to.equal('/demo/token');
    expect(parameter.attribute('Type')).to.equal('StringList');
    expect(parameter.attribute('Value')).to.equal('a,b');
    expect(await read()).to.include({ Value: 'a,b', Version: 1 });
    const { TagList } = await aws.call('ssm', 'ListTagsForResource', {
      ResourceType: 'Parameter',
      ResourceId: '/demo/token',
    });
    expect(TagList).to.deep.include({ Key: 'team', Value: 'x' });
  });

  it('has a name made up by CloudFormation where it gives none', () => {
    expect(parameter.create({ Type: 'String', Value: 'x' })).to.match(/^CFN-AgentToken-[0-9A-Z]{12}$/);
  });

  it('takes a new value as a new version, and goes with the stack', async () => {
    parameter.create({ Name: '/demo/token', Type: 'String', Value: 'a' });
    parameter.update({ Name: '/demo/token', Type: 'String', Value: 'b' });
    expect(await read()).to.include({ Value: 'b', Version: 2 });
    parameter.delete();
    parameter.delete();
    expect((await aws.refused('ssm', 'GetParameter', { Name: '/demo/token' })).code).to.equal(
      'ParameterNotFound',
    );
  });

  it('refuses a SecureString and a name that is taken', () => {
    expect(() => parameter.create({ Name: '/x', Type: 'SecureString', Value: 'a' })).to.throw(
      'SSM Parameters of type SecureString cannot be created using CloudFormation',
    );
    parameter.create({ Name: '/x', Type: 'String', Value: 'a' });
    expect(() => parameter.create({ Name: '/x', Type: 'String', Value: 'a' })).to.throw(
      'The parameter already exists.',
    );
  });
});

import { expect } from 'chai';
import { kms } from '../../../../src/sandbox/services/kms/index.ts';
import { ssm } from '../../../../src/sandbox/services/ssm/index.ts';
import { Caller } from '../../../support/service.ts';

describe('SSM parameters', () => {
  let aws: Caller;
  beforeEach(() => {
    aws = new Caller([ssm, kms]);
  });
  const put = (Name: string, Value: string, more: object = {}) =>
    aws.call('ssm', 'PutParameter', { Name, Value, Type: 'String', ...more });
  const get = (Name: string, more: object = {}) => aws.call('ssm', 'GetParameter', { Name, ...more });

  it('are read back as they were put', async () => {
    expect(await put('/demo/colour', 'red')).to.deep.equal({ Version: 1, Tier: 'Standard' });
    const { Parameter } = await get('/demo/colour');
    expect(Parameter).to.deep.equal({
      Name: '/demo/colour',
      Type: 'String',
      Value: 'red',
      Version: 1,
      LastModifiedDate: new Date(aws.world.now()),
      ARN: 'arn:aws:ssm:us-east-1:111122223333:parameter/demo/colour',
      DataType: 'text',
    });
  });

  it('may not name other parameters', async () => {
    for (const value of ['{{ssm:/demo/colour}}', 'docker ps --format {{.ID}}', 'a {{}} b']) {
      const error = await put('/demo/colour', value).catch((thrown: unknown) => thrown);
      expect(error, value).to.have.property('name', 'ValidationException');
    }
    expect(await put('/demo/colour', 'a {{ brace')).to.include({ Version: 1 });
  });

  it('are found by their ARN, with a path and without', async () => {
    await put('/demo/colour', 'red');
    await put('shape', 'round');
    const arn = 'arn:aws:ssm:us-east-1:111122223333:parameter';
    expect((await get(`${arn}/demo/colour`)).Parameter.Value).to.equal('red');
    expect((await get(`${arn}/shape`)).Parameter.Name).to.equal('shape');
  });

  it('are encrypted when secure, and decrypted only when asked', async () => {
    await put('/demo/token', 'hunter2', { Type: 'SecureString' });
    const sealed = (await get('/demo/token')).Parameter.Value;
    expect(sealed).to.match(/^[A-Za-z0-9+/=]{40,}$/);
    expect(JSON.stringify(aws.world.state)).to.not.contain('hunter2');
    expect((await get('/demo/token', { WithDecryption: true })).Parameter.Value).to.equal('hunter2');
  });

  it('cannot be decrypted when their key is disabled', async () => {
    const { KeyMetadata } = await aws.call('kms', 'CreateKey');
    await put('/demo/token', 'secret', { Type: 'SecureString', KeyId: KeyMetadata.KeyId });
    await aws.call('kms', 'DisableKey', { KeyId: KeyMetadata.KeyId });
    const refused = await aws.refused('ssm', 'GetParameter', { Name: '/demo/token', WithDecryption: true });
    expect(refused).to.include({ code: 'InvalidKeyId', message: `${KeyMetadata.Arn} is disabled.` });
  });

  it('keep their versions, selected by number and by label', async () => {
    await put('/demo/colour', 'red');
    await put('/demo/colour', 'green', { Overwrite: true });
    await aws
      .call('ssm', 'LabelParameterVersion', {
        Name: '/demo/colour',
        ParameterVersion: 1,
        Labels: ['old', '1st'],
      })
      .then(({ InvalidLabels }: { InvalidLabels: string[] }) => expect(InvalidLabels).to.deep.equal(['1st']));
    expect((await get('/demo/colour')).Parameter.Value).to.equal('green');
    expect((await get('/demo/colour:1')).Parameter).to.include({ Value: 'red', Selector: ':1' });
    expect((await get('/demo/colour:old')).Parameter).to.include({ Value: 'red', Selector: ':old' });
    expect(await aws.refused('ssm', 'GetParameter', { Name: '/demo/colour:3' })).to.include({
      code: 'ParameterVersionNotFound',
      message: 'Systems Manager could not find version 3 of /demo/colour. Verify the version and try again.',
    });
    const { Parameters } = await aws.call('ssm', 'GetParameterHistory', { Name: '/demo/colour' });
    expect(
      Parameters.map(({ Version, Value, Labels }: Record<string, unknown>) => [Version, Value, Labels]),
    ).to.deep.equal([
      [1, 'red', ['old']],
      [2, 'green', []],
    ]);
  });

  it('move a label from one version to another', async () => {
    await put('/demo/colour', 'red');
    await put('/demo/colour', 'green', { Overwrite: true });
    await aws.call('ssm', 'LabelParameterVersion', {
      Name: '/demo/colour',
      ParameterVersion: 1,
      Labels: ['live'],
    });
    await aws.call('ssm', 'LabelParameterVersion', { Name: '/demo/colour', Labels: ['live'] });
    expect((await get('/demo/colour:live')).Parameter.Value).to.equal('green');
    const { RemovedLabels } = await aws.call('ssm', 'UnlabelParameterVersion', {
      Name: '/demo/colour',
      ParameterVersion: 2,
      Labels: ['live'],
    });
    expect(RemovedLabels).to.deep.equal(['live']);
    expect((await aws.refused('ssm', 'GetParameter', { Name: '/demo/colour:live' })).code).to.equal(
      'ParameterVersionNotFound',
    );
  });

  it('are not overwritten unless told', async () => {
    await put('/demo/colour', 'red');
    expect(await put('/demo/colour', 'blue').catch((error: unknown) => error)).to.include({
      code: 'ParameterAlreadyExists',
      message:
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    });
  });

  it('answer for several names, telling apart those that are not there', async () => {
    await put('/demo/a', '1');
    const { Parameters, InvalidParameters } = await aws.call('ssm', 'GetParameters', {
      Names: ['/demo/a', '/demo/b', '/demo/a:7'],
    });
    expect(Parameters.map(({ Name }: { Name: string }) => Name)).to.deep.equal(['/demo/a']);
    expect(InvalidParameters).to.deep.equal(['/demo/b', '/demo/a:7']);
    const names = Array.from({ length: 11 }, (_, index) => `n${index}`);
    expect((await aws.refused('ssm', 'GetParameters', { Names: names })).message).to.match(
      /'names' failed to satisfy constraint: Member must have length less than or equal to 10$/,
    );
  });

  it('have no message for one that is not there, as in AWS', async () => {
    expect(await aws.refused('ssm', 'GetParameter', { Name: '/none' })).to.include({
      code: 'ParameterNotFound',
      message: '',
    });
    expect(await aws.refused('ssm', 'DeleteParameter', { Name: '/none' })).to.include({
      code: 'ParameterNotFound',
    });
  });

  it('are listed by path, one level or all, in pages', async () => {
    for (const name of ['/a/1', '/a/2', '/a/b/3', '/ab/4']) await put(name, 'x');
    const names = async (more: object = {}) =>
      (await aws.call('ssm', 'GetParametersByPath', { Path: '/a', ...more })).Parameters.map(
        ({ Name }: { Name: string }) => Name,
      );
    expect(await names()).to.deep.equal(['/a/1', '/a/2']);
    expect(await names({ Recursive: true })).to.deep.equal(['/a/1', '/a/2', '/a/b/3']);
    const { NextToken } = await aws.call('ssm', 'GetParametersByPath', {
      Path: '/a',
      Recursive: true,
      MaxResults: 2,
    });
    expect(await names({ Recursive: true, NextToken })).to.deep.equal(['/a/b/3']);
    expect(await names({ Path: '/', Recursive: true })).to.have.length(4);
    expect((await aws.refused('ssm', 'GetParametersByPath', { Path: 'a' })).message).to.match(
      /^The parameter doesn't meet the parameter name requirements/,
    );
  });

  it('are described with filters, without their values', async () => {
    await put('/app/one', '1', { Description: 'first', Tags: [{ Key: 'team', Value: 'x' }] });
    await put('/app/two', '2', { Type: 'SecureString' });
    await put('/other', '3', { Type: 'StringList' });
    const names = async (Key: string, Option: string | undefined, ...Values: string[]) =>
      (
        await aws.call('ssm', 'DescribeParameters', { ParameterFilters: [{ Key, Option, Values }] })
      ).Parameters.map(({ Name }: { Name: string }) => Name);
    expect(await names('Name', 'BeginsWith', '/app')).to.deep.equal(['/app/one', '/app/two']);
    expect(await names('Name', 'Contains', 'OTHER')).to.deep.equal(['/other']);
    expect(await names('Type', undefined, 'SecureString', 'StringList')).to.deep.equal([
      '/app/two',
      '/other',
    ]);
    expect(await names('Path', 'Recursive', '/app')).to.deep.equal(['/app/one', '/app/two']);
    expect(await names('tag:team', undefined, 'x')).to.deep.equal(['/app/one']);
    const [one] = (await aws.call('ssm', 'DescribeParameters', {})).Parameters;
    expect(one).to.include({ Name: '/app/one', Description: 'first', Tier: 'Standard', Version: 1 });
    expect(one).to.not.have.property('Value');
    const refused = await aws.refused('ssm', 'DescribeParameters', {
      ParameterFilters: [{ Key: 'Colour', Values: ['x'] }],
    });
    expect(refused.code).to.equal('InvalidFilterKey');
  });

  it('are deleted one by one or together', async () => {
    await put('/a', '1');
    await put('/b', '2');
    expect(await aws.call('ssm', 'DeleteParameters', { Names: ['/a', '/c'] })).to.deep.equal({
      DeletedParameters: ['/a'],
      InvalidParameters: ['/c'],
    });
    await aws.call('ssm', 'DeleteParameter', { Name: '/b' });
    expect((await aws.call('ssm', 'DescribeParameters')).Parameters).to.deep.equal([]);
  });

  it('carry tags', async () => {
    await put('/a', '1');
    const of = { ResourceType: 'Parameter', ResourceId: '/a' };
    await aws.call('ssm', 'AddTagsToResource', {
      ...of,
      Tags: [
        { Key: 'k', Value: 'v' },
        { Key: 'l', Value: 'w' },
      ],
    });
    await aws.call('ssm', 'RemoveTagsFromResource', { ...of, TagKeys: ['l'] });
    expect((await aws.call('ssm', 'ListTagsForResource', of)).TagList).to.deep.equal([
      { Key: 'k', Value: 'v' },
    ]);
    expect((await aws.refused('ssm', 'ListTagsForResource', { ...of, ResourceId: '/none' })).code).to.equal(
      'InvalidResourceId',
    );
    expect(
      (await aws.refused('ssm', 'AddTagsToResource', { ...of, Tags: [{ Key: 'aws:x', Value: '' }] })).code,
    ).to.equal('ValidationException');
  });
});

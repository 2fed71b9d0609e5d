import type { GetRandomPasswordRequest } from '@aws-sdk/client-secrets-manager';
import type { World } from '../../kernel/world.ts';
import { checkRange } from '../common/validation.ts';
import { invalidParameter } from './state.ts';

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const UPPERCASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * A password of the kinds of characters that are not excluded, at least one of each unless that is not asked for.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
 * @throws AwsError InvalidParameterException, ValidationException
 */
export function randomPassword(world: Pick<World, 'random'>, options: GetRandomPasswordRequest): string {
  const length = checkRange(options.PasswordLength ?? 32, 'passwordLength', [1, 4096]);
  const excluded = new Set(options.ExcludeCharacters ?? '');
  const kinds = [
    options.ExcludeLowercase ? '' : LOWERCASE,
    options.ExcludeUppercase ? '' : UPPERCASE,
    options.ExcludeNumbers ? '' : NUMBERS,
    options.ExcludePunctuation ? '' : PUNCTUATION,
    options.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => Array.from(kind).filter((character) => !excluded.has(character)))
    .filter((kind) => kind.length > 0);
  if (kinds.length === 0) {
    throw invalidParameter(
      'Invalid parameter combination. At least one character type must be included in the password.',
    );
  }
  const each = options.RequireEachIncludedType === false ? [] : kinds;
  if (each.length > length) {
    throw invalidParameter('Password length is too short based on the required types.');
  }
  const draw = (from: readonly string[]) => from[Math.floor(world.random() * from.length)] ?? '';
  const all = kinds.flat();
  const characters = [...each.map(draw), ...Array.from({ length: length - each.length }, () => draw(all))];
  return shuffled(world, characters).join('');
}

/** Fisher and Yates. */
function shuffled(world: Pick<World, 'random'>, characters: string[]): string[] {
  const left = [...characters];
  return characters.flatMap(() => left.splice(Math.floor(world.random() * left.length), 1));
}

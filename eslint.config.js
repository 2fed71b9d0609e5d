import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const WAIT =
  'A test never sleeps: wait for an event, for the sandbox’s clock, or by until() of test/support/until.ts.';
const timer = (name) => ({ name, message: WAIT });

/** Tests wait for what happens, and depend on nobody's speed. */
const noSleeps = {
  'no-restricted-globals': ['error', ...['setTimeout', 'setInterval'].map(timer)],
  'no-restricted-imports': [
    'error',
    { paths: ['timers', 'timers/promises', 'node:timers', 'node:timers/promises'].map(timer) },
  ],
  'no-restricted-properties': [
    'error',
    ...['globalThis', 'global'].flatMap((object) =>
      ['setTimeout', 'setInterval'].map((property) => ({ object, property, message: WAIT })),
    ),
    { object: 'Atomics', property: 'wait', message: WAIT },
    { object: 'AbortSignal', property: 'timeout', message: WAIT },
  ],
};

const DOORS = [
  {
    selector:
      'CallExpression[callee.property.name=/^(write|end)$/][callee.object.property.name=/^(stdout|stderr)$/]',
    message: 'Print with print() of terminal/output/print.ts, a text that screen() has made safe.',
  },
  {
    selector: "MemberExpression[object.type='Super'][property.name=/^(log|logJson|logToStderr|warn)$/]",
    message: 'A command prints with log() and progress() of BaseCommand.',
  },
  {
    selector: "MemberExpression[object.type='ThisExpression'][property.name=/^(warn|logToStderr)$/]",
    message: 'A command prints with log() and progress() of BaseCommand.',
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylistic,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-definitions': 'off',
      // A number in a text is meant as it is written.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Chai's assertions are expressions, and a test may know that a value is there.
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      ...noSleeps,
      // Answers and JSON are looked into as they come: what is not there fails the assertion.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      // A fake has the signature of what it stands in for, and a part of its members.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // What a timer or a promise is handed returns nothing that matters.
      '@typescript-eslint/no-confusing-void-expression': 'off',
    },
  },
  {
    // Text from elsewhere reaches a terminal by one door, which takes `Safe` texts only.
    files: ['src/**/*.ts'],
    ignores: ['src/sandbox/**', 'src/host/**', 'src/scaler/**', 'src/terminal/output/print.ts'],
    rules: { 'no-restricted-syntax': ['error', ...DOORS] },
  },
  {
    // The one place where a test lets time go by.
    files: ['test/support/until.ts'],
    rules: Object.fromEntries(Object.keys(noSleeps).map((rule) => [rule, 'off'])),
  },
  { files: ['scripts/**/*.ts', 'bin/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);

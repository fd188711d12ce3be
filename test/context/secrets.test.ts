import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findSecrets } from '../../src/context/secrets.ts';
import { treeOf } from '../support/trees.ts';

const found = (files: Readonly<Record<string, string | number>>) =>
  findSecrets(treeOf(files)).map(({ path, line }) => (line === undefined ? path : `${path}:${line}`));

const key = ['-----BEGIN OPENSSH', 'PRIVATE KEY-----\n'].join(' ');

describe('secrets', () => {
  test('by name', () =>
    assert.deepEqual(
      found({
        'deploy/id_ed25519': 9,
        'deploy/id_ed25519.pub': 9,
        'release.keystore': 9,
        '.aws/credentials': 9,
        '.kube/config': 9,
        'infra/prod.tfstate': 9,
        'config/master.key': 9,
        'src/id_rsa_parser.ts': 9,
        'src/credentials.ts': 9,
        'node_modules/x/id_rsa': 9,
      }),
      [
        '.aws/credentials',
        '.kube/config',
        'config/master.key',
        'deploy/id_ed25519',
        'infra/prod.tfstate',
        'release.keystore',
      ],
    ));

  test('by what is written', () =>
    assert.deepEqual(
      found({
        'server.pem': key,
        'cert.pem': '-----BEGIN CERTIFICATE-----\n',
        '.npmrc': 'save-exact=true\n//r.example/:_authToken=abcdef\n',
        'a/.npmrc': '//r.example/:_authToken=${NPM_TOKEN}\n',
        '.netrc': 'machine x login y password z\n',
        '.pypirc': '[pypi]\nusername = __token__\npassword = pypi-abc\n',
        'pip.conf': '[global]\nindex-url = https://bob:secret@pypi.example/simple\n',
        'b/pip.conf': '[global]\nindex-url = https://${USER}:${PASS}@pypi.example/simple\n',
        'settings.py': `KEY = "${['AKIA', 'ABCDEFGHIJKLMNOP'].join('')}"\n`,
      }),
      ['.netrc:1', '.npmrc:2', '.pypirc:3', 'pip.conf:2', 'server.pem:1', 'settings.py:1'],
    ));

  test('environment files: the line of the first value that tells by its name', () =>
    assert.deepEqual(
      found({
        '.env': '# x\nPORT=1\nexport SESSION_SECRET=abc\n',
        '.env.example': 'SECRET=abc\n',
        'web/.env.production': 'NEXT_PUBLIC_API_KEY=abc\nSECRET=\nTOKEN=${TOKEN}\n',
      }),
      ['.env:3', 'web/.env.production'],
    ));

  test('a text made to take long does not', () => {
    const started = performance.now();
    const hostile = ['KEY'.repeat(80_000), 'password '.repeat(20_000), '\n'.repeat(200_000), 'https://'.repeat(30_000)];
    for (const text of hostile)
      found({ '.env': text, '.pypirc': text, '.netrc': text, 'pip.conf': text, '.npmrc': text, 'x.pem': text });
    assert.ok(performance.now() - started < 3000);
  });
});

import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { assertKubernetes } from '../support/schemas.ts';

const KUSTOMIZE = 'sigs.k8s.io/kustomize/kustomize/v5@v5.7.1';

test('deploy/base is rendered by kustomize to what Kubernetes takes', () => {
  const base = fileURLToPath(new URL('../../deploy/base', import.meta.url));
  const rendered = execFileSync('go', ['run', KUSTOMIZE, 'build', base], { encoding: 'utf8' });
  for (const document of parseAllDocuments(rendered)) assertKubernetes(document.toJS());
});

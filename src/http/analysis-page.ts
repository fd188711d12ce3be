import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PageParts } from '../context/report-html.ts';
import { root } from '../root.ts';

/** Style and script of the analysis page, and the policy that lets it run these two and nothing else. */
export function loadAnalysisPage(version: string): PageParts {
  const read = (name: string): string => readFileSync(new URL(`templates/analysis/${name}`, root), 'utf8');
  const style = read('page.css');
  const script = read('treemap.js');
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return { style, script, policy, version };
}

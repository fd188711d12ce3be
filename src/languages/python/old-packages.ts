import { compare } from '@renovatebot/pep440';
import type { PythonProject } from './project.ts';

/**
 * pkg_resources left setuptools with its version 82. Releases of these packages before the ones named here import it
 * when they start, and what they ask for, if they ask at all, is setuptools of any version.
 * https://setuptools.pypa.io/en/latest/history.html
 */
const WITHOUT_PKG_RESOURCES_SINCE: Readonly<Record<string, string>> = {
  apscheduler: '3.10',
  celery: '5.0',
  'djangorestframework-simplejwt': '5.3',
  'drf-yasg': '1.21.6',
  'flask-restx': '1.0',
  gunicorn: '21.0',
  'opentelemetry-instrumentation': '0.51b0',
  pyramid: '2.0',
  razorpay: '1.4.2',
  supervisor: '4.3',
};
const REQUIREMENT = 'setuptools<82';

/** `python -m venv` brought a setuptools up to Python 3.11. https://docs.python.org/3/whatsnew/3.12.html#ensurepip */
const brings = ({ manager, pipSource }: PythonProject, pythonMinor: number): boolean =>
  pythonMinor < 12 && manager !== 'uv' && pipSource !== 'pyproject';

/** What old packages need and do not say; undefined where none is there, or the project says which setuptools it takes. */
export function unsaidSetuptools(project: PythonProject, pythonMinor: number): string | undefined {
  const { packages } = project;
  if (brings(project, pythonMinor) || packages.get('setuptools')?.version !== undefined) return undefined;
  const needs = Object.entries(WITHOUT_PKG_RESOURCES_SINCE).some(([name, since]) => {
    const version = packages.get(name)?.version;
    return version !== undefined && compare(version, since) < 0;
  });
  return needs ? REQUIREMENT : undefined;
}

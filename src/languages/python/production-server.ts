import type { Advice } from '../../plan/plan.ts';
import { ADDED, serverFor, type Server, type Target } from './servers.ts';

/** The server that an app object is handed to: the project's own, or one that the image brings. */

/** Says that the image brings a server. */
export const addedAdvice = (framework: string, requirement: string, manager: string): Advice => {
  const [name = ''] = requirement.split(/[<>=]/);
  const command =
    {
      uv: `uv add ${name}`,
      poetry: `poetry add ${name}`,
      pdm: `pdm add ${name}`,
      pipenv: `pipenv install ${name}`,
      pip: `add ${name} to the requirements`,
    }[manager] ?? `add ${name}`;
  return {
    code: 'server-added',
    detail: `The project has no production server for ${framework}, so the image brings ${name}, in no version that the project has locked.`,
    hint: `Make it a dependency of the project: ${command}.`,
  };
};

interface Served {
  readonly argv: readonly string[];
  readonly added: string | undefined;
}

export function serve(target: Target, has: (name: string) => boolean, configured: boolean, prefer?: string): Served {
  const own: Server | undefined = serverFor(target.protocol, has, prefer);
  if (own) return { argv: own.argv(target, { configured, has }), added: undefined };
  const { server, requirement } = ADDED[target.protocol];
  return { argv: server.argv(target, { configured, has }), added: requirement };
}

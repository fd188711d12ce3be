/** Folders of their own that lines of scripts work in: `npm run build --prefix frontend`, `cd client && npm ci`. */

const IN_FOLDER =
  /(?:--prefix|--cwd|--dir|-C)[ =]["']?(?:\.\/)?([\w@./-]+)|(?:^|[;&(]\s*)cd ["']?(?:\.\/)?([\w@./-]+)/gm;

export const foldersIn = (text: string): string[] => [
  ...new Set([...text.matchAll(IN_FOLDER)].map(([, named, entered]) => (named ?? entered ?? '').replace(/\/$/, ''))),
];

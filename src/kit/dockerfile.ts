import { definePart } from './part.ts';

/** The build itself, with a target for each environment. */
export const dockerfilePart = definePart({
  id: 'dockerfile',
  title: 'The Dockerfile, with a target for each environment',
  files: ({ build }) => [
    {
      path: 'Dockerfile',
      text: build.dockerfile.text,
      why: 'how the image is built; its targets are the environments',
    },
  ],
});

export const dockerignorePart = definePart({
  id: 'dockerignore',
  title: 'The .dockerignore',
  files: ({ build }) => [
    { path: build.ignore.path, text: build.ignore.text, why: 'what stays out of the build context' },
  ],
});

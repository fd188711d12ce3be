/** The project's own manifest, in the order they are looked for. */
export const PROJECT_FILES = ['dockwright.yaml', 'dockwright.yml', 'dockwright.json'] as const;

/** Files about the image itself, which a context that is sent as a tar holds whatever its ignore file says. */
export const CONTEXT_FILES = ['Dockerfile', '.dockerignore', 'dockwright.*'] as const;

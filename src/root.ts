/** The folder above this one: of the repository, or of the service in its image, where all of `src/` is one file. */
export const root = new URL('../', import.meta.url);

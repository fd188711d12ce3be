/** Where things lie while the app is built, and where it goes. */
export const SOURCE_ROOT = '/src';
export const OUTPUT = '/out';
export const APP_ROOT = '/app';
export const BUILD_STAGE = 'build';

/** Scripts that build, the first that is there. */

/** Some are a platform's: https://devcenter.heroku.com/articles/nodejs-support, https://cloud.google.com/appengine/docs/standard/nodejs/running-custom-build-step */
export const BUILD_SCRIPTS: readonly string[] = [
  'build',
  'heroku-postbuild',
  'gcp-build',
  'build:prod',
  'build:production',
  'compile',
];

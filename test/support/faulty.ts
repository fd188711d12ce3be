/** Loaded into a service by `--import`: SIGUSR2 makes errors that nobody catches. */
process.on('SIGUSR2', () => {
  void Promise.reject(new Error('a promise that nobody waits for'));
  setTimeout(() => {
    throw new Error('an exception outside of any request');
  });
});

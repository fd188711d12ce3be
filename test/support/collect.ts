/** Loaded into a service by `--import`, with `--expose-gc`: SIGUSR2 collects garbage, so that what is left is what is held. */
process.on('SIGUSR2', () => globalThis.gc?.());

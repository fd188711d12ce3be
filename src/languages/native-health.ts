import type { FileStep, ImageRef, Stage, Step } from '../plan/plan.ts';
import { shellOf } from '../plan/shell.ts';

/** The health check of images that have no shell: thirty lines of C, linked statically, which run in any of them. */

export const HEALTH_PROGRAM = '/usr/local/bin/healthcheck';
const STAGE = 'healthcheck';
const SOURCE = '/healthcheck/main.c';
const BINARY = '/healthcheck/healthcheck';

const sourceText = (
  port: number,
): string => `/* Is 127.0.0.1:$PORT taking connections? With a path as argument: is the answer below 400? */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  const char *given = getenv("PORT");
  int port = given && *given ? atoi(given) : ${port};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct timeval limit = {.tv_sec = 4};
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) return 1;
  if (argc < 2) return 0;
  char answer[12];
  dprintf(connection, "GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n", argv[1]);
  return read(connection, answer, sizeof answer) == sizeof answer && answer[9] < '4' ? 0 : 1;
}
`;

/** An image with a C compiler, and how it is called there. */
export interface Compiler {
  readonly base: ImageRef | { readonly stage: string };
  readonly argv: readonly string[];
  /** What has to be done before there is a compiler. */
  readonly steps?: readonly Step[];
}

/** A stage of its own, so that no change of the project's source builds it again. */
export function healthStage({ base, argv, steps = [] }: Compiler, port: number): Stage {
  const source: FileStep = {
    kind: 'file',
    path: SOURCE,
    text: sourceText(port),
    why: 'asks the port, and a path where one is given',
  };
  return {
    name: STAGE,
    base,
    why: 'builds the health check: the runtime image has nothing to ask with',
    steps: [
      ...steps,
      source,
      {
        kind: 'run',
        command: shellOf([...argv, '-O2', '-s', '-static', '-o', BINARY, SOURCE]),
        why: 'one static file of less than a megabyte',
      },
    ],
  };
}

export const healthCopy: Step = {
  kind: 'copy',
  from: STAGE,
  sources: [BINARY],
  to: HEALTH_PROGRAM,
  why: 'the health check',
};

import { all, sh } from '../../plan/shell.ts';
import type { ImageRef, Stage, Step } from '../../plan/plan.ts';

/** The health check of images that have no shell: a program of 40 lines, built by the toolchain that is there anyway. */

const HEALTH_STAGE = 'healthcheck';
export const HEALTH_PROGRAM = '/usr/local/bin/healthcheck';
const SOURCE = '/healthcheck/main.go';
const BINARY = '/healthcheck/healthcheck';

/** Made with system calls only: net/http alone would bring five megabytes, net one. */
const sourceText = (
  port: number,
): string => `// Is 127.0.0.1:$PORT taking connections? With a path as argument: is the answer below 400?
package main

import "syscall"

func main() {
	port := ${port}
	if value, found := syscall.Getenv("PORT"); found && value != "" {
		port = 0
		for _, digit := range []byte(value) {
			port = port*10 + int(digit-'0')
		}
	}
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	check(err == nil)
	limit := syscall.NsecToTimeval(4e9)
	check(syscall.SetsockoptTimeval(socket, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &limit) == nil)
	check(syscall.SetsockoptTimeval(socket, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &limit) == nil)
	check(syscall.Connect(socket, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}) == nil)
	if path := argument(); path != "" {
		_, err = syscall.Write(socket, []byte("GET "+path+" HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n"))
		check(err == nil)
		answer := make([]byte, 12)
		n, err := syscall.Read(socket, answer)
		check(err == nil && n == len(answer) && answer[9] < '4')
	}
}

func check(good bool) {
	if !good {
		syscall.Exit(1)
	}
}

// The package os would double this program's size beyond the runtime's own.
func argument() string {
	file, err := syscall.Open("/proc/self/cmdline", syscall.O_RDONLY, 0)
	check(err == nil)
	text := make([]byte, 4096)
	n, err := syscall.Read(file, text)
	check(err == nil)
	words, start := []string{}, 0
	for i, c := range text[:n] {
		if c == 0 {
			words, start = append(words, string(text[start:i])), i+1
		}
	}
	if len(words) < 2 {
		return ""
	}
	return words[1]
}
`;

/** For cross-compilation: what the builder is asked to build for. Empty where a builder does not say, which Go takes for its own. */
export const targetArgs: readonly Step[] = [
  { kind: 'arg', name: 'TARGETOS', why: 'the system that the image is for' },
  { kind: 'arg', name: 'TARGETARCH', why: 'the machine that the image is for' },
];

/** A stage of its own, so that no change of the project's source builds it again. */
export function healthStage(toolchain: ImageRef, port: number): Stage {
  return {
    name: HEALTH_STAGE,
    base: toolchain,
    buildPlatform: true,
    why: 'builds the health check: the runtime image has nothing to ask with',
    steps: [
      { kind: 'file', path: SOURCE, text: sourceText(port), why: 'asks the port, and a path where one is given' },
      ...targetArgs,
      {
        kind: 'run',
        mounts: [{ type: 'cache', target: '/root/.cache/go-build' }],
        command: all(
          sh`cd /healthcheck`,
          sh`CGO_ENABLED=0 GO111MODULE=off GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags='-s -w' -o ${BINARY} main.go`,
        ),
        why: 'one static file of little more than a megabyte',
      },
    ],
  };
}

export const healthCopy: Step = {
  kind: 'copy',
  from: HEALTH_STAGE,
  sources: [BINARY],
  to: HEALTH_PROGRAM,
  why: 'the health check',
};

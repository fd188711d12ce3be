/** Examples of the document. A test sends each of them to the service. */

interface Example {
  readonly summary: string;
  readonly value: unknown;
}

export const manifestExamples = {
  settings: {
    summary: 'Language and settings',
    value: {
      name: 'orders-api',
      language: 'go',
      runtime: '1.26',
      port: 8080,
      health: { path: '/healthz' },
      run: { env: { LOG_FORMAT: 'json' } },
      environments: { production: { image: { variant: 'distroless' } } },
    },
  },
  files: {
    summary: 'Key files inline, from which the language is detected',
    value: {
      files: {
        'go.mod': 'module example.com/orders\n\ngo 1.26\n',
        'main.go': 'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.ListenAndServe(":8080", nil)\n}\n',
      },
    },
  },
  site: {
    summary: 'A static site, in an image of one’s own registry',
    value: { language: 'static', name: 'handbook', image: { registry: 'mirror.example.com/hub' } },
  },
} as const satisfies Readonly<Record<string, Example>>;

/** What goes over what is found in the archive. */
export const formExample = { manifest: { name: 'shop', port: 9000 }, archive: '(the bytes of the archive)' };

export const DOCKERFILE_EXAMPLE = '# syntax=docker/dockerfile:1\n…\nFROM golang:1.26-trixie AS build\n…\n';

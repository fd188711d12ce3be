/** Examples of the document; tests send them. */
export const MANIFEST_EXAMPLE = {
  name: 'orders-api',
  language: 'python',
  runtime: '3.14',
  packageManager: 'uv',
  framework: 'fastapi',
  command: ['uvicorn', 'app.main:app', '--host', '0.0.0.0', '--port', '8000'],
  port: 8000,
  health: { path: '/healthz' },
};

export const DOCKERFILE_EXAMPLE = '# syntax=docker/dockerfile:1\n…\nFROM python:3.14-slim-trixie AS runtime\n…\n';

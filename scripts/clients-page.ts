import { readFileSync } from 'node:fs';
import { format } from 'prettier';

const read = (path: string): string => readFileSync(new URL(`../test/clients/${path}`, import.meta.url), 'utf8').trim();

const samples: readonly { title: string; make: string; language: string; file: string; note: string }[] = [
  {
    title: 'TypeScript',
    make: 'npm init -y && npm pkg set type=module\nnpm install openapi-fetch\nnpx openapi-typescript@7 http://localhost:8080/openapi.json -o schema.ts',
    language: 'ts',
    file: 'typescript/main.ts',
    note: 'openapi-typescript needs TypeScript 5 beside it.',
  },
  {
    title: 'Python',
    make: 'pip install openapi-python-client\nopenapi-python-client generate --url http://localhost:8080/openapi.json --config config.yml --meta none --output-path dockwright_client',
    language: 'python',
    file: 'python/main.py',
    note: `It warns that it leaves out bodies of YAML; those of JSON are there. With this \`config.yml\`:\n\n\`\`\`yaml\n${read('python/config.yml')}\n\`\`\``,
  },
  {
    title: 'Go',
    make: 'go mod init example.com/client\ncurl -sS localhost:8080/openapi.json -o openapi.json\nmkdir -p dockwright\ngo run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -generate types,client -package dockwright -o dockwright/dockwright.gen.go openapi.json\ngo mod tidy',
    language: 'go',
    file: 'go/main.go',
    note: 'The last command wants the sample beside it.',
  },
  {
    title: 'Java',
    make: 'curl -sS localhost:8080/openapi.json -o openapi.json\nmvn compile exec:java',
    language: 'java',
    file: 'java/src/main/java/example/Main.java',
    note: 'With the openapi-generator plugin for Maven, as `test/clients/java/pom.xml` sets it up (generator `java`, library `okhttp-gson`).',
  },
];

/** docs/clients.md: the clients that `npm run test:clients` generates, compiles and runs, as they are. */
export async function clientsPage(): Promise<string> {
  const sections = samples.map(
    ({ title, make, language, file, note }) =>
      `## ${title}\n\n\`\`\`sh\n${make}\n\`\`\`\n\n${note}\n\n\`\`\`${language}\n${read(file)}\n\`\`\``,
  );
  const page = `# Clients

\`/openapi.json\` is an OpenAPI 3.1 document of everything the service does; \`openapi/openapi.json\` is the same file. Each
sample below is a test: \`npm run test:clients\` generates the client, compiles it, and runs the sample against the service.
This page is written from them by \`npm run openapi\`.

Where an operation has several kinds of answer, \`Accept: application/json\` gets the one that generated code reads.

${sections.join('\n\n')}
`;
  return format(page, { parser: 'markdown', printWidth: 120, embeddedLanguageFormatting: 'off' });
}

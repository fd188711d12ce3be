import { shellWord } from '../plan/shell.ts';
import { debugShell } from '../plan/debug-shell.ts';
import { cellCode, inlineCode } from './escape.ts';
import { cellOf, targets, targetTitles, workloadTitles, type Target } from './matrix.ts';
import { registryHost, type Kit } from './model.ts';
import { definePart } from './part.ts';

/** README.Docker.md: how to build, run, debug and deploy this very project. */

const block = (...lines: readonly string[]): string[] => ['', ...lines.map((text) => `    ${text}`), ''];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  '',
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
  '',
];

const shellText = (words: readonly string[]): string =>
  words.map((word) => shellWord(word.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' '))).join(' ');

const secretVariable = (id: string): string => id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');

const BAKE = 'docker buildx bake --file docker-bake.hcl';

function buildSection(kit: Kit): string[] {
  const secrets = kit.buildSecrets.map((id) => ` --secret id=${id},env=${secretVariable(id)}`).join('');
  const args = Object.entries(kit.manifest.build?.args ?? {})
    .map(([name, value]) => ` --build-arg ${shellText([`${name}=${value}`])}`)
    .join('');
  return [
    '## Build',
    ...block(
      `docker build --target production${args}${secrets} --tag ${kit.name}:${kit.tag} .`,
      BAKE,
      `${BAKE} development staging production`,
    ),
    ...(kit.buildSecrets.length > 0
      ? [
          `Secrets of the build come from the environment: ${kit.buildSecrets.map((id) => inlineCode(secretVariable(id))).join(', ')}. None stays in the image.`,
          '',
        ]
      : []),
    '`docker-bake.hcl` takes its variables from the environment. The file is named, because bake would else read `compose.yaml` too.',
    ...block(
      '# every step anew',
      `NO_CACHE=true ${BAKE}`,
      '# for other platforms',
      `PLATFORMS="linux/amd64 linux/arm64" ${BAKE} --push`,
      '# with a cache in the registry',
      `CACHE_FROM="type=registry,ref=${kit.image}:cache" CACHE_TO="type=registry,mode=max,ref=${kit.image}:cache" ${BAKE}`,
      '# with a bill of materials and the provenance',
      `ATTEST=true ${BAKE} --push`,
      '# pushed by the tag plan',
      `TAGS="$(ENVIRONMENT=production VERSION=1.2.0 sh deploy/docker-tags.sh | xargs)" ${BAKE} --push`,
    ),
  ];
}

function runSection(kit: Kit): string[] {
  const { port, workload } = kit;
  const needed = [...new Set([...kit.required, ...kit.secrets])];
  return [
    '## Run',
    ...(needed.length > 0
      ? [
          '',
          `It needs ${needed.map((name) => inlineCode(name)).join(', ')}: copy \`.env.example\` to \`.env\` and fill it in.`,
        ]
      : []),
    ...block(
      workload === 'job' || workload === 'cron' ? 'docker compose run --rm --build app' : 'docker compose up --build',
    ),
    ...(port === undefined
      ? []
      : [
          `Then it listens on http://localhost:${port}${kit.healthPath === undefined ? '' : inlineCode(kit.healthPath)}. HOST_PORT=9000 puts it on another port of the machine.`,
          '',
        ]),
    'Each environment is a target of the Dockerfile and a file that goes over `compose.yaml`:',
    ...table(
      ['environment', 'start it', 'replicas'],
      kit.environments.map((env) => [
        env.name,
        `\`docker compose -f compose.yaml -f compose.${env.name}.yaml up --build${env.name === 'development' ? ' --watch' : ' --detach'}\``,
        String(env.replicas),
      ]),
    ),
    `In development, an edit leads to ${kit.reload.onEdit} (${kit.reload.why}).`,
    '',
    ...(kit.volumes.length > 0
      ? [
          'Folders from outside the image:',
          ...table(
            ['folder', 'kind'],
            kit.volumes.map((v) => [
              cellCode(v.path),
              v.kind === 'config'
                ? 'configuration, read-only'
                : v.kind === 'logs'
                  ? 'logs; what goes to standard output needs no folder'
                  : 'data, a volume that its user may write to',
            ]),
          ),
        ]
      : []),
  ];
}

function startSection(kit: Kit): string[] {
  const { entrypoint, command } = kit.facts;
  return [
    '## What is started',
    ...table(
      ['', 'argv'],
      [
        ['ENTRYPOINT, fixed', entrypoint.length === 0 ? 'none' : cellCode(JSON.stringify(entrypoint))],
        [
          'CMD, replaced by arguments of `docker run IMAGE …`',
          command.length === 0 ? 'none' : cellCode(JSON.stringify(command)),
        ],
      ],
    ),
    `It runs as user ${kit.facts.uid}, never as root${kit.readOnlyRoot ? ', on a read-only root with /tmp in memory' : ''}.`,
    '',
  ];
}

function debugSection(kit: Kit): string[] {
  const { how, commands } = debugShell(kit.facts.os);
  return [
    '## Debug',
    '',
    how,
    ...block(...commands, 'docker compose logs --follow app', 'docker inspect --format "{{json .State.Health}}" NAME'),
  ];
}

const deploys: Readonly<Record<Target, (kit: Kit) => string>> = {
  compose: () => '`docker compose -f compose.yaml -f compose.production.yaml up --detach`',
  kubernetes: () => '`kubectl apply --filename deploy/kubernetes/production/`',
  lambda: () => '`sam deploy --template-file deploy/lambda/template.yaml --guided`',
  'cloud-run': (kit) =>
    kit.workload === 'job' || kit.workload === 'cron'
      ? '`gcloud run jobs replace deploy/cloud-run/job.yaml`'
      : '`gcloud run services replace deploy/cloud-run/service.yaml`',
  knative: () => '`kubectl apply --filename deploy/knative/service.yaml`',
};

function deploySection(kit: Kit): string[] {
  const names = [...new Set([...kit.deployed.flatMap((env) => env.secrets), ...kit.required])];
  const store = kit.manifest.run?.secretStore?.kind ?? 'kubernetes';
  return [
    '## Deploy',
    '',
    `It is ${workloadTitles[kit.workload]}.`,
    ...table(
      ['to', 'how', 'what it is there'],
      targets.map((target) => {
        const { fits, why } = cellOf(kit.workload, target);
        return [targetTitles[target], fits ? deploys[target](kit) : 'does not fit', why];
      }),
    ),
    ...(names.length > 0
      ? store === 'kubernetes'
        ? [
            'The values of secrets are put into the cluster by hand or by your own means, never into a file of the project:',
            ...block(
              `kubectl create secret generic ${kit.name}-secrets ${names.map((name) => `--from-literal=${name}=…`).join(' ')}`,
            ),
          ]
        : [
            `The values of secrets come from ${inlineCode(store)}; deploy/kubernetes/*/secrets.yaml only refers to them.`,
            '',
          ]
      : []),
    ...(registryHost(kit.image) === undefined
      ? [
          'The image has no registry yet: say `image.name` in dockwright.yaml, such as "registry.example.com/shop/orders", and ask again.',
          '',
        ]
      : []),
    'Tags: versions (`v1.2.0`) and commits (`sha-…`) are immutable and are what a deployment names; `v1.2`, `v1`, `dev-…` and `latest` move on, and `latest` is for development only. `deploy/docker-tags.sh` plans them.',
    '',
  ];
}

function warningSection({ build }: Kit): string[] {
  if (build.warnings.length === 0) return [];
  return [
    '## To know',
    '',
    ...build.warnings.slice(0, 50).flatMap(({ detail, hint, file, line }) => {
      const place = file === undefined ? '' : ` (${inlineCode(line === undefined ? file : `${file}:${line}`)})`;
      return [`- ${inlineText(detail)}${hint === undefined ? '' : ` ${inlineText(hint)}`}${place}`];
    }),
    '',
  ];
}

/** Prose with values in it: nothing in it may begin a tag, a link or a block. */
function inlineText(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll(/[<>[\]|]/g, String.raw`\$&`);
}

export const readmePart = definePart({
  id: 'readme',
  title: 'README.Docker.md',
  files: (kit) => [
    {
      path: 'README.Docker.md',
      text: [
        `# ${kit.name} in containers`,
        '',
        'Written by Dockwright for this project. To change it, change dockwright.yaml or ask again.',
        '',
        ...buildSection(kit),
        ...runSection(kit),
        ...startSection(kit),
        ...debugSection(kit),
        ...deploySection(kit),
        ...warningSection(kit),
      ]
        .join('\n')
        .replaceAll(/\n{3,}/g, '\n\n'),
      why: 'how to build, run, debug and deploy it',
    },
  ],
});

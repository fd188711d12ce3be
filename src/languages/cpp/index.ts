import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { cppApp, hasPlainProgram, planCpp } from './plan.ts';
import { isBuildFile, isCppSource, isCppText } from './project.ts';

const inFolder = (path: string): boolean => /^((src|source|app|include)\/)?[^/]+$/.test(path);

function detect(inventory: Inventory): Sign[] {
  const code = inventory.files((path) => isCppSource(path) && inFolder(path));
  const anyCode = code.length > 0 || inventory.files((path) => isCppSource(path)).length > 0 || !inventory.complete;
  const file = (path: string, weight: number, reason: string): Sign[] =>
    inventory.isFile(path) ? [{ path, weight, reason }] : [];
  const systems = anyCode
    ? [
        ...file('CMakeLists.txt', weights.manifest, 'a project of CMake'),
        ...file('meson.build', weights.manifest, 'a project of Meson'),
        ...['configure.ac', 'configure.in'].flatMap((path) =>
          file(path, weights.program, 'a project of the autotools'),
        ),
      ]
    : [];
  // Many projects in other languages have a Makefile: it tells only beside C source.
  const make =
    code.length > 0
      ? ['GNUmakefile', 'makefile', 'Makefile'].flatMap((path) =>
          file(path, weights.tool, 'a Makefile beside C or C++ source'),
        )
      : [];
  const main = code.find((path) => /(^|\/)main\.[^/]*$/.test(path));
  const [first] = code;
  const entry: Sign[] =
    main !== undefined
      ? [{ path: main, weight: weights.entry, reason: 'the main file of a C or C++ program' }]
      : first !== undefined && !first.includes('/')
        ? [
            {
              path: first,
              weight:
                systems.length > 0 || make.length > 0
                  ? weights.source
                  : hasPlainProgram(inventory)
                    ? weights.tool
                    : weights.source,
              reason: 'C or C++ source at the root',
            },
          ]
        : [];
  const signs = [...systems, ...make.slice(0, 1)];
  return [...signs, ...entry];
}

function infer(scope: Scope): Inferred {
  const { app } = cppApp(scope, scope.command);
  if (!app) return { findings: [] };
  const { project, target, from, rejected, serving, packages, port } = app;
  const named = project.name !== 'app' && /^[A-Za-z0-9][\w.-]*$/.test(project.name) ? project.name : target.name;
  const findings: Finding[] = [
    {
      at: '/name',
      value: named.replaceAll(/[^\w.-]/g, '-'),
      from: { file: project.file, why: 'the name of the project' },
    },
    ...(project.system === 'compiler'
      ? []
      : [
          {
            at: '/packageManager',
            value: project.system,
            from: { file: project.file, why: 'how it is built' },
          } as const,
        ]),
    {
      at: '/workload',
      value: serving.serves ? 'service' : 'job',
      from: serving.serves ?? { ...from, why: 'nothing in it listens' },
    },
    { at: '/command', value: [target.name], from, rejected },
    ...(port !== undefined && serving.port ? [{ at: '/port', value: port, from: serving.port.from } as const] : []),
    ...(packages.packages.length > 0 && packages.from
      ? [{ at: '/build/packages', value: packages.packages, from: packages.from } as const]
      : []),
  ];
  return { findings };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: 'build', purpose: 'build-output', why: 'made by the build' },
  { pattern: 'builddir', purpose: 'build-output', why: 'made by the build' },
  { pattern: 'cmake-build-*', purpose: 'build-output', why: 'made by the build' },
  { pattern: '**/CMakeCache.txt', purpose: 'build-output', why: 'settings of a build on another machine' },
  { pattern: '**/CMakeFiles', purpose: 'build-output', why: 'made by CMake' },
  { pattern: '**/*.o', purpose: 'build-output', why: 'compiled on another machine' },
  { pattern: '**/*.obj', purpose: 'build-output', why: 'compiled on another machine' },
  { pattern: '**/*.gcda', purpose: 'test', why: 'what a test run covered' },
  { pattern: '**/*.gcno', purpose: 'test', why: 'what a test run covered' },
  { pattern: 'compile_commands.json', purpose: 'editor', why: 'for editors' },
  { pattern: '.cache', purpose: 'cache', why: 'the cache of a language server' },
];

/** A folder `build` may hold the project's own scripts: only what a build has made is left out. */
function ignore({ inventory }: Scope): IgnoreRule[] {
  const own =
    inventory.files((path) => path.startsWith('build/') && (isBuildFile(path) || isCppText(path))).length > 0 &&
    !inventory.isFile('build/CMakeCache.txt');
  return IGNORED.filter((rule) => rule.pattern !== 'build' || !own);
}

export const cpp = defineLanguage({
  id: 'cpp',
  title: 'C and C++',
  facts: {
    detectedBy: ['CMakeLists.txt', 'meson.build', 'configure.ac', 'Makefile', 'main.cpp', 'main.c'],
    versionOrder: [],
    packageManagers: ['cmake', 'meson', 'autotools', 'make'],
    frameworks: [],
    variants: ['distroless', 'slim', 'debian'],
  },
  readsText: (path) => isBuildFile(path) || isCppText(path) || /(^|\/)(conanfile\.txt|vcpkg\.json)$/.test(path),
  detect,
  infer,
  plan: planCpp,
  ignore,
});

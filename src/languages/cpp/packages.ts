import type { Evidence } from '../../plan/plan.ts';
import { joinPackages } from '../../plan/packages.ts';
import { cmakeCalls } from './cmake.ts';
import { HEADERS, included, PLAIN_HEADERS } from './headers.ts';
import { boostPackages, FIND_PACKAGE, linkedPackages, PKG_CONFIG } from './libraries.ts';
import type { CppProject } from './project.ts';
import { vcpkgDependencies } from './vcpkg.ts';

interface Found {
  readonly name: string;
  readonly packages: readonly string[] | undefined;
  readonly from: Evidence;
}

function cmakeFinds({ texts }: CppProject): Found[] {
  return texts.flatMap(({ path, text }) =>
    cmakeCalls(text).flatMap(({ name, args, line }): Found[] => {
      const [first = ''] = args;
      const from = { file: path, line, why: `looks for ${first}` };
      if (name === 'find_package') {
        const optional = !args.includes('REQUIRED');
        const own = FIND_PACKAGE[first.toLowerCase()];
        const packages = first.toLowerCase() === 'boost' ? boostPackages(args.slice(1)) : own;
        return packages === undefined && optional ? [] : [{ name: first, packages, from }];
      }
      if (name === 'pkg_check_modules' || name === 'pkg_search_module') {
        return args
          .slice(1)
          .filter((a) => /^[a-z]/.test(a))
          .map((a) => {
            const module = a.replace(/[<>=].*$/, '');
            return { name: module, packages: PKG_CONFIG[module] ?? FIND_PACKAGE[module.toLowerCase()], from };
          });
      }
      if (name === 'target_link_libraries' || name === 'link_libraries' || name === 'find_library')
        return args
          .filter((a) => linkedPackages(a.replace(/^-l/, '')) && a !== 'fmt')
          .map((a) => ({ name: a, packages: linkedPackages(a.replace(/^-l/, '')), from }));
      return [];
    }),
  );
}

function mesonFinds({ texts }: CppProject): Found[] {
  return texts.flatMap(({ path, text }) =>
    [...text.replaceAll(/#[^\n]*/g, '').matchAll(/\b(dependency|find_library)\s*\(\s*'([^']+)'([^)]*)/g)].flatMap(
      (m): Found[] => {
        const name = m[2] ?? '';
        if (/^(threads|openmp|m|dl|rt|pthread)$/.test(name)) return [];
        const modules = [...(m[3] ?? '').matchAll(/'([a-z_]+)'/g)].map((x) => x[1] ?? '');
        const packages =
          name === 'boost'
            ? boostPackages(modules)
            : (PKG_CONFIG[name] ?? FIND_PACKAGE[name.toLowerCase()] ?? linkedPackages(name));
        const optional = /required\s*:\s*false|fallback\s*:/.test(m[3] ?? '');
        return packages === undefined && optional
          ? []
          : [{ name, packages, from: { file: path, why: `looks for ${name}` } }];
      },
    ),
  );
}

function linkerFinds({ texts }: CppProject): Found[] {
  return texts.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:^|[\s=])-l([\w.+-]+)/gm)].flatMap((m): Found[] => {
      const packages = linkedPackages(m[1] ?? '');
      return packages
        ? [{ name: m[1] ?? '', packages, from: { file: path, why: `is linked with ${m[1] ?? ''}` } }]
        : [];
    }),
  );
}

function configureFinds({ texts }: CppProject): Found[] {
  return texts.flatMap(({ path, text }) =>
    [
      ...text.matchAll(
        /\b(?:PKG_CHECK_MODULES\s*\(\s*\[?\w+\]?\s*,\s*\[?([\w.+-]+)|AC_(?:CHECK|SEARCH)_LIBS?\s*\(\s*\[?([\w.+-]+))/g,
      ),
    ].flatMap((m): Found[] => {
      const name = m[1] ?? m[2] ?? '';
      const packages =
        m[1] === undefined ? linkedPackages(name) : (PKG_CONFIG[name] ?? FIND_PACKAGE[name.toLowerCase()]);
      return packages === undefined ? [] : [{ name, packages, from: { file: path, why: `looks for ${name}` } }];
    }),
  );
}

/** Libraries that a package manager for C++ would build; Debian has many of them ready. */
function managedFinds({ inventory }: CppProject): Found[] {
  const conan = inventory.text('conanfile.txt') ?? '';
  const requires = /\[requires\]([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(conan)?.[1] ?? '';
  const fromConan = [...requires.matchAll(/^[ \t]*([\w.-]+)\//gm)].map((m) => ({
    name: m[1] ?? '',
    file: 'conanfile.txt',
  }));
  const fromVcpkg = vcpkgDependencies(inventory).map((name) => ({ name, file: 'vcpkg.json' }));
  return [...fromConan, ...fromVcpkg].map(({ name, file }) => {
    const key = name.replaceAll('-', '_');
    const packages = name.startsWith('boost')
      ? boostPackages([key.replace(/^boost_/, '')])
      : (FIND_PACKAGE[name] ?? FIND_PACKAGE[key] ?? PKG_CONFIG[name]);
    return { name, packages, from: { file, why: `asks for ${name}` } };
  });
}

export interface CppPackages {
  readonly packages: readonly string[];
  readonly from: Evidence | undefined;
  /** What is looked for and not known, with where. */
  readonly unknown: readonly { readonly name: string; readonly from: Evidence }[];
  readonly managed: readonly string[];
  /** vcpkg builds the libraries: it is asked for some that Debian does not have. */
  readonly vcpkg: boolean;
}

/** Of CMake itself, or of the toolchain; or no library. */
const NO_LIBRARY = /^(threads|openmp|pkgconfig|git|packagehandlestandardargs|doxygen|ccache|clangformat|sanitizers)$/i;

export function cppPackages(project: CppProject, headers: ReadonlySet<string>): CppPackages {
  const managed = managedFinds(project);
  const bySystem = {
    cmake: cmakeFinds,
    meson: mesonFinds,
    autotools: (p: CppProject) => [...configureFinds(p), ...linkerFinds(p)],
    make: linkerFinds,
    compiler: () => [],
  }[project.system](project);
  const byHeader = included(headers, project.system === 'compiler' ? PLAIN_HEADERS : HEADERS).map(
    ({ header, packages }): Found => ({
      name: header,
      packages,
      from: { why: `${header} is included, and not part of the project` },
    }),
  );
  const boost = [...headers].some((h) => h.startsWith('boost/'))
    ? [{ name: 'boost', packages: ['libboost-dev'], from: { why: 'headers of Boost are included' } }]
    : [];
  const all = [...bySystem, ...managed, ...byHeader, ...boost].filter((f) => !NO_LIBRARY.test(f.name));
  if (project.system === 'cmake' && managed.some((f) => f.from.file === 'vcpkg.json' && f.packages === undefined))
    return { packages: [], from: undefined, unknown: [], managed: [], vcpkg: true };
  return {
    vcpkg: false,
    packages: joinPackages(...all.map((f) => f.packages)),
    from: all.find((f) => (f.packages ?? []).length > 0)?.from,
    unknown: all.flatMap(({ name, packages, from }) => (packages === undefined ? [{ name, from }] : [])),
    managed: [...new Set(managed.map((f) => f.from.file ?? ''))],
  };
}

import type { Inventory } from '../../inventory/inventory.ts';
import { sh, type Shell } from '../../plan/shell.ts';
import { OUTPUT } from '../native-runtime.ts';
import { APP_ROOT } from '../run-file-steps.ts';
import { cmakeCalls, testOptions } from './cmake.ts';
import { headerFolders, linkedLibraries } from './headers.ts';
import type { CppApp } from './plan.ts';
import type { CppProject } from './project.ts';
import { vcpkgFlags } from './vcpkg.ts';

/** The commands that compile a project, by its build system, and leave its program in one place. */

export const BUILD = '/build';
export const STAGING = '/staging';

/** Files that the project installs beside its program; a program may look for them where they would be installed. */
export const installsData = ({ texts }: CppProject): boolean =>
  texts.some(({ path, text }) =>
    path.endsWith('meson.build')
      ? /\binstall_(?:data|subdir)\s*\(/.test(text)
      : cmakeCalls(text).some(
          (c) =>
            c.name === 'install' &&
            ['FILES', 'DIRECTORY'].includes(c.args[0] ?? '') &&
            !c.args.some((a) => /include|cmake|pkgconfig/i.test(a)),
        ),
  );

/** The file of the program, wherever the build has put it. */
export const pickProgram = (name: string, ...folders: readonly string[]): Shell =>
  sh`mkdir -p ${OUTPUT} && cp "$(find ${folders} -type f -name ${name} -perm -u+x -print -quit)" ${`${OUTPUT}/${name}`}`;

/** Where it cannot be read what the build makes: the first program that it made. */
const pickAny = (name: string): Shell =>
  sh`mkdir -p ${OUTPUT} && find ${APP_ROOT} -type f -perm -u+x -newer /started -exec sh -c 'head -c 4 "$1" | grep -q ELF' sh {} ';' -print | grep -v '[.]so' | head -n 1 | xargs -I{} cp {} ${`${OUTPUT}/${name}`}`;

/** All that GCC 14 refuses in C and older ones warned about, for every call of it, whatever the build file calls it with. */
const PERMISSIVE = sh`gcc -dumpspecs | sed '/^[*]cc1:$/{n;s/$/ -fpermissive/;}' > "$(dirname "$(gcc -print-libgcc-file-name)")/specs"`;

export const hasC = (inventory: Inventory): boolean => inventory.files(/\.c$/).length > 0;

/** Once more for C that older compilers took, where the first try fails. https://gcc.gnu.org/gcc-14/porting_to.html */
const forOldC = (inventory: Inventory, command: Shell): Shell =>
  !hasC(inventory) ? command : sh`{ ${command} || { ${PERMISSIVE} && ${command}; }; }`;

export function buildCommands({ project, target, serving, packages }: CppApp, linked: boolean): Shell[] {
  const { system, inventory, sources, cxx, targets } = project;
  const { name } = target;
  if (system === 'cmake') {
    const stage = installsData(project)
      ? [sh`DESTDIR=${STAGING} cmake --install ${BUILD}`, sh`mkdir -p ${STAGING}/usr/local/share`]
      : [];
    const off = ['BUILD_TESTING', ...testOptions(project.texts)].map((option) => `-D${option}=OFF`);
    return [
      sh`cmake -S . -B ${BUILD} -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr/local ${off}${packages.vcpkg ? vcpkgFlags() : sh``}`,
      sh`cmake --build ${BUILD}`,
      ...stage,
      pickProgram(name, BUILD, APP_ROOT),
    ];
  }
  if (system === 'meson') {
    const stage = installsData(project)
      ? [sh`DESTDIR=${STAGING} meson install -C ${BUILD}`, sh`mkdir -p ${STAGING}/usr/local/share`]
      : [];
    return [
      sh`meson setup ${BUILD} --buildtype=release --prefix=/usr/local`,
      sh`meson compile -C ${BUILD}`,
      ...stage,
      pickProgram(name, BUILD),
    ];
  }
  if (system === 'autotools') {
    const configure = inventory.isFile('configure')
      ? []
      : inventory.isFile('autogen.sh') && !inventory.isFile('configure.ac')
        ? [sh`NOCONFIGURE=1 sh ./autogen.sh`]
        : [sh`autoreconf -fi`];
    return [
      ...configure,
      forOldC(inventory, sh`sh ./configure --prefix=/usr/local`),
      forOldC(inventory, sh`make -j"$(nproc)"`),
      sh`make install`,
      sh`ldconfig`,
      pickProgram(name, '/usr/local/bin', '/usr/local/sbin', APP_ROOT),
    ];
  }
  if (system === 'make') {
    const known = targets.some((t) => t.name === name);
    return [
      ...(known ? [] : [sh`touch /started`]),
      forOldC(inventory, sh`make -j"$(nproc)"`),
      known ? pickProgram(name, APP_ROOT) : pickAny(name),
    ];
  }
  const compiler = cxx ? 'c++' : 'cc';
  const libraries = [...linkedLibraries(serving.headers), 'm'].map((library) => `-l${library}`);
  const mode = linked ? sh`-s -static` : sh`-pthread`;
  const folders = headerFolders(serving.headers).map((folder) => `-I${folder}`);
  return [
    sh`mkdir -p ${OUTPUT}`,
    sh`${compiler} -O2 ${mode}${folders.length > 0 ? sh` ${folders}` : sh``} -o ${`${OUTPUT}/${name}`} ${sources} ${libraries}`,
  ];
}

import { From, type Instruction } from 'dockerfile-ast';

/** Packages that the image of a project's own Dockerfile has: what the program calls, and the code may not tell. */

/**
 * Programs and fonts that pictures, sound and documents are made with, and that are in Debian by these names. Libraries
 * are not among them: they come with what needs them, and their names change with the release; nor are clients of
 * databases, which scripts of that image wait with.
 */
const RUN_BESIDE = new Set(
  `ffmpeg sox mediainfo espeak-ng mkvtoolnix yt-dlp imagemagick libimage-exiftool-perl inkscape potrace optipng jpegoptim
  pngquant gifsicle webp graphviz ghostscript poppler-utils qpdf mupdf-tools pandoc texlive-latex-base libreoffice
  libreoffice-core libreoffice-writer libreoffice-calc libreoffice-impress antiword tesseract-ocr tesseract-ocr-eng
  tesseract-ocr-deu fonts-liberation fonts-noto fonts-noto-cjk fonts-noto-color-emoji fonts-dejavu fonts-dejavu-core
  fonts-freefont-ttf fonts-ipafont-gothic fonts-wqy-zenhei fonts-roboto`.split(/\s+/),
);
/** What is often there for the build, and says something only in a stage that is not built in. */
const RUN_BESIDE_BUILT = new Set(['git', 'default-jre-headless']);

/** Debian's names for Alpine's, where they differ. */
const OF_ALPINE: ReadonlyMap<string, string> = new Map([
  ['exiftool', 'libimage-exiftool-perl'],
  ['espeak', 'espeak-ng'],
  ['tesseract-ocr-data-eng', 'tesseract-ocr-eng'],
  ['tesseract-ocr-data-deu', 'tesseract-ocr-deu'],
  ['font-noto', 'fonts-noto'],
  ['font-noto-cjk', 'fonts-noto-cjk'],
  ['font-noto-emoji', 'fonts-noto-color-emoji'],
  ['ttf-freefont', 'fonts-freefont-ttf'],
  ['ttf-liberation', 'fonts-liberation'],
  ['ttf-dejavu', 'fonts-dejavu'],
]);

interface Stage {
  readonly name: string;
  readonly base: string;
  readonly runs: readonly Instruction[];
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const starts = instructions.flatMap((from, at) => (from instanceof From ? [{ from, at }] : []));
  return starts.map(({ from, at }, n) => ({
    name: from.getBuildStage() ?? '',
    base: from.getImage() ?? '',
    runs: instructions.slice(at + 1, starts[n + 1]?.at).filter((i) => i.getKeyword() === 'RUN'),
  }));
}

/** The last stage, and those that it is built on. */
function imageStages(stages: readonly Stage[]): Stage[] {
  const last = stages.at(-1);
  if (!last) return [];
  const below = stages.slice(0, -1).findLastIndex(({ name }) => name !== '' && name === last.base);
  return [...(below < 0 ? [] : imageStages(stages.slice(0, below + 1))), last];
}

/** A command that installs, up to the next one. */
const INSTALLS = /\b(apt-get|apt|apk)\s+(?:-\S+\s+)*(?:install|add)\s([^&|;]*)/g;

export interface InstalledPackages {
  readonly names: readonly string[];
  /** The line of the first that is taken. */
  readonly line: number;
}

/** Those of an image's packages that a program may call, by Debian's names; undefined where there are none. */
export function installedBy(instructions: readonly Instruction[]): InstalledPackages | undefined {
  const stages = stagesOf(instructions);
  const built = stages.length > 1;
  const found = imageStages(stages).flatMap(({ runs }) =>
    runs.flatMap((run) => {
      const commands = (run.getArgumentsContent() ?? '').replaceAll(/\\\r?\n/g, ' ');
      return [...commands.matchAll(INSTALLS)].flatMap(([, manager, words = '']) =>
        words
          .split(/\s+/)
          .map((word) => word.replace(/=.*$/, ''))
          .map((word) => (manager === 'apk' ? (OF_ALPINE.get(word) ?? word) : word))
          .filter((name) => RUN_BESIDE.has(name) || (built && RUN_BESIDE_BUILT.has(name)))
          .map((name) => ({ name, line: run.getRange().start.line + 1 })),
      );
    }),
  );
  const [first] = found;
  return first && { names: [...new Set(found.map(({ name }) => name))].sort(), line: first.line };
}

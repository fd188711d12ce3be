import type { Code, MainClass } from './code.ts';
import { hitsOf } from './code.ts';
import { pluginOf, settingsOf } from './maven.ts';
import type { JavaModule } from './project.ts';

/** Functions without a main method, which Google's framework serves. https://github.com/GoogleCloudPlatform/functions-framework-java */

const FUNCTIONS_API = 'com.google.cloud.functions:functions-framework-api';

const KIND = '(?:Http|RawBackground|Background|CloudEvents|Typed)Function';
const DECLARED = new RegExp(
  String.raw`\bclass\s+(\w+)[^{;]{0,200}?(?:\bimplements\b[^{;]{0,200}?\b|:\s*(?:[\w<>,\s]{0,100},\s*)?)${KIND}\b`,
  'g',
);

const packageOf = (text: string): string => /^[ \t]*package[ \t]+([\w.]+)/m.exec(text)?.[1] ?? '';

/** The class of the function: the one that the build file names, else the only one in the source. */
export function functionTarget(module: JavaModule, code: readonly Code[]): MainClass | undefined {
  if (!module.dependencies.some((d) => d.id === FUNCTIONS_API)) return undefined;
  const plugin = module.maven && pluginOf(module.maven, 'function-maven-plugin');
  const [stated] = module.maven ? settingsOf(module.maven, plugin, 'functionTarget') : [];
  if (plugin && stated !== undefined && /^[\w.$]+$/.test(stated))
    return { name: stated, from: { ...plugin.from, why: `function-maven-plugin names ${stated}` } };
  const found = code.flatMap((file) =>
    hitsOf([file], DECLARED, 'it is a function of the functions framework').map(({ groups, from }) => {
      const inside = packageOf(file.text);
      return { name: inside === '' ? (groups[1] ?? '') : `${inside}.${groups[1] ?? ''}`, from };
    }),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** The server of the framework, by the Java that it runs on: 2.0 asks for 17. */
export const functionInvoker = (line: string): string =>
  `com.google.cloud.functions.invoker:java-function-invoker:${Number(line) >= 17 ? '2.0.0' : '1.4.3'}`;

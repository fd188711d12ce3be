import { pickTag } from '../../images/catalogue.ts';
import type { Variant } from '../../manifest/schema.ts';
import type { Os, ProbeTool, Runtime, Step } from '../../plan/plan.ts';
import type { Code } from './code.ts';
import type { Dependency } from './maven.ts';
import { distrolessJava, jreImage } from './version.ts';

/** What the app runs on: a JRE, or Tomcat around one. */
interface Ground extends Pick<Runtime, 'base' | 'why' | 'workdir' | 'steps' | 'clearEntrypoint'> {
  readonly os: Os;
  readonly probe: ProbeTool;
}

const MEMORY: Step = {
  kind: 'env',
  vars: { JAVA_TOOL_OPTIONS: '-XX:MaxRAMPercentage=75' },
  why: 'the heap may take three quarters of the container’s memory; by itself Java takes one',
};

export function groundOf(variant: Variant, line: string, workdir: string): Ground {
  const why = `the runtime of Java ${line}, without a compiler`;
  if (variant === 'distroless') {
    return {
      base: distrolessJava(line),
      os: 'distroless',
      why: `${why}, a shell or a package manager`,
      workdir,
      steps: [MEMORY],
      probe: 'none',
      clearEntrypoint: true,
    };
  }
  if (variant === 'alpine')
    return { base: jreImage(line, true), os: 'alpine', why, workdir, steps: [MEMORY], probe: 'sh' };
  return { base: jreImage(line, false), os: 'debian', why, workdir, steps: [MEMORY], probe: 'bash' };
}

/**
 * Tomcat by the servlets that an app is written for: `javax` up to 9, `jakarta` from 10 on.
 * https://tomcat.apache.org/whichversion.html
 */
export function tomcatLine(
  dependencies: readonly Dependency[],
  boot: string | undefined,
  code: readonly Code[],
): string {
  if (boot !== undefined) return Number.parseInt(boot, 10) >= 4 ? '11.0' : boot.startsWith('3.') ? '10.1' : '9.0';
  const versionOf = (pattern: RegExp): number | undefined => {
    const found = dependencies.find((d) => pattern.test(d.id));
    const version = /^\d+(\.\d+)?/.exec(found?.version ?? '')?.[0];
    return version === undefined ? undefined : Number(version);
  };
  const has = (pattern: RegExp): boolean => dependencies.some((d) => pattern.test(d.id));
  const servlet = versionOf(/^jakarta\.servlet:jakarta\.servlet-api$/);
  if (servlet !== undefined) return servlet >= 6.1 ? '11.0' : servlet >= 5 ? '10.1' : '9.0';
  const platform = versionOf(/^jakarta\.platform:/);
  if (platform !== undefined) return platform >= 11 ? '11.0' : platform >= 9 ? '10.1' : '9.0';
  const spring = versionOf(/^org\.springframework:spring-web(mvc)?$/);
  if (spring !== undefined) return spring >= 7 ? '11.0' : spring >= 6 ? '10.1' : '9.0';
  // A version may stand in a list that is elsewhere; what the source imports is there.
  const imports = (root: string): boolean => code.some(({ text }) => text.includes(`import ${root}.servlet.`));
  if (imports('jakarta') !== imports('javax')) return imports('jakarta') ? '10.1' : '9.0';
  return !has(/^javax\./) && has(/^jakarta\./) ? '10.1' : '9.0';
}

const CATALINA = '/usr/local/tomcat';

/** Its port from the environment, no port for shutting it down, and nothing that is written but logs and compiled pages. */
const SERVER_XML = `<?xml version="1.0" encoding="UTF-8"?>
<Server port="-1">
  <Listener className="org.apache.catalina.core.JreMemoryLeakPreventionListener"/>
  <Listener className="org.apache.catalina.core.ThreadLocalLeakPreventionListener"/>
  <Service name="Catalina">
    <Connector port="\${PORT}" protocol="HTTP/1.1" connectionTimeout="20000"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" unpackWARs="false" autoDeploy="false" createDirs="false">
        <Valve className="org.apache.catalina.valves.ErrorReportValve" showReport="false" showServerInfo="false"/>
      </Host>
    </Engine>
  </Service>
</Server>
`;

export function tomcatGround(line: string, tomcat: string): Ground {
  return {
    base: {
      image: 'tomcat',
      tag: pickTag('tomcat', [
        `${tomcat}-jre${line}-temurin-noble`,
        `${tomcat}-jre${line}-temurin`,
        `${tomcat}-jre21-temurin-noble`,
      ]),
    },
    os: 'debian',
    why: `Tomcat ${tomcat}, by the servlets that the app is written for, on Java ${line}`,
    workdir: CATALINA,
    steps: [
      MEMORY,
      {
        kind: 'env',
        vars: {
          CATALINA_OPTS:
            '-Dorg.apache.tomcat.util.digester.PROPERTY_SOURCE=org.apache.tomcat.util.digester.EnvironmentPropertySource',
        },
        why: 'lets server.xml read PORT',
      },
      {
        kind: 'file',
        path: `${CATALINA}/conf/server.xml`,
        text: SERVER_XML,
        why: 'listens on PORT, and has no port for shutting it down',
      },
    ],
    probe: 'bash',
  };
}

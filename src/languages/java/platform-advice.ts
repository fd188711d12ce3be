import type { Advice } from '../../plan/plan.ts';
import type { Dependency } from './maven.ts';

/** What a Jakarta EE server has and Tomcat has not: it brings servlets, JSP, EL and WebSocket. https://tomcat.apache.org/whichversion.html */
const PLATFORM =
  /^(?:jakarta\.platform:|javax:javaee-|(?:jakarta|javax)\.(?:ws\.rs|enterprise|ejb|faces):)|:(?:cdi-api|jsr311-api|microprofile)$/;
const BROUGHT = /jersey|resteasy|:cxf|weld|openwebbeans|openejb|tomee|myfaces|jakarta\.faces$|:spring-/;

/** A web archive that counts on more than Tomcat has, and does not bring it along. */
export function platformAdvice(dependencies: readonly Dependency[]): Advice[] {
  const wanted = dependencies.find((d) => d.scope === 'provided' && PLATFORM.test(d.id));
  if (!wanted || dependencies.some((d) => d.scope !== 'provided' && BROUGHT.test(d.id))) return [];
  const { file, line } = wanted.from;
  return [
    {
      code: 'application-server',
      detail: `The app expects ${wanted.id} of its server. Tomcat, which the image has, brings servlets, JSP, EL and WebSocket alone.`,
      hint: 'Bring the implementations along (Jersey or RESTEasy, Weld), or make an archive that has its server in it: with WildFly’s bootable JAR, Payara Micro or Open Liberty.',
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    },
  ];
}

/** Frameworks by what a module depends on, and how each is told its port by its own means. */

export interface Framework {
  readonly id: string;
  /** Ids of dependencies (`group:artifact`), plugins or the parent that mean it. */
  readonly marks: RegExp;
  /** Dependencies that make it serve; absent where it always does. */
  readonly serves?: RegExp;
  /** A library of clients as well: it tells a server only beside a call that listens. */
  readonly alsoClients?: true;
  /** Where it listens when nothing is said. */
  readonly port: number;
  /** A port in the source goes over that of the environment, which only its configuration reads. */
  readonly setInCode?: true;
  /** Variables that hand the port on; `${PORT}` in them is filled in by the framework, not by us. */
  readonly env?: Readonly<Record<string, string>>;
  /** Keys of its configuration that hold the port. */
  readonly portKeys?: readonly string[];
  readonly health?: { readonly marks: RegExp; readonly path: string };
}

const port = (fallback: number): string => `\${PORT:${fallback}}`;

/** The first that fits is taken; those that others are built on come last. */
export const FRAMEWORKS: readonly Framework[] = [
  {
    id: 'quarkus',
    marks: /^io\.quarkus(\.platform)?:/,
    serves:
      /:quarkus-(rest|resteasy|vertx-http|reactive-routes|undertow|smallrye-graphql|smallrye-health|qute-web|grpc|websockets|micrometer|spring-web|web|renarde|messaging-http|funqy-http|amazon-lambda-http|smallrye-openapi)/,
    port: 8080,
    env: { QUARKUS_HTTP_HOST: '0.0.0.0', QUARKUS_HTTP_PORT: port(8080) },
    portKeys: ['quarkus.http.port'],
    health: { marks: /:quarkus-smallrye-health$/, path: '/q/health' },
  },
  {
    id: 'micronaut',
    marks: /^io\.micronaut(\.platform|\.build)?:|^io\.micronaut\.(application|minimal\.application)$/,
    serves:
      /:micronaut-(http-server|http-server-netty|servlet|jetty|tomcat|undertow|grpc)|^io\.micronaut\.(application|minimal\.application)$/,
    port: 8080,
    env: { MICRONAUT_SERVER_PORT: port(8080) },
    portKeys: ['micronaut.server.port'],
    health: { marks: /:micronaut-management$/, path: '/health' },
  },
  {
    id: 'helidon',
    marks: /^io\.helidon\b/,
    serves: /:helidon-(webserver|microprofile|grpc-server|nima)|^io\.helidon\.application$/,
    port: 8080,
    env: { SERVER_HOST: '0.0.0.0', SERVER_PORT: '${PORT}' },
    setInCode: true,
    portKeys: ['server.port'],
  },
  {
    id: 'dropwizard',
    marks: /^io\.dropwizard:/,
    serves: /:dropwizard-core$/,
    port: 8080,
  },
  {
    id: 'spring-boot',
    marks: /^org\.springframework\.boot(:|$)|^spring-boot-maven-plugin$/,
    serves:
      /:spring-boot-starter-(web|webmvc|webflux|jersey|tomcat|undertow|jetty|reactor-netty|data-rest|hateoas|graphql|websocket|rsocket|web-services|webservices|thymeleaf|mustache|freemarker|oauth2-authorization-server)$|:(vaadin-spring-boot-starter|spring-webmvc|spring-webflux|spring-cloud-config-server|spring-cloud-starter-(gateway|netflix-eureka-server|config-server)[\w-]*|spring-boot-admin-starter-server|jhipster-framework|armeria-spring-boot\d?-(webflux-)?starter)$/,
    port: 8080,
    env: { SERVER_PORT: port(8080) },
    portKeys: ['armeria.ports.0.port', 'server.port'],
    health: { marks: /:spring-boot-starter-actuator$/, path: '/actuator/health' },
  },
  { id: 'functions-framework', marks: /^com\.google\.cloud\.functions:functions-framework-api$/, port: 8080 },
  { id: 'ktor', marks: /^io\.ktor:ktor-server|^io\.ktor\.plugin$/, port: 8080, portKeys: ['ktor.deployment.port'] },
  { id: 'javalin', marks: /^io\.javalin:javalin/, port: 8080 },
  { id: 'play', marks: /^(com\.typesafe\.play|org\.playframework):play(-|_|$)/, port: 9000 },
  { id: 'akka-http', marks: /^com\.typesafe\.akka:akka-http/, port: 8080 },
  { id: 'pekko-http', marks: /^org\.apache\.pekko:pekko-http/, port: 8080 },
  { id: 'http4s', marks: /^org\.http4s:http4s-[\w-]*server/, port: 8080 },
  { id: 'zio-http', marks: /^dev\.zio:zio-http/, port: 8080 },
  { id: 'tapir', marks: /^com\.softwaremill\.sttp\.tapir:tapir-[\w-]*server/, port: 8080 },
  { id: 'http4k', marks: /^org\.http4k:http4k-(core|server)/, port: 8080 },
  { id: 'spark', marks: /^com\.sparkjava:spark/, port: 4567 },
  { id: 'vertx', marks: /^io\.vertx:vertx-(web|core)(-|$)/, port: 8080 },
  { id: 'jooby', marks: /^io\.jooby:/, port: 8080 },
  { id: 'armeria', marks: /^com\.linecorp\.armeria:/, port: 8080 },
  { id: 'ratpack', marks: /^io\.ratpack:/, port: 5050 },
  { id: 'grpc', marks: /^io\.grpc:grpc-netty/, alsoClients: true, port: 50051 },
  { id: 'undertow', marks: /^io\.undertow:undertow/, port: 8080 },
  { id: 'jersey', marks: /^org\.glassfish\.jersey\.containers:/, port: 8080 },
  { id: 'jetty', marks: /^org\.eclipse\.jetty(\.\w+)?:jetty-(server|servlet)/, port: 8080 },
  {
    id: 'solon',
    marks: /^org\.noear:solon-(web|api|lib|boot|server)/,
    port: 8080,
    portKeys: ['server.port'],
  },
  { id: 'blade', marks: /:blade-(core|mvc)$/, port: 9000, portKeys: ['server.port'] },
  { id: 'act', marks: /^org\.actframework:act/, port: 5460, portKeys: ['http.port'] },
  { id: 'ninja', marks: /^org\.ninjaframework:ninja-(core|standalone)$/, port: 8080, portKeys: ['ninja.port'] },
  { id: 'activej', marks: /^io\.activej:activej-(http|launchers-http)$/, port: 8080 },
  { id: 'jex', marks: /^io\.avaje:avaje-jex/, port: 8080 },
  { id: 'nanohttpd', marks: /^(org|com)\.nanohttpd:nanohttpd/, port: 8080 },
  { id: 'grizzly', marks: /^org\.glassfish\.grizzly:grizzly-http-server/, port: 8080 },
  { id: 'microhttp', marks: /^org\.microhttp:microhttp$/, port: 8080 },
  { id: 'finatra', marks: /^com\.twitter:finatra-(http|http-server)/, port: 8888 },
  { id: 'cask', marks: /^com\.lihaoyi:cask/, port: 8080 },
  { id: 'rapidoid', marks: /^org\.rapidoid:rapidoid-(http|quick|web)/, port: 8080 },
  { id: 'tio-boot', marks: /:tio-boot$/, port: 8080, portKeys: ['server.port'] },
  { id: 'tomcat', marks: /^org\.apache\.tomcat\.embed:|^com\.heroku:webapp-runner/, port: 8080 },
];

/** What crates tell about a program that depends on them; exact names, never parts of them. */

export interface Framework {
  readonly id: string;
  readonly crates: readonly string[];
  /** The port it takes where the program names none. */
  readonly port?: number;
  /** Arguments without which the program serves nothing. */
  readonly args?: readonly string[];
  /** Settings for a container, by the port that it listens on. */
  env?(port: number): Readonly<Record<string, string>>;
  /** It ends on SIGTERM by itself, also as PID 1. */
  readonly endsOnSigterm?: true;
  /** Whoever depends on it serves; without it, a call that listens has to be there as well. */
  readonly serves?: true;
}

/** The more telling first: many of them are built on others further down. */
export const FRAMEWORKS: readonly Framework[] = [
  { id: 'loco', crates: ['loco-rs'], port: 5150, args: ['start'], serves: true },
  {
    id: 'leptos',
    crates: ['leptos_axum', 'leptos_actix'],
    port: 3000,
    env: (port) => ({ LEPTOS_SITE_ADDR: `0.0.0.0:${port}` }),
    serves: true,
  },
  {
    // https://rocket.rs/guide/v0.5/configuration/#environment-variables
    id: 'rocket',
    crates: ['rocket'],
    port: 8000,
    env: (port) => ({ ROCKET_ADDRESS: '0.0.0.0', ROCKET_PORT: String(port) }),
    endsOnSigterm: true,
    serves: true,
  },
  { id: 'actix', crates: ['actix-web'], endsOnSigterm: true, serves: true },
  { id: 'ntex', crates: ['ntex'], endsOnSigterm: true },
  { id: 'poem', crates: ['poem'] },
  { id: 'salvo', crates: ['salvo'] },
  { id: 'axum', crates: ['axum'] },
  { id: 'warp', crates: ['warp'] },
  { id: 'tide', crates: ['tide'] },
  { id: 'gotham', crates: ['gotham'] },
  { id: 'rouille', crates: ['rouille'] },
  { id: 'viz', crates: ['viz'] },
  { id: 'thruster', crates: ['thruster'] },
  { id: 'tonic', crates: ['tonic'] },
  { id: 'hyper', crates: ['hyper'] },
  { id: 'tiny_http', crates: ['tiny_http'] },
];

/** Queues, chats and schedulers that a program waits on for ever. */
export const WORKERS: readonly string[] = [
  'teloxide',
  'serenity',
  'poise',
  'twilight-gateway',
  'matrix-sdk',
  'lapin',
  'rdkafka',
  'async-nats',
  'rumqttc',
  'paho-mqtt',
  'apalis',
  'sidekiq',
  'fang',
  'tokio-cron-scheduler',
  'temporal-sdk',
];

/** Databases that live in a file of the program's own. */
export const STORES: readonly string[] = [
  'rusqlite',
  'sled',
  'redb',
  'heed',
  'rocksdb',
  'fjall',
  'native_db',
  'duckdb',
  'sqlite',
];

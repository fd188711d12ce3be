import type { Contents } from '../../source/tree-builder.ts';
import type { Manifest } from '../../manifest/schema.ts';
import type { Tools } from '../../generate/build.ts';
import type { ReadOptions, Source } from '../../source/read-source.ts';
import type { WorkId } from './works.ts';

/** What is done with an archive, as data: it is done here, or in a thread. */

export interface Job {
  readonly work: WorkId;
  /** The media type to answer with, one of the work's. */
  readonly type: string;
  /** As the work's operation parsed it. */
  readonly query: unknown;
  /** Leading path parts to drop, where the query says. */
  readonly strip?: number;
}

/** An answer in full, or block by block, where each is valid until the next one is asked for. */
export interface Written {
  readonly body: string | Buffer | AsyncIterable<Buffer> | Iterable<Buffer>;
  /** Bytes of a body in blocks, where they are known. */
  readonly length?: number;
  /** Of the build that was planned. */
  readonly language?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JobAnswer extends Written {
  readonly etag: string;
  /** Gives back what the archive takes; the body is not read after it. */
  readonly dispose: () => void;
}

/** What the caller asked for: an archive that has been read, the manifest with the query's options over it, the query. */
export interface Asked<Query> {
  readonly source: Source;
  readonly manifest: Manifest;
  readonly query: Query;
}

/** What an operation on an archive does, the HTTP around it aside. */
export interface Work<Query, Type extends string = string> {
  /** The first is the default. */
  readonly types: readonly [Type, ...Type[]];
  readonly contents: Contents;
  readonly write: (asked: Asked<Query>, type: Type, tools: Tools) => Written;
}

export interface JobTools extends Tools {
  readonly reading: Omit<ReadOptions, 'contents' | 'strip'>;
}

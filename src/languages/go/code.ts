import { readCode, type Code } from '../code.ts';
import type { Reach } from './reach.ts';
import { GO_TOKENS } from './source-file.ts';

/** The code of a program: the files of its main package first, as `reachOf` orders them. */
export const codeOf = (reach: Reach): Code[] => reach.files.map(({ path, text }) => readCode(path, text, GO_TOKENS));

import fp from 'fastify-plugin';
import { Problem } from '../../problems/problem.ts';
import type { Services } from '../operation.ts';

/**
 * Looks at an upload before a byte of its body is read, and before `Expect: 100-continue` is answered: its length, the
 * room on disk, and a place in memory. Registered before the body is asked for.
 */
export const uploadAdmission = fp(
  (app, { config, spool, admission }: Pick<Services, 'config' | 'spool' | 'admission'>, done) => {
    app.addHook('preParsing', async (request, reply, payload) => {
      const kind = request.routeOptions.config.operation?.upload;
      if (kind === undefined) return payload;
      const length = Number(request.headers['content-length'] ?? 0);
      if (length > config.LIMIT_UPLOAD_BYTES) {
        throw new Problem('limit-exceeded', {
          detail: `The upload has ${length} bytes; the limit is ${config.LIMIT_UPLOAD_BYTES}.`,
          hint: 'Leave out what the build does not need (tar --exclude=.git --exclude=node_modules …), or raise LIMIT_UPLOAD_BYTES.',
          members: { limit: { name: 'upload', value: config.LIMIT_UPLOAD_BYTES, setting: 'LIMIT_UPLOAD_BYTES' } },
        });
      }
      if (kind === 'kept' && spool.used + length > config.SPOOL_BYTES) {
        throw new Problem('overloaded', {
          detail: 'The room for uploads is used up.',
          hint: 'Try again in a few seconds; SPOOL_BYTES sets the room.',
        });
      }
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort(Object.assign(new Error('the caller went away'), { statusCode: 400 })));
      const leave = await admission.enter(gone.signal);
      if (gone.signal.aborted) leave();
      else reply.raw.once('close', leave);
      return payload;
    });
    done();
  },
  { name: 'upload-admission' },
);

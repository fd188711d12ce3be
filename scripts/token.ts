/** Makes a bearer token: `npm run token -- NAME`. The token is shown once; the line is for ACCESS_TOKENS_FILE. */
import { createHash, randomBytes } from 'node:crypto';

const [name = ''] = process.argv.slice(2);
if (!/^[\w.@-]{1,64}$/.test(name)) {
  console.error('usage: npm run token -- NAME     (letters, digits, ".", "_", "@", "-"; at most 64)');
  process.exit(2);
}
const token = `dw_${randomBytes(32).toString('base64url')}`;
console.log(`token, for the caller:       ${token}`);
console.log(`line, for the service:       ${name}:${createHash('sha256').update(token).digest('hex')}`);

/**
 * Frees memory that nobody looks at any more, now and not when the collector comes: buffers that pass count as growth of
 * the heap, which is then marked anew every ten megabytes. A buffer that is a part of a larger one is left alone.
 * https://tc39.es/ecma262/#sec-arraybuffer.prototype.transfer
 */
export function free(bytes: Buffer): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) buffer.transfer(0);
}

import sharp from 'sharp';

// What previews are measured against: sharp alone, one WebP of 320 pixels for each file, nothing kept.
// Started with IPC; each message is a list of paths, and is answered when all are done.

const CONCURRENCY = Number(process.env.CONCURRENCY);

process.on('message', async (paths: string[]) => {
  const left = [...paths];
  async function worker(): Promise<void> {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      await sharp(path).resize(320, 320, { fit: 'inside' }).webp().toBuffer();
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  process.send?.('done');
});
process.on('disconnect', () => process.exit());

import express from 'express';

// The measure for bench/content.ts: express.static as it comes.

const { STATIC_FOLDER = '', PORT } = process.env;

const app = express();
app.get('/healthz', (_request, response) => {
  response.end();
});
app.use(express.static(STATIC_FOLDER));
app.listen(Number(PORT), '127.0.0.1');

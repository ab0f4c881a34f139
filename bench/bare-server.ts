import express from 'express';
import pg from 'pg';
import twilio from 'twilio';

// What one would write by hand, as the measure for bench/ack.ts: Express, the official validator,
// one insert, the answer. No media, no jobs, no limits, no duplicates.

const { DATABASE_URL, PUBLIC_URL, TWILIO_AUTH_TOKEN = '', PORT } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query(
  'CREATE TABLE inbound (sid text PRIMARY KEY, "from" text, body text, params jsonb)',
);
const insert = 'INSERT INTO inbound VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING';

const app = express();
app.use(express.urlencoded({ extended: false }));
app.post('/twilio/incoming', async (request, response) => {
  const signature = request.get('x-twilio-signature') ?? '';
  const url = PUBLIC_URL + request.originalUrl;
  if (!twilio.validateRequest(TWILIO_AUTH_TOKEN, signature, url, request.body)) {
    response.status(403).end();
    return;
  }
  const { MessageSid, From, Body } = request.body;
  await pool.query(insert, [MessageSid, From, Body, request.body]);
  response.type('text/xml').send('<Response/>');
});
app.get('/healthz', (_request, response) => {
  response.end();
});
app.listen(Number(PORT), '127.0.0.1');

import twilio from 'twilio';
import { expect, it } from 'vitest';
import { ACCOUNT, attachment, startSimulator } from '../../support/test-simulator.ts';

it("is understood by Twilio's own helper library", async () => {
  const simulator = await startSimulator();
  const httpClient = new twilio.RequestClient();
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (options) =>
    request({
      ...options,
      uri: options.uri.replace('https://api.twilio.com', simulator.apiBaseUrl),
    });
  const client = twilio(ACCOUNT.sid, ACCOUNT.authToken, { httpClient });

  const message = simulator.createMessage({
    attachments: [attachment(), attachment(), attachment()],
  });
  const hourAgo = new Date(Date.now() - 3_600_000);
  const messages = await client.messages.list({
    dateSentAfter: hourAgo,
    to: message.params.To ?? '',
  });
  const media = await client.messages(message.sid).media.list({ pageSize: 1 });
  const removed = await client
    .messages(message.sid)
    .media(media[0]?.sid ?? '')
    .remove();

  expect(messages).toMatchObject([{ sid: message.sid, numMedia: '3', direction: 'inbound' }]);
  expect(media.map(({ sid }) => sid).toSorted()).toEqual(
    message.media.map(({ sid }) => sid).toSorted(),
  );
  expect(media[0]?.dateCreated.getTime()).toBeGreaterThan(hourAgo.getTime());
  expect(removed).toBe(true);
  await expect(
    client
      .messages(message.sid)
      .media(media[0]?.sid ?? '')
      .fetch(),
  ).rejects.toMatchObject({
    code: 20404,
    status: 404,
  });
});

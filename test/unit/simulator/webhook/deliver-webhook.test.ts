import { expect, it } from 'vitest';
import { judgeAnswer } from '../../../../src/simulator/webhook/deliver-webhook.ts';

const xml = (body: string) => ({ status: 200, contentType: 'text/xml; charset=utf-8', body });

it.each([
  ['an empty response', xml('<?xml version="1.0" encoding="UTF-8"?>\n<Response/>\n'), []],
  ['a message', xml('<Response><Message>A &amp; B</Message></Response>'), ['A & B']],
  [
    'messages with bodies',
    xml('<Response><Message><Body>1</Body></Message><Message to="+1"> 2 </Message></Response>'),
    ['1', '2'],
  ],
  ['HTML that is TwiML', { ...xml('<Response/>'), contentType: 'text/html' }, []],
  ['plain text', { ...xml('Thanks'), contentType: 'text/plain' }, ['Thanks']],
  ['empty plain text', { ...xml(''), contentType: 'text/plain' }, []],
])('accepts %s', (_name, answer, replies) => {
  expect(judgeAnswer(answer)).toEqual({ errorCode: null, replies });
});

it.each([
  ['nothing', xml(''), 12100],
  ['another root', xml('<response/>'), 12100],
  ['an HTML page', { ...xml('<!doctype html><p>Hi'), contentType: 'text/html' }, 12100],
  ['a type that is not TwiML', { ...xml('<Response/>'), contentType: 'image/png' }, 12300],
  ['an empty type', { ...xml('<Response/>'), contentType: '' }, 12300],
  ['a redirect', { ...xml('<Response/>'), status: 302 }, 11200],
])('refuses %s', (_name, answer, errorCode) => {
  expect(judgeAnswer(answer)).toEqual({ errorCode, replies: [] });
});

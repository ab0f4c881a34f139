import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Span, SpanContext } from '@opentelemetry/api';
import pTimeout from 'p-timeout';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from '../errors/caught.ts';

/**
 * Records what happens to a message as one OpenTelemetry trace. Its trace id and the id of its first span are made of the
 * message's sid, so every process that works on the message knows them, however much later.
 */
export interface Tracing {
  /** Records the webhook of a message once it was answered: the first span, or one below it of a message that is known. */
  webhook(webhook: { messageSid: string; outcome: string; seconds: number }): void;
  /** Records a job on an attachment of a message. */
  job<T>(
    job: { name: string; messageSid: string; mediaSid: string },
    run: () => Promise<T>,
  ): Promise<T>;
  /** Records a step of the job that this is called in. */
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** Sends what was recorded, unless that takes too long. Never rejects. */
  close(): Promise<void>;
}

// A collector that does not answer would hold up the stop by ten seconds.
const CLOSE_MS = 3000;

/** Records nothing. */
export const NO_TRACING: Tracing = {
  webhook: () => undefined,
  job: (_job, run) => run(),
  step: (_name, run) => run(),
  close: async () => undefined,
};

/** What an operator installs who wants traces. */
export const TRACING_PACKAGES = [
  '@opentelemetry/api@1',
  '@opentelemetry/resources@2',
  '@opentelemetry/sdk-trace-base@2',
  '@opentelemetry/exporter-trace-otlp-http@0.223',
];

/**
 * Opens tracing with OpenTelemetry's SDK, which reads the standard variables `OTEL_*`: the endpoint, headers, sampler and
 * service name. Spans have sids, codes and outcomes as attributes, and nothing that a message says.
 *
 * @throws AppError `unavailable`, with what to install, when the SDK is missing
 */
export async function openTracing(): Promise<Tracing> {
  const { api, sdk, exporter, resources } = await importSdk();
  /** The ids of the span that is started now, instead of random ones. */
  let given: SpanContext | undefined;
  const random = new sdk.RandomIdGenerator();
  const provider = new sdk.BasicTracerProvider({
    resource: resources
      .resourceFromAttributes({ 'service.name': 'mms-inbox' })
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter())],
    idGenerator: {
      generateTraceId: () => given?.traceId ?? random.generateTraceId(),
      generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    },
  });
  const tracer = provider.getTracer('mms-inbox');
  const current = new AsyncLocalStorage<Span>();

  const below = (parent: SpanContext) => api.trace.setSpanContext(api.ROOT_CONTEXT, parent);

  function firstSpanOf(messageSid: string): SpanContext {
    const hash = createHash('sha256').update(messageSid).digest('hex');
    const traceFlags = api.TraceFlags.SAMPLED;
    return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48), traceFlags, isRemote: true };
  }

  async function record<T>(span: Span, run: () => Promise<T>): Promise<T> {
    try {
      return await current.run(span, run);
    } catch (error) {
      const code = codeOf(error);
      // Never the message of an error, which may contain anything.
      span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.setAttribute('error.type', typeof code === 'string' ? code : 'error');
      throw error;
    } finally {
      span.end();
    }
  }

  return {
    webhook({ messageSid, outcome, seconds }) {
      const first = firstSpanOf(messageSid);
      const endTime = Date.now();
      const options = {
        kind: api.SpanKind.SERVER,
        startTime: endTime - seconds * 1000,
        attributes: { 'mms_inbox.message_sid': messageSid, 'mms_inbox.outcome': outcome },
      };
      if (outcome === 'known') {
        tracer.startSpan('webhook', options, below(first)).end(endTime);
        return;
      }
      given = first;
      try {
        tracer.startSpan('webhook', options, api.ROOT_CONTEXT).end(endTime);
      } finally {
        given = undefined;
      }
    },
    job({ name, messageSid, mediaSid }, run) {
      const attributes = {
        'mms_inbox.message_sid': messageSid,
        'mms_inbox.media_sid': mediaSid,
      };
      const options = { kind: api.SpanKind.CONSUMER, attributes };
      return record(tracer.startSpan(`job ${name}`, options, below(firstSpanOf(messageSid))), run);
    },
    step(name, run) {
      const parent = current.getStore();
      if (parent === undefined) return run();
      return record(tracer.startSpan(name, {}, below(parent.spanContext())), run);
    },
    close: () => pTimeout(provider.shutdown(), { milliseconds: CLOSE_MS }).catch(() => undefined),
  };
}

async function importSdk() {
  try {
    const [api, sdk, exporter, resources] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
    return { api, sdk, exporter, resources };
  } catch (cause) {
    throw new AppError(
      'unavailable',
      `Traces are switched on by OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, and OpenTelemetry's SDK is not installed: npm install --no-save ${TRACING_PACKAGES.join(' ')}`,
      { cause },
    );
  }
}

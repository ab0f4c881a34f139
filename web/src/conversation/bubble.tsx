import type { Message } from '../api/types.ts';
import { clockText } from '../frame/day-text.ts';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { Attachment } from './attachment.tsx';
import { ClippedText } from './clipped-text.tsx';
import { MessageFacts } from './message-facts.tsx';
import { wholeOf } from './times.ts';

/**
 * One message.
 *
 * @param props.isOtherRecipient whether it went to another number than the one before
 */
export function Bubble(props: { message: Message; isOtherRecipient: boolean; isNew: boolean }) {
  const { message, isOtherRecipient, isNew } = props;
  const { sid, from, to, body, media, deletedAt, receivedAt } = message;
  const time = new Date(receivedAt);
  const texts = strings.conversation;
  return (
    <li class={`message ${isNew ? 'message-new' : ''}`} data-sid={sid}>
      <div class="bubble">
        {deletedAt === null ? (
          <>
            {media.length > 0 && (
              <div class="attachments">
                {media.map((item) => (
                  <Attachment key={item.sid} item={item} />
                ))}
              </div>
            )}
            {body && <ClippedText text={body} />}
            <MessageFacts message={message} />
          </>
        ) : (
          <p class="message-gone">{texts.gone}</p>
        )}
      </div>
      <p class="message-meta">
        <time dateTime={receivedAt} title={wholeOf(time)}>
          {clockText(time)}
        </time>
        {isOtherRecipient && from !== null && to !== null && (
          <>
            {' '}
            {texts.to}{' '}
            <PageLink to={{ page: 'conversation', filter: { from, to } }}>
              <bdi>{to}</bdi>
            </PageLink>
          </>
        )}
      </p>
    </li>
  );
}

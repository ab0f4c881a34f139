import { filter } from '../address.ts';
import { Icon } from '../frame/icons.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { MessageList } from './message-list.tsx';
import './conversation.css';

const texts = strings.conversation;

/** What one sender wrote, the latest at the bottom; only that to one of several numbers if the filter says so. */
export function Conversation() {
  const { from, to } = filter.value;
  if (from === undefined) {
    return (
      <main id="content" class="conversation" tabIndex={-1}>
        <h1>{texts.title}</h1>
        <p>{texts.noSender}</p>
        <PageLink to={{ page: 'grid', filter: {} }}>{texts.back}</PageLink>
      </main>
    );
  }
  const of = { from, ...(to !== undefined && { to }) };
  return (
    <main id="content" class="conversation" tabIndex={-1}>
      <div class="conversation-head">
        <PageLink class="icon-button" label={texts.back} to={{ page: 'grid', filter: {} }}>
          <Icon name="chevronLeft" />
        </PageLink>
        <h1>
          <bdi>{from}</bdi>
          {to !== undefined && (
            <small>
              {texts.to} <bdi>{to}</bdi>
            </small>
          )}
        </h1>
        {to !== undefined && (
          <PageLink class="text-button" to={{ page: 'conversation', filter: { from } }}>
            {texts.allRecipients}
          </PageLink>
        )}
        <PageLink class="text-button" to={{ page: 'grid', filter: of }}>
          {texts.attachments}
        </PageLink>
      </div>
      <MessageList key={JSON.stringify(of)} of={of} />
    </main>
  );
}

import type { ComponentChildren } from 'preact';
import type { Message } from '../api/types.ts';
import { Icon, type IconName } from '../frame/icons.tsx';
import { strings } from '../strings.ts';

const texts = strings.conversation;

/** What came with a message besides text and attachments. Texts are those of senders. */
export function MessageFacts({ message }: { message: Message }) {
  const { details, body, media, suspect, moderation } = message;
  const { location, reply, button, listItem, interactiveData, referral } = details ?? {};
  const { forwarded, frequentlyForwarded, otherRecipients, messageType } = details ?? {};
  const isEmpty = !body && media.length === 0 && location === undefined;
  // The text is that of the button already.
  const buttonText = button?.text === body ? undefined : button?.text;
  return (
    <ul class="message-facts">
      {suspect !== null && <Fact icon="warning">{texts.suspect}</Fact>}
      {moderation !== 'visible' && <Fact icon="hold">{texts[moderation]}</Fact>}
      {reply !== undefined && <Fact icon="message">{texts.reply}</Fact>}
      {(frequentlyForwarded ?? forwarded) && (
        <Fact icon="share">{frequentlyForwarded ? texts.forwardedOften : texts.forwarded}</Fact>
      )}
      {location && (
        <Fact icon="pin">
          <Foreign text={[location.label, location.address].filter(Boolean).join(', ')} />
          <span>
            {location.latitude}, {location.longitude}
          </span>
        </Fact>
      )}
      {button !== undefined && (
        <Fact icon="check" title={texts.button}>
          <Foreign text={buttonText} />
        </Fact>
      )}
      {listItem !== undefined && (
        <Fact icon="check" title={texts.listItem}>
          <Foreign text={listItem.title === body ? listItem.description : listItem.title} />
        </Fact>
      )}
      {interactiveData !== undefined && (
        <Fact icon="document" title={texts.form}>
          <Foreign text={JSON.stringify(interactiveData)} />
        </Fact>
      )}
      {referral !== undefined && (
        <Fact icon="link" title={texts.referral}>
          <Foreign text={referral.headline ?? referral.body ?? referral.sourceUrl} />
        </Fact>
      )}
      {otherRecipients !== undefined && (
        <Fact icon="account" title={texts.alsoTo(otherRecipients.length)} />
      )}
      {isEmpty && messageType !== undefined && (
        <Fact icon="message">{texts.ofType(messageType)}</Fact>
      )}
    </ul>
  );
}

function Fact(props: { icon: IconName; title?: string; children?: ComponentChildren }) {
  return (
    <li>
      <Icon name={props.icon} />
      <div>
        {props.title}
        {props.children}
      </div>
    </li>
  );
}

function Foreign({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <span class="foreign-text" dir="auto">
      {text}
    </span>
  );
}
